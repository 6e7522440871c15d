"""Which parts of a page of HTML a reader would not see: by attributes, by style, and by the rules of its sheets.

Not a browser: nothing is laid out, and sheets elsewhere are not fetched. What the sheets say of an element is weighed
as a browser weighs it (layers, how much a selector asks, order); a rule whose condition is not known counts where it
hides. Comparing selectors has a measure: beyond it those alone count that ask for one name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hearth_reflex.rag.markup import Element
from hearth_reflex.rag.readers.selectors import Selector, Spent, Work, is_plain, parted, selector_of
from hearth_reflex.rag.readers.sheets import NOTHING, Rule, Rules, Said, declared

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_ZERO = re.compile(r"[-+]?0*\.?0+[a-z]+")
_WHITE = re.compile(r"white|snow|#f{3}|#f[a-f]f[a-f]f[a-f]|rgba?\(\s*25\d\s*,\s*25\d\s*,\s*25\d\b.*")
_SEEN_THROUGH = re.compile(r"transparent|(?:rgba|hsla)\(.*,\s*0?\.?0+%?\s*\)|#[0-9a-f]{3}0|#[0-9a-f]{6}00")
_WORDS_THAT_HIDE = {
    "display": {"none"},
    "content-visibility": {"hidden"},
    "clip": {"rect(0,0,0,0)", "rect(0 0 0 0)", "rect(0px,0px,0px,0px)", "rect(1px,1px,1px,1px)"},
    "clip-path": {"inset(50%)", "inset(100%)", "circle(0)"},
    "transform": {"scale(0)", "scale(0,0)"},
}
_PLACES = ("left", "top", "right", "bottom", "text-indent", "margin-left", "margin-top")
_FAR = -400  # of whatever unit: nothing is moved so far to be seen
_FAINT = 0.1
_TINY = {"px": 2.0, "pt": 1.5, "em": 0.15, "rem": 0.15, "%": 15.0, "": 2.0}
_OF_WHAT_IS_AROUND = ("em", "%")
_SIDES = ("height", "width", "max-height", "max-width")
_LEFT_TO_OTHERS = frozenset(("inherit", "unset", "revert", "currentcolor", "larger", "smaller"))
_ASKED = frozenset((*_WORDS_THAT_HIDE, *_PLACES, *_SIDES, "opacity", "overflow", "visibility", "font-size", "color"))
_OUTSIDE = ("noscript", "template")
_MOST_SELECTORS = 10_000  # that ask for more than one name
_MOST_STEPS = 600_000  # about a second

SEEN: frozenset[str] = frozenset()  # nothing is known that hides


def _is_hiding(said: dict[str, str]) -> bool:
    """Whether it hides an element with all that stands in it."""
    return (
        any(said.get(name) in words for name, words in _WORDS_THAT_HIDE.items())
        or _size(said.get("opacity", "1")) < _FAINT
        or any(_size(said.get(name, "0")) < _FAR for name in _PLACES)
        or (said.get("overflow") in ("hidden", "clip") and any(_is_nothing(said, name) for name in ("height", "width")))
    )


def _is_nothing(said: dict[str, str], side: str) -> bool:
    return any(_is_thin(said.get(name, "")) for name in (side, f"max-{side}"))


def _is_thin(value: str) -> bool:
    """One point high or less; of a share of something nobody knows."""
    found = _NUMBER.fullmatch(value.removesuffix("px").removesuffix("pt"))
    return float(found[0]) <= 1 if found else bool(_ZERO.fullmatch(value))


def _size(value: str) -> float:
    found = _NUMBER.match(value)
    return float(found[0]) if found else 1.0


def _has_background(said: dict[str, str]) -> bool:
    return any(name.startswith("background") for name in said)


def _handed_down(said: dict[str, str]) -> dict[str, bool | None]:
    """What an element hands down to those in it, if it is said: whether that hides words; None: as white as paper."""
    told: dict[str, bool | None] = {}
    if (word := said.get("visibility", "inherit")) not in _LEFT_TO_OTHERS:
        told["visibility"] = word in ("hidden", "collapse")
    if (size := said.get("font-size", "inherit")) not in _LEFT_TO_OTHERS:
        found = _NUMBER.match(size)
        unit = size[found.end() :].strip() if found else ""
        is_tiny = found is not None and float(found[0]) < _TINY.get(unit, 0.0)
        if is_tiny or unit not in _OF_WHAT_IS_AROUND:
            told["font-size"] = is_tiny
    if (colour := said.get("color", "inherit")) not in _LEFT_TO_OTHERS:
        told["color"] = None if _WHITE.fullmatch(colour) else bool(_SEEN_THROUGH.fullmatch(colour))
    return told


def _may_hide(said: dict[str, str]) -> bool:
    """Whether it hides, or would together with what others say."""
    return (
        _is_hiding(said)
        or any(_is_nothing(said, name) for name in ("height", "width"))
        or any(hides is not False for hides in _handed_down(said).values())
    )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What a selector says, with its weight."""

    selector: Selector
    rule: Rule

    @property
    def weight(self) -> tuple[int, tuple[int, int, int], int]:
        return self.rule.layer, self.selector.specificity, self.rule.order


