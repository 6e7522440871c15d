"""English of pictures and files."""

FILES_EN: dict[str, str] = {}
