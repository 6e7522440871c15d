"""Which of the house's colours a persona wears, so that several in one room are told apart at a glance.

Values in, values out. The colours themselves stand in `assets/hearth/tokens.css`, as `--look-0` and on; 0 is the
house's own violet, which the default persona wears.
"""

from collections.abc import Collection
from uuid import UUID

LOOKS = 8


def look_of(uuid: str, *, is_default: bool = False) -> int:
    """The colour that a persona likes best: the same wherever it is shown, as long as nobody beside it wears it."""
    return 0 if is_default else 1 + UUID(uuid).int % (LOOKS - 1)


def look_among(favourite: int, taken: Collection[int]) -> int:
    """What it wears beside others who wear `taken`: its favourite, else the next one that is free.

    Where more sit than there are colours, it is the favourite again: names and faces tell them apart then.
    """
    wheel = [(favourite + step) % LOOKS for step in range(LOOKS)]
    return next((look for look in wheel if look not in taken), favourite)
