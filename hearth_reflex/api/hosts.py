"""Under which names this house may be asked for. Without this, a page elsewhere whose name is made to lead to this
machine's address (DNS rebinding) would be of "the same origin" as the house, and could act in a visitor's browser.

An address in figures cannot be rebound, a name without a dot or ending in .local is given out on the local network
alone; any other name must be the machine's own, or stand in the settings.
"""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

_LOCAL = (".local", ".localhost")


class Hosts:
    """Args:
    origins: listed ones, as `https://chat.example.org`: their hosts are right.
    """

    def __init__(self, origins: tuple[str, ...]) -> None:
        listed = (urlsplit(origin).hostname for origin in origins)
        self._known = frozenset(_folded(name) for name in (*listed, socket.gethostname()) if name)

    def is_right(self, host: str) -> bool:
        """Whether a Host header, with or without a port, names this house."""
        try:
            name = _folded(urlsplit(f"//{host}").hostname or "")
        except ValueError:
            return False
        if not name or any(char in host for char in "/?#@\\"):
            return False
        return name in self._known or "." not in name.strip(".") or name.endswith(_LOCAL) or _is_address(name)


def _folded(name: str) -> str:
    return name.lower().removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
