"""The numbers of a Word list, which stand in no text: counted as Word counts them."""

from collections.abc import Callable

from hearth_reflex.rag.markup import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST = 9
_GANADA = "가나다라마바사아자차카타파하"
_CHOSUNG = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def _roman(number: int) -> str:
    said = ""
    for value, letters in _ROMAN:
        while number >= value and len(said) < 20:
            said += letters
            number -= value
    return said


def _of_row(letters: str) -> Callable[[int], str]:
    return lambda number: letters[(number - 1) % len(letters)]


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _of_row("abcdefghijklmnopqrstuvwxyz"),
    "upperLetter": _of_row("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "ganada": _of_row(_GANADA),
    "chosung": _of_row(_CHOSUNG),
    "decimalEnclosedCircle": lambda number: chr(0x245F + number) if 1 <= number <= 20 else f"({number})",
    "none": lambda _number: "",
}


class Numbering:
    """The lists of one document, and how far each has come."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._reached: dict[str, dict[int, int]] = {}
        if root is not None:
            self._learn(root)

    def label(self, number: str, level: int) -> str:
        """What stands before the next item of a list, with a space behind it; nothing before what is in no list."""
        levels = self._levels.get(number)
        if levels is None or level not in levels:
            return ""
        kind, text, start = levels[level]
        if kind == "bullet":
            return "• "
        reached = self._reached.setdefault(number, {})
        reached[level] = reached.get(level, start - 1) + 1
        for deeper in [known for known in reached if known > level]:
            del reached[deeper]
        for place in range(level + 1):
            kind, _, first = levels.get(place, ("decimal", "", 1))
            shown = _FORMATS.get(kind, str)(reached.get(place, first))
            text = text.replace(f"%{place + 1}", shown)
        return f"{text} " if text else ""

    def _learn(self, root: Element) -> None:
        abstract = {found.get(f"{_W}abstractNumId", ""): _levels(found) for found in root.iterfind(f"{_W}abstractNum")}
        for found in root.iterfind(f"{_W}num"):
            meant = found.find(f"{_W}abstractNumId")
            levels = dict(abstract.get(_value(meant), {}))
            for override in found.iterfind(f"{_W}lvlOverride"):
                level, start = _whole(override.get(f"{_W}ilvl")), override.find(f"{_W}startOverride")
                if start is not None and level in levels:
                    levels[level] = (*levels[level][:2], _whole(_value(start)))
            self._levels[found.get(f"{_W}numId", "")] = levels


def _levels(abstract: Element) -> dict[int, tuple[str, str, int]]:
    """Level to its format, its text with places such as %1, and where it starts."""
    found: dict[int, tuple[str, str, int]] = {}
    for level in abstract.iterfind(f"{_W}lvl"):
        depth = _whole(level.get(f"{_W}ilvl"))
        kind, text, start = (_value(level.find(f"{_W}{name}")) for name in ("numFmt", "lvlText", "start"))
        if depth < _DEEPEST:
            found[depth] = (kind or "decimal", text[:40], _whole(start or "1"))
    return found


def _value(node: Element | None) -> str:
    return "" if node is None else node.get(f"{_W}val", "")


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0
