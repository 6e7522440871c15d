"""Who is spoken to. Finds `@name` in a message and decides which personas answer. Values only.

Korean hangs particles on names (`@불씨야`, `@불씨한테`), so a Hangul name also matches with one behind it; a name in
other letters ends where its letters end (`@embers` is not `@ember`).
"""

import re
from dataclasses import dataclass

_PARTICLES = (
    "야|아|님|씨|님아|은|는|이|가|을|를|도|만|와|과|랑|이랑|에게|한테|께|의|로|으로|부터|까지|보다|처럼|요|이야|이여|여"
)
# Code is quoted, not said: a mention inside it calls nobody.
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A persona in a room and the names it listens to."""

    uuid: str
    names: tuple[str, ...]


def mentions(text: str, name: str) -> bool:
    """Whether `text` calls `name` with an @."""
    tail = rf"(?:{_PARTICLES})?(?![\w가-힣])" if _is_hangul(name[-1]) else r"(?![A-Za-z0-9_])"
    pattern = rf"(?<![\w@])@{re.escape(name)}{tail}"
    return re.search(pattern, _CODE.sub(" ", text), re.IGNORECASE) is not None


def next_speakers(text: str, speakers: list[Speaker]) -> list[Speaker]:
    """The personas that answer `text`, in the order in which they sit."""
    return [speaker for speaker in speakers if any(mentions(text, name) for name in speaker.names)]


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣"