@dataclass(slots=True)
class _Shelf:
    """Rules by what an element must have to be meant."""

    by_key: dict[str, list[_Weighed]] = field(default_factory=dict[str, list[_Weighed]])

    def put(self, one: _Weighed) -> None:
        for key in one.selector.keys:
            self.by_key.setdefault(key, []).append(one)

    def meaning(self, node: Element, work: Work) -> Iterator[_Weighed]:
        if not self.by_key:
            return
        for key in ("*", *_marks(node)):
            for one in self.by_key.get(key, ()):
                if one.selector.fits(node, work):
                    yield one


def _marks(node: Element) -> Iterator[str]:
    """Its tag, its "#id" and each ".class"."""
    yield str(node.tag)
    if name := node.get("id"):
        yield f"#{name}"
    if names := node.get("class"):
        yield from {f".{name}" for name in names.split()}


class Sheet:
    """What the sheets of a page say of its elements."""

    def __init__(self, there: set[str]) -> None:
        """Args:
        there: tags, "#id"s and ".class"es of the page: what asks for others means nothing on it.
        """
        self._there = there
        self._all, self._hiding, self._plain = _Shelf(), _Shelf(), set[str]()
        self._has_background, self._room, self._work = False, _MOST_SELECTORS, Work(_MOST_STEPS)

    @classmethod
    def of(cls, root: Element) -> "Sheet":
        styles, rules = list(root.iter("style")), Rules()
        sheet = cls({mark for node in root.iter() for mark in _marks(node)} if styles else set())
        for style in styles:
            if next(style.iterancestors(*_OUTSIDE), None) is not None:
                continue
            for rule in rules.of(style.text or "", media=style.get("media", "")):
                sheet._take(rule)
        return sheet

    def _take(self, rule: Rule) -> None:
        said = rule.said.all
        self._has_background = self._has_background or _has_background(said)
        may_hide = _may_hide(said)
        if _ASKED.isdisjoint(said) or not (rule.is_sure or may_hide):
            return
        hides = _is_hiding(said) or True in _handed_down(said).values()
        for text in parted(rule.selectors):
            plain = is_plain(text)
            self._room -= not plain
            selector = selector_of(text) if plain or self._room >= 0 else None
            if selector is None or not selector.marks <= self._there:
                continue
            for shelf in (self._all, self._hiding) if may_hide else (self._all,):
                shelf.put(_Weighed(selector, rule))
            if plain and hides:
                self._plain |= selector.keys

    def judge(self, node: Element, around: frozenset[str] = SEEN) -> frozenset[str] | None:
        """None where an element is not seen with all that stands in it; else by what its words are not seen.

        Args:
            around: what was said of the element that it stands in.
        """
        if node.get("hidden") is not None or node.get("aria-hidden") == "true":
            return None
        own = declared(style) if (style := node.get("style")) else NOTHING
        try:
            said = self._said(node, own, is_asked=bool(around))
        except Spent:
            said = own.all
            if not self._plain.isdisjoint(_marks(node)):
                return None
        if _is_hiding(said):
            return None
        told = _handed_down(said) if said else {}
        hidden = {name for name, hides in told.items() if hides or (hides is None and self._is_on_white(node))}
        return around.difference(told).union(hidden) if told else around

    def _said(self, node: Element, own: Said, *, is_asked: bool) -> dict[str, str]:
        """What holds of an element. Most are hidden by nothing: then nothing else is weighed."""
        if not is_asked and not _may_hide(own.all) and next(self._hiding.meaning(node, self._work), None) is None:
            return {}
        meant = sorted(self._all.meaning(node, self._work), key=lambda one: one.weight)
        said: dict[str, str] = {}
        for one in meant:
            said |= one.rule.said.plain
        said |= own.plain
        for one in meant:
            said |= one.rule.said.important
        return said | own.important

    def _is_on_white(self, node: Element) -> bool:
        """As far as can be told: nothing around it, and no sheet, says anything of a background."""
        around = (node, *node.iterancestors())
        own = any(_has_background(declared(above.get("style") or "").all) or above.get("bgcolor") for above in around)
        return not own and not self._has_background
