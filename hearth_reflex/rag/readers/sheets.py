"""The style sheets of a page as rules: what is said of which selectors, under what condition, in which order.

Not a browser: nothing is fetched, and of conditions those are known that tell a screen from what is none and a wide
window from a narrow one. Knows nothing of elements, nor what hides them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hearth_reflex.rag.readers.selectors import parted

LONGEST_SHEET = 1_000_000  # characters, of all sheets of a page
_LONGEST_STYLE = 2_000  # of an element
_LONGEST_LIST, _DEEPEST, _MOST_NESTED = 4_000, 40, 40
_UNLAYERED = 1 << 30

_MARKS = re.compile(
    r"""/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|url\(\s*[^"'\s)][^)]*\)?|\\.|<!--|-->|[{};]""",
    re.DOTALL | re.IGNORECASE,
)
_AT = re.compile(r"@[\w-]+")
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_IMPORTANT = re.compile(r"!\s*important\s*$")
_AROUND_COMMA = re.compile(r"\s*,\s*")

# --- what is said -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """Declarations in small letters, the later ones of a name alone; those that are important apart."""

    plain: dict[str, str]
    important: dict[str, str]

    @property
    def all(self) -> dict[str, str]:
        return self.plain | self.important


NOTHING = Said({}, {})


def declared(style: str) -> Said:
    """What the style of an element says."""
    return _declared(style[:_LONGEST_STYLE])


def _declared(style: str) -> Said:
    plain, important = dict[str, str](), dict[str, str]()
    for part in _ESCAPE.sub(_letter, style).lower().split(";"):
        name, _, value = part.partition(":")
        weighty = _IMPORTANT.search(value)
        words = _AROUND_COMMA.sub(",", (value[: weighty.start()] if weighty else value).strip())
        if words:
            (important if weighty else plain)[name.strip()] = words
    return Said(plain, important)


def _letter(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else 0
    return found[2] or (chr(number) if 0 < number < 0xD800 else " ")


# --- under what condition ---------------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _EM = 1280.0, 800.0, 16.0  # the window at which a page is looked at
# Pages hide on paper nearly all that they show on a screen; what only paper shows is not read, either.
_SCREENS = {"all": True, "screen": True, "print": False, "speech": False, "tty": False, "tv": False}
_FEATURE = re.compile(r"\(\s*(min-|max-)?(width|height)\s*(:|<=|>=|<|>)\s*(\d{1,6}(?:\.\d{1,4})?)(px|em|rem)\s*\)")
_ASKED = re.compile(r"\(\s*([a-z-]+)\s*:\s*([a-z-]+)\s*\)")
_THERE = {
    "orientation": "landscape",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
}
_LONGEST_CONDITION = 400


def is_met(query: str) -> bool | None:
    """Whether a screen of a desk meets the condition of an `@media`; None: that is not known."""
    query = " ".join(query.lower().split())
    if len(query) > _LONGEST_CONDITION:
        return None
    met = [_one_met(one.strip()) for one in query.split(",")]
    return True if True in met else None if None in met else False


def _one_met(query: str) -> bool | None:
    if not query:
        return True
    negated, query = query.startswith("not "), re.sub(r"^(?:not|only) ", "", query)
    met = [_SCREENS[part] if part in _SCREENS else _feature_met(part) for part in query.split(" and ")]
    told = False if False in met else None if None in met else True
    return told if told is None or not negated else not told


def _feature_met(part: str) -> bool | None:
    if found := _ASKED.fullmatch(part):
        return _THERE[found[1]] == found[2] if found[1] in _THERE else None
    found = _FEATURE.fullmatch(part)
    if found is None or bool(found[1]) != (found[3] == ":"):
        return None
    here, asked = _WIDTH if found[2] == "width" else _HEIGHT, float(found[4]) * (1 if found[5] == "px" else _EM)
    sign = {"min-": ">=", "max-": "<="}.get(found[1] or "", found[3])
    return {">=": here >= asked, "<=": here <= asked, ">": here > asked, "<": here < asked}[sign]


# --- rules ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Rule:
    """What is said of a list of selectors.

    Args:
        is_sure: False where its condition is none that is known.
        layer: of two rules the one of the higher layer holds.
    """

    selectors: str
    is_sure: bool
    layer: int
    order: int
    said: Said = NOTHING


@dataclass(slots=True)
class _Block:
    """What stands within braces. `selectors` are those of the rule that it is, or stands in; "" without one."""

    selectors: str = ""
    rule: Rule | None = None
    is_left_out: bool = False
    is_sure: bool = True
    layer: int = _UNLAYERED
    style: list[str] = field(default_factory=list[str])


class Rules:
    """Reads sheets one after the other, as they stand on a page."""

    def __init__(self) -> None:
        self._order, self._room, self._layers = 0, LONGEST_SHEET, dict[str, int]()

    def of(self, sheet: str, *, media: str = "") -> Iterator[Rule]:
        """Its rules that say anything, each when it ends."""
        sheet, met = sheet[: self._room], is_met(media)
        self._room -= len(sheet)
        stack, words = [_Block(is_sure=met is True, is_left_out=met is False)], list[str]()
        for text, mark in _told(sheet):
            words.append(text)
            if mark == "{":
                stack.append(self._begun("".join(words).strip(), stack[-1], len(stack)))
            elif mark == ";":
                self._ended("".join(words).strip(), stack[-1])
            elif mark == "}":
                stack[-1].style += words
                if len(stack) > 1:
                    yield from _rule_of(stack.pop())
            words = words if mark == "" else []
        stack[-1].style += words
        while stack:  # what is not closed is closed by the end
            yield from _rule_of(stack.pop())

    def _begun(self, head: str, around: _Block, depth: int) -> _Block:
        if around.is_left_out or depth > _DEEPEST:
            return _Block(is_left_out=True)
        if head.startswith("@"):
            return self._conditional(head, around)
        selectors = _nested(around.selectors, head)
        self._order += 1
        rule = Rule(selectors, around.is_sure, around.layer, self._order) if selectors else None
        return _Block(selectors, rule, not selectors, around.is_sure, around.layer)

    def _conditional(self, head: str, around: _Block) -> _Block:
        found = _AT.match(head)
        name, query = (found[0].lower(), head[found.end() :].strip()) if found else ("", "")
        inside = _Block(around.selectors, is_sure=around.is_sure, layer=around.layer)
        inside.rule = around.rule and Rule(around.selectors, around.is_sure, around.layer, around.rule.order)
        if name == "@layer":
            inside.layer = self._layer(query)
        elif name == "@media":
            met = is_met(query)
            inside.is_left_out, inside.is_sure = met is False, around.is_sure and met is True
        elif name in ("@supports", "@container"):
            inside.is_sure = False
        else:
            inside.is_left_out = True
        if inside.rule:
            inside.rule.is_sure, inside.rule.layer = inside.is_sure, inside.layer
        return inside

    def _ended(self, statement: str, around: _Block) -> None:
        if statement.lower().startswith("@layer "):
            for name in statement[len("@layer ") :].split(","):
                self._layer(name.strip())
        elif not statement.startswith("@"):
            around.style.append(f"{statement};")

    def _layer(self, name: str) -> int:
        """One that was named first stands lowest."""
        return self._layers.setdefault(name or f" {len(self._layers)}", len(self._layers))


def _told(sheet: str) -> Iterator[tuple[str, str]]:
    """The text up to each brace or semicolon, and that; comments are left out, and quotes kept whole."""
    begin = 0
    for found in _MARKS.finditer(sheet):
        mark, text = found[0], sheet[begin : found.start()]
        begin = found.end()
        if mark in ("{", "}", ";"):
            yield text, mark
        elif mark.startswith("/*") or mark in ("<!--", "-->"):
            yield text, ""
        else:
            yield text + mark, ""
    yield sheet[begin:], ""


def _rule_of(block: _Block) -> Iterator[Rule]:
    if block.rule and not block.is_left_out:
        block.rule.said = _declared("".join(block.style))
        if block.rule.said != NOTHING:
            yield block.rule


def _nested(around: str, head: str) -> str:
    """The selectors of a rule that may stand in another; "" where they would be too many, or there are none."""
    if not around:
        return head if len(head) <= _LONGEST_LIST else ""
    outer, inner = parted(around), parted(head)
    if len(outer) * len(inner) > _MOST_NESTED or len(head) > _LONGEST_LIST:
        return ""
    told = ", ".join(one.replace("&", above) if "&" in one else f"{above} {one}" for above in outer for one in inner)
    return told if len(told) <= _LONGEST_LIST else ""
