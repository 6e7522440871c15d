"""What people set for a room, checked: its description, its seats, how long something lasts. Values in, values out."""

from hearth_reflex.domain.text import clean_message
from hearth_reflex.errors import InputError

DESCRIPTION_MAX = 500
SEATS_MAX = 500
SILENCE_MINUTES_MAX = 7 * 24 * 60
QUIET_MINUTES_MAX = 7 * 24 * 60
INVITE_HOURS_MAX = 90 * 24
INVITE_USES_MAX = 1000


def clean_description(raw: str) -> str:
    """A few lines about a room; empty is fine.

    Raises:
        InputError: `description_long`, or a character that no message may have.
    """
    if not raw.strip():
        return ""
    try:
        return clean_message(raw.strip(), limit=DESCRIPTION_MAX)
    except InputError as error:
        if error.code == "message_long":
            raise InputError("description_long", field="description", limit=DESCRIPTION_MAX) from None
        raise InputError(error.code, field="description") from None


def check_seats(count: int) -> int:
    """0: as many as come. Raises InputError `seats`."""
    if count != 0 and not 2 <= count <= SEATS_MAX:
        raise InputError("seats", field="max_members", limit=SEATS_MAX)
    return count


def check_within(value: int, *, least: int, most: int, field: str) -> int:
    """Raises InputError `out_of_range` for a number that is not from `least` to `most`."""
    if not least <= value <= most:
        raise InputError("out_of_range", field=field, least=least, most=most)
    return value
