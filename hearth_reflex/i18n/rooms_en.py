"""English of rooms: making, describing and leaving them, seats and invitations."""

ROOMS_EN: dict[str, str] = {
    "error.room_archived": "This room is archived. It can be read, and not written in.",
}
