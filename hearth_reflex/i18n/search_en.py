"""English of looking for something."""

SEARCH_EN: dict[str, str] = {}
