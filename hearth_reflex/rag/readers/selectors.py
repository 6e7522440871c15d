"""Which elements of a page the selectors of its sheets mean. cssselect takes them apart; here they are compared.

Element by element and within a measure of steps: a page's selectors are a stranger's. What is not understood (`:has`,
whatever is newer than the library) means nothing, and so hides nothing. What a reader would have to do first (hover,
press) has not been done.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cssselect import parser as css

from hearth_reflex.rag.markup import Element

_LONGEST, _MOST_STEPS, _MOST_BRACKETS = 300, 24, 12  # of one selector: characters, and what it is taken apart into
_LARGEST = 10**6  # of what children are counted by
_DONE = "active checked focus focus-visible focus-within hover indeterminate target visited"
_NOBODY_DID = frozenset(_DONE.split())
_LINKS = frozenset(("any-link", "link"))
_NAME = re.compile(r"[.#]?[\w-]+")
_PARTS = re.compile(r"""\\.|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[()\[\],]""", re.DOTALL)

Test = Callable[[Element, "Work"], bool]


class Spent(Exception):
    """More steps were asked for than a page is worth."""


class _NotUnderstood(Exception):
    pass


@dataclass(slots=True)
class Work:
    """How many steps are left."""

    left: int

    def take(self, steps: int = 1) -> None:
        """Raises Spent where none are left."""
        self.left -= steps
        if self.left < 0:
            raise Spent


@dataclass(slots=True)
class _Compound:
    """What is asked of one element. `one_of` are the alternatives of an `:is()` in it."""

    tag: str = ""
    id: str = ""
    names: frozenset[str] = frozenset()
    tests: list[Test] = field(default_factory=list[Test])
    one_of: list["_Compound"] = field(default_factory=list["_Compound"])

    @property
    def marks(self) -> set[str]:
        """What an element must have: its tag, "#id" and ".class" each."""
        named = [*(f".{name}" for name in self.names), f"#{self.id}" if self.id else "", self.tag]
        return {mark for mark in named if mark}

    @property
    def keys(self) -> set[str]:
        """One of these it must have, the rarest kind that is known; "*": nothing is known."""
        if self.marks:
            return {min(self.marks, key=lambda mark: ("#.".find(mark[0]) % 3, mark))}
        return {key for one in self.one_of for key in one.keys} or {"*"}

    def fits(self, node: Element, work: Work) -> bool:
        work.take()
        if (self.tag and node.tag != self.tag) or (self.id and node.get("id") != self.id):
            return False
        if self.names and not self.names.issubset((node.get("class") or "").split()):
            return False
        return all(test(node, work) for test in self.tests)


_Steps = list[tuple[str, _Compound]]  # from the last on, each with what stands between it and the one before


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector.

    Args:
        keys: an element must have one of them to be meant at all: "#id", ".class", a tag; "*" has each.
        marks: what must stand somewhere on a page that it means anything of.
    """

    keys: frozenset[str]
    marks: frozenset[str]
    specificity: tuple[int, int, int]
    _steps: _Steps

    def fits(self, node: Element, work: Work) -> bool:
        """Raises Spent."""
        return _fits(node, self._steps, 0, work)


def selector_of(text: str) -> Selector | None:
    """One that is understood."""
    if not 0 < len(text) <= _LONGEST or text.count("(") > _MOST_BRACKETS:
        return None
    try:
        (told,) = css.parse(text)
        return None if told.pseudo_element else _selector(told)
    except (css.SelectorError, _NotUnderstood, ValueError):
        return None


def is_plain(text: str) -> bool:
    """Whether it asks for nothing but one name: taken apart at once, and compared with no effort."""
    return _NAME.fullmatch(text) is not None


