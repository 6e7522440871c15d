"""English of the keyboard, the palette, the fire and the first steps."""

AROUND_EN: dict[str, str] = {}
