"""English of what can be done with a message: edit, take back, answer, react, pin, keep."""

MESSAGES_EN: dict[str, str] = {
    "error.silenced": "You may not speak in this room for a while: about {minutes} more minutes.",
}
