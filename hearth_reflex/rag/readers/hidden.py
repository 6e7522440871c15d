"""Which parts of a page of HTML a reader would not see: by attributes, by style, and by the plain rules of its sheets.

Not a browser: selectors of several steps are not followed, and sheets elsewhere are not fetched.
"""

import re

from hearth_reflex.rag.markup import Element

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)  # one that is never closed goes on to the end
_SELECTOR = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?P<mark>[.#][\w-]+)?", re.IGNORECASE)
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_WHITE = re.compile(r"white|snow|#f{3}|#f[a-f]f[a-f]f[a-f]|rgba?\(\s*25\d\s*,\s*25\d\s*,\s*25\d\b.*")
_SEEN_THROUGH = re.compile(r"transparent|(?:rgba|hsla)\(.*,\s*0?\.?0+%?\s*\)|#[0-9a-f]{3}0|#[0-9a-f]{6}00")
_WORDS_THAT_HIDE = {
    "display": {"none"},
    "visibility": {"hidden", "collapse"},
    "content-visibility": {"hidden"},
    "clip": {"rect(0,0,0,0)", "rect(0 0 0 0)", "rect(0px,0px,0px,0px)", "rect(1px,1px,1px,1px)"},
    "clip-path": {"inset(50%)", "inset(100%)", "circle(0)"},
    "transform": {"scale(0)", "scale(0,0)"},
}
_PLACES = ("left", "top", "right", "bottom", "text-indent", "margin-left", "margin-top")
_FAR = -400  # of whatever unit: nothing is moved so far to be seen
_FAINT = 0.1
_TINY = {"px": 2.0, "pt": 1.5, "em": 0.15, "rem": 0.15, "%": 15.0, "": 2.0}
_LONGEST_STYLE = 2_000
_LONGEST_SHEET = 200_000


def _declared(style: str) -> dict[str, str]:
    """What a style says, in small letters and without spaces around commas and words."""
    parts = (part.partition(":") for part in style[:_LONGEST_STYLE].lower().split(";"))
    return {
        name.strip(): re.sub(r"\s*,\s*", ",", value.replace("!important", "").strip())
        for name, _, value in parts
        if value
    }


def _is_hiding(said: dict[str, str]) -> bool:
    return (
        any(said.get(name) in words for name, words in _WORDS_THAT_HIDE.items())
        or _size(said.get("opacity", "1")) < _FAINT
        or _is_tiny(said.get("font-size", ""))
        or any(_size(said.get(name, "0")) < _FAR for name in _PLACES)
        or bool(_SEEN_THROUGH.fullmatch(said.get("color", "")))
        or (said.get("overflow") in ("hidden", "clip") and any(_is_nothing(said, name) for name in ("height", "width")))
    )


def _is_nothing(said: dict[str, str], side: str) -> bool:
    return any(_size(said.get(name, "9")) <= 1 and "%" not in said.get(name, "%") for name in (side, f"max-{side}"))


def _is_tiny(size: str) -> bool:
    found = _NUMBER.match(size)
    return found is not None and float(found[0]) < _TINY.get(size[found.end() :].strip(), 0.0)


def _size(value: str) -> float:
    found = _NUMBER.match(value)
    return float(found[0]) if found else 1.0


def _has_background(said: dict[str, str]) -> bool:
    return any(name.startswith("background") for name in said)


class Sheet:
    """The rules of a page that hide something, by class, by id and by the name of an element."""

    def __init__(self, *, marks: frozenset[str], tags: frozenset[str], has_background: bool) -> None:
        self._marks, self._tags, self._has_background = marks, tags, has_background

    @classmethod
    def of(cls, root: Element) -> "Sheet":
        text = _COMMENT.sub("", "".join(style.text or "" for style in root.iter("style"))[:_LONGEST_SHEET])
        marks, tags, has_background = set[str](), set[str](), False
        for rule in text.split("}")[:-1]:  # what follows the last one is no rule
            before, brace, declarations = rule.rpartition("{")
            selectors = before.rpartition("{")[2]  # of what stands within @media, its own
            if not brace or not selectors:
                continue
            said = _declared(declarations)
            has_background = has_background or _has_background(said)
            if _is_hiding(said):
                _note(selectors, marks, tags)
        return cls(marks=frozenset(marks), tags=frozenset(tags), has_background=has_background)

    def hides(self, node: Element) -> bool:
        """Whether an element, for itself, is not seen."""
        if node.tag in self._tags or node.get("hidden") is not None or node.get("aria-hidden") == "true":
            return True
        if style := node.get("style"):
            said = _declared(style)
            if _is_hiding(said) or (_WHITE.fullmatch(said.get("color", "")) and self._is_on_white(node)):
                return True
        if not self._marks:
            return False
        names = [f".{name}" for name in (node.get("class") or "").split()]
        return not self._marks.isdisjoint([*names, f"#{node.get('id')}"])

    def _is_on_white(self, node: Element) -> bool:
        """As far as can be told: nothing around it, and no sheet, says anything of a background."""
        around = (node, *node.iterancestors())
        own = any(_has_background(_declared(above.get("style") or "")) or above.get("bgcolor") for above in around)
        return not own and not self._has_background


def _note(selectors: str, marks: set[str], tags: set[str]) -> None:
    for selector in selectors.split(","):
        found = _SELECTOR.fullmatch(selector.strip())
        if found and found["mark"]:
            marks.add(found["mark"])
        elif found and found["tag"]:
            tags.add(found["tag"].lower())
