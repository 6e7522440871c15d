"""English of people in a room: who is here, who writes, who has read, and what one is told of."""

PEOPLE_EN: dict[str, str] = {}
