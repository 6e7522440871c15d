"""Korean of the same as `people_en.py`, in the same order."""

PEOPLE_KO: dict[str, str] = {}
