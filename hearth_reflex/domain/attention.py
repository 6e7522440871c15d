"""Who is told of a message that is said in a room they are not looking at. Values in, a verdict out.

Quiet hours are not decided here: they are minutes of the reader's own day, which only their browser knows.
"""

from enum import IntEnum


class Loudness(IntEnum):
    """How much of a room reaches a member while it is not open."""

    NOTHING = 0
    CALLS = 1  # what calls them, or is said to them alone
    EVERYTHING = 2


_LEVELS = {"none": Loudness.NOTHING, "mentions": Loudness.CALLS, "all": Loudness.EVERYTHING}


def loudness(*, room_level: str, own_rule: str, quiet: bool) -> Loudness:
    """The stricter of what a member wants of the room and of the whole house; nothing while the room is hushed."""
    if quiet:
        return Loudness.NOTHING
    return min(_LEVELS.get(level, Loudness.EVERYTHING) for level in (room_level, own_rule))


def is_told(loud: Loudness, *, personal: bool) -> bool:
    """Whether a message reaches them. `personal`: it calls them, or was said to them alone."""
    return loud is Loudness.EVERYTHING or (loud is Loudness.CALLS and personal)
