"""Korean of the same as `settings_en.py`, in the same order."""

SETTINGS_KO: dict[str, str] = {
    "error.preference": "그런 설정은 없어요.",
}
