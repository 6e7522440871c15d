"""Korean of the same as `rooms_en.py`, in the same order."""

ROOMS_KO: dict[str, str] = {
    "error.room_archived": "이 방은 보관되어 있어요. 읽을 수만 있습니다.",
}
