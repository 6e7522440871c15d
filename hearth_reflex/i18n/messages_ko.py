"""Korean of the same as `messages_en.py`, in the same order."""

MESSAGES_KO: dict[str, str] = {
    "error.silenced": "이 방에서는 잠시 말을 쉬어야 해요. 약 {minutes}분 뒤에 다시 말할 수 있습니다.",
}