def parted(text: str) -> list[str]:
    """A list at its commas: what stands within brackets or quotes belongs together."""
    parts, begin, depth = list[str](), 0, 0
    for found in _PARTS.finditer(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(found[0], 0)
        if found[0] == "," and depth == 0:
            parts.append(text[begin : found.start()].strip())
            begin = found.end()
    return [*parts, text[begin:].strip()]


def _selector(told: css.Selector) -> Selector:
    steps = _steps(told.parsed_tree)
    marks = {mark for _, one in steps for mark in one.marks}
    return Selector(frozenset(steps[0][1].keys), frozenset(marks), told.specificity(), steps)


def _steps(tree: css.Tree) -> _Steps:
    steps: _Steps = []
    while isinstance(tree, css.CombinedSelector):
        steps.append((tree.combinator, _compound(tree.subselector)))
        tree = tree.selector
    if len(steps) >= _MOST_STEPS:
        raise _NotUnderstood
    return [*steps, ("", _compound(tree))]


def _compound(tree: css.Tree) -> _Compound:
    told, names = _Compound(), set[str]()
    while not isinstance(tree, css.Element):
        if isinstance(tree, css.CombinedSelector):
            raise _NotUnderstood
        if isinstance(tree, css.Class):
            names.add(tree.class_name)
        elif isinstance(tree, css.Hash) and told.id in ("", tree.id):
            told.id = tree.id
        else:
            told.tests.append(_test(tree))
            told.one_of = told.one_of or _alternatives(tree)
        tree = tree.selector
    if tree.namespace not in (None, "*"):
        raise _NotUnderstood
    told.tag, told.names = (tree.element or "").lower(), frozenset(names)
    return told


def _alternatives(tree: css.Tree) -> list[_Compound]:
    if not isinstance(tree, css.Matching | css.SpecificityAdjustment):
        return []
    return [_steps(one)[0][1] for one in tree.selector_list]


def _test(tree: css.Tree) -> Test:
    if isinstance(tree, css.Attrib):
        return _attribute(tree)
    if isinstance(tree, css.Pseudo):
        return _state(tree.ident)
    if isinstance(tree, css.Function):
        return _place(tree)
    if isinstance(tree, css.Negation):
        steps = _steps(tree.subselector)
        return lambda node, work: not _fits(node, steps, 0, work)
    if isinstance(tree, css.Matching | css.SpecificityAdjustment):
        several = [_steps(one) for one in tree.selector_list]
        return lambda node, work: any(_fits(node, steps, 0, work) for steps in several)
    raise _NotUnderstood


def _attribute(tree: css.Attrib) -> Test:
    name, wanted = tree.attrib.lower(), str(tree.value.value if tree.value else "")
    if tree.namespace not in (None, "*"):
        raise _NotUnderstood
    if tree.operator == "exists":
        return lambda node, work: node.get(name) is not None
    compare = _COMPARED.get(tree.operator)
    if compare is None:
        raise _NotUnderstood
    if tree.flag == "i":
        return lambda node, work: node.get(name) is not None and compare(node.get(name, "").lower(), wanted.lower())
    return lambda node, work: node.get(name) is not None and compare(node.get(name, ""), wanted)


_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "=": lambda said, wanted: said == wanted,
    "~=": lambda said, wanted: wanted in said.split(),
    "|=": lambda said, wanted: said == wanted or said.startswith(f"{wanted}-"),
    "^=": lambda said, wanted: bool(wanted) and said.startswith(wanted),
    "$=": lambda said, wanted: bool(wanted) and said.endswith(wanted),
    "*=": lambda said, wanted: bool(wanted) and wanted in said,
}


def _state(name: str) -> Test:
    if name in _NOBODY_DID:
        return lambda node, work: False
    if name in _LINKS:
        return lambda node, work: node.tag == "a" and node.get("href") is not None
    if name in _STATES:
        return _STATES[name]
    raise _NotUnderstood


def _is_first(node: Element, work: Work) -> bool:
    return node.getprevious() is None


def _is_last(node: Element, work: Work) -> bool:
    return node.getnext() is None


_STATES: dict[str, Test] = {
    "root": lambda node, work: node.getparent() is None,
    "first-child": _is_first,
    "last-child": _is_last,
    "only-child": lambda node, work: _is_first(node, work) and _is_last(node, work),
    "empty": lambda node, work: len(node) == 0 and not node.text,
}


def _place(tree: css.Function) -> Test:
    """`:nth-child(an+b)`, counted from either end."""
    if tree.name not in ("nth-child", "nth-last-child"):
        raise _NotUnderstood
    step, first = css.parse_series(tree.arguments)
    if max(abs(step), abs(first)) > _LARGEST:
        raise _NotUnderstood
    from_end = tree.name == "nth-last-child"

    def test(node: Element, work: Work) -> bool:
        beyond = _position(node, from_end=from_end, work=work) - first
        return beyond == 0 if step == 0 else beyond % step == 0 and beyond // step >= 0

    return test


def _position(node: Element, *, from_end: bool, work: Work) -> int:
    parent = node.getparent()
    if parent is None:
        return 1
    work.take(1 + len(parent) // 100)
    at = parent.index(node)
    return len(parent) - at if from_end else at + 1


def _fits(node: Element, steps: _Steps, at: int, work: Work) -> bool:
    combinator, compound = steps[at]
    if not compound.fits(node, work):
        return False
    return at == len(steps) - 1 or any(_fits(one, steps, at + 1, work) for one in _before(node, combinator))


def _before(node: Element, combinator: str) -> Iterator[Element]:
    """The elements that may stand before a combinator."""
    if combinator == " ":
        yield from node.iterancestors()
        return
    if combinator == "~":
        yield from node.itersiblings(preceding=True)
        return
    one = node.getparent() if combinator == ">" else node.getprevious()
    if one is not None:
        yield one
