"""English of a person's own page: profile, settings, devices."""

SETTINGS_EN: dict[str, str] = {
    "error.preference": "There is no such setting.",
}
