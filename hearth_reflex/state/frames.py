"""What a page sends over its socket. Whatever else comes in is dropped before Reflex looks at it.

Reflex takes a client's event named "connect" for a new connection, so that it could say by itself from where it comes;
and an event that Reflex makes no sense of goes into its log whole, with the session cookie and what somebody wrote.
"""

from typing import Any

from hearth_reflex.state.doors import is_declared

_MOST_PATH = 2000


def is_from_a_page(packet: Any) -> bool:
    """Whether a packet, [name, argument, …] as it came, is one that the page's own code sends."""
    match packet:
        case ["ping"] | ["client_error", dict()]:
            return True
        case ["event", event]:
            return is_page_event(event)
        case _:
            return False


def is_page_event(event: Any) -> bool:
    """Whether this calls a declared handler, in the shape that Reflex expects. Arguments are the door's affair."""
    if not isinstance(event, dict) or not is_declared(event.get("name")):
        return False
    place = event.get("router_data", {})
    return isinstance(event.get("payload", {}), dict) and isinstance(place, dict) and _is_place(place)


def _is_place(place: dict[Any, Any]) -> bool:
    paths = [place.get(name, "") for name in ("pathname", "asPath")]
    return isinstance(place.get("query", {}), dict) and all(
        isinstance(path, str) and len(path) <= _MOST_PATH for path in paths
    )
