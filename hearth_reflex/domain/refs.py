"""How a model of the house is named in one word: `local:<uuid>`, `remote:<uuid>`, or "" for the house's default.

Knows the spelling only, not which of them exist.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from hearth_reflex.errors import InputError

Kind = Literal["default", "local", "remote"]


@dataclass(frozen=True, slots=True)
class Ref:
    """`uuid` is empty for the default. `str()` gives the spelling back."""

    kind: Kind
    uuid: str = ""

    def __str__(self) -> str:
        return "" if self.kind == "default" else f"{self.kind}:{self.uuid}"


DEFAULT = Ref("default")


def local_ref(uuid: str) -> str:
    return str(Ref("local", uuid))


def remote_ref(uuid: str) -> str:
    return str(Ref("remote", uuid))


def parse_ref(text: str) -> Ref:
    """Raises InputError `model_ref` for what is no reference."""
    if not text:
        return DEFAULT
    kind, _, uuid = text.partition(":")
    if kind == "local":
        return Ref("local", _canonical(uuid))
    if kind == "remote":
        return Ref("remote", _canonical(uuid))
    raise InputError("model_ref", field="model")


def _canonical(uuid: str) -> str:
    try:
        return str(UUID(uuid))
    except ValueError:
        raise InputError("model_ref", field="model") from None
