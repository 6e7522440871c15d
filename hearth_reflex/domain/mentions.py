"""Who is spoken to. Finds `@name` in a message and decides which personas answer. Values only.

Korean hangs particles on names (`@불씨야`, `@불씨한테`), so a Hangul name also matches with one behind it; a name in
other letters ends where its letters end (`@embers` is not `@ember`).

People are many and personas few: a persona's names are looked for in the text, while for people the text says which
names could stand in it, so that a room of a thousand is asked for those alone. Names are compared by their keys, under
which look-alikes are one name.
"""

import re
from dataclasses import dataclass

from hearth_reflex.domain.text import NAME_MAX, name_key

_PARTICLES = (
    "야|아|님|씨|님아|은|는|이|가|을|를|도|만|와|과|랑|이랑|에게|한테|께|의|로|으로|부터|까지|보다|처럼|요|이야|이여|여"
)
# Code is quoted, not said: a mention inside it calls nobody.
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_CALL = re.compile(r"(?<![\w@])@(?=[^\s@])")
_HANGUL_END = re.compile(rf"(?:{_PARTICLES})?(?![\w가-힣])")
_OTHER_END = re.compile(r"(?![A-Za-z0-9_])")
CALLS_MAX = 50  # of one message; who calls more people at once calls everybody


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


def names_called(text: str) -> set[str]:
    """The keys of all names that may stand behind an @ of `text`: those of the people who are looked for."""
    return {name_key(name) for tail in _tails(text) for name in _beginnings(tail)} - {""}


def people_called(text: str, people: dict[str, str]) -> list[str]:
    """Who of `people` (name by key) is called in `text`, as keys, each once and in the order of the text."""
    found = [key for tail in _tails(text) if (key := _longest_name(tail, people))]
    return list(dict.fromkeys(found))


def _tails(text: str) -> list[str]:
    """What stands behind each @ that begins a word, as far as a name can reach."""
    said = _CODE.sub(" ", text)
    return [said[call.end() : call.end() + NAME_MAX + 8] for call in _CALL.finditer(said)][:CALLS_MAX]


def _beginnings(tail: str) -> list[str]:
    line = tail.split("\n", 1)[0]
    return [line[:size] for size in range(min(len(line), NAME_MAX), 0, -1) if not line[size - 1].isspace()]


def _longest_name(tail: str, people: dict[str, str]) -> str:
    for name in _beginnings(tail):
        key = name_key(name)
        written_so = key in people and len(name.split()) in (1, len(people[key].split()))
        if written_so and (_HANGUL_END if _is_hangul(name[-1]) else _OTHER_END).match(tail[len(name) :]):
            return key
    return ""


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣"
