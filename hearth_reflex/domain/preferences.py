"""What a person has set for themself, kept as one JSON value in their row. Values in, values out; knows no page.

A value that is not known (an older house, a hand-written row, a hostile client) becomes the default: preferences never
keep anybody from coming in.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

from hearth_reflex.errors import InputError

Theme = Literal["system", "light", "dark"]
FontSize = Literal["small", "medium", "large", "larger"]
Density = Literal["roomy", "compact"]
FireMood = Literal["lively", "calm", "still"]
Level = Literal["basic", "ai", "advanced"]
NotifyRule = Literal["all", "mentions", "none"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """`quiet_from` and `quiet_to` are minutes of the reader's own day; the same twice: no quiet hours."""

    locale: Literal["", "ko", "en"] = ""  # "": what the browser says
    theme: Theme = "system"
    font_size: FontSize = "medium"
    density: Density = "roomy"
    enter_sends: bool = True  # with a fine pointer; Shift+Enter does the other
    fire: FireMood = "lively"
    sound: bool = False
    level: Level = "ai"
    notify: NotifyRule = "all"
    quiet_from: int = 0
    quiet_to: int = 0
    hide_last_seen: bool = False
    hide_reads: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def chosen(kept: dict[str, Any]) -> dict[str, Any]:
    """What of a row is known and usable: what its person has chosen. The rest follows the defaults, and each device."""
    return {name: kept[name] for name in _HINTS if name in kept and _is_good(name, kept[name])}


def preferences_of(kept: dict[str, Any]) -> Preferences:
    """The preferences in a row, with defaults for all that was not chosen."""
    return Preferences(**chosen(kept))


def changed(kept: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """What is kept after `changes`.

    Raises:
        InputError: `preference`, an unknown name or value.
    """
    for name, value in changes.items():
        if name not in _HINTS or not _is_good(name, value):
            raise InputError("preference", field=name[:40] if name.isprintable() else None)
    return {**chosen(kept), **changes}


_HINTS = {field.name: get_type_hints(Preferences)[field.name] for field in fields(Preferences)}


def _is_good(name: str, value: Any) -> bool:
    hint = _HINTS[name]
    if hint is bool:
        return isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60
    return isinstance(value, str) and value in get_args(hint)
