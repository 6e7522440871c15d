"""Korean of the same as `around_en.py`, in the same order."""

AROUND_KO: dict[str, str] = {}
