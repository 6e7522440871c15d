"""Korean of the same as `search_en.py`, in the same order."""

SEARCH_KO: dict[str, str] = {}
