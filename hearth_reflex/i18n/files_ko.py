"""Korean of the same as `files_en.py`, in the same order."""

FILES_KO: dict[str, str] = {}
