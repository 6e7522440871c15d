"""HTML to blocks: what a reader of the page would see, in its order. Scripts, styles and hidden parts are left out."""

import re
from collections.abc import Iterator

from hearth_reflex.rag.decoding import decode
from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.markup import Element, html_root
from hearth_reflex.rag.readers.hidden import SEEN, Sheet
from hearth_reflex.rag.refusal import Refusal, Why

_OUTSIDE = """
    applet audio button canvas embed frameset head iframe input link map math meta noscript object rp rt script select
    style svg template textarea title video
"""
_APART = """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul
"""
_LEFT_OUT, _BLOCKS = frozenset(_OUTSIDE.split()), frozenset(_APART.split())
_HEADING = re.compile(r"h([1-6])")
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_MOST_STEPS = 2_000_000


def read_html(data: bytes, draft: Draft) -> None:
    draft_html(decode(data), draft)


def draft_html(text: str, draft: Draft) -> None:
    """Takes the visible words of a page into the draft."""
    root = html_root(_DECLARED.sub("", text))
    if root is None:
        return
    draft.title = draft.title or "".join(root.xpath("string(//title[1])"))
    _Walk(draft, Sheet.of(root)).element(root)


def visible_words(text: str) -> str:
    """The words of a scrap of HTML that are seen."""
    root = html_root(f"<div>{text}</div>")
    return "" if root is None else _Walk(Draft("html"), Sheet.of(root)).words_of(root)


class _Walk:
    """One way through a page. Words gather until a block ends."""

    def __init__(self, draft: Draft, sheet: Sheet) -> None:
        self._draft, self._sheet = draft, sheet
        self._words: list[str] = []
        self._bullet = ""
        self._steps = 0
        self._unseen = SEEN  # by what the words of the element are not seen that is open

    def element(self, node: Element) -> None:
        """Takes an element without the text behind it."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise Refusal(Why.BOMB)
        if not isinstance(node.tag, str) or node.tag in _LEFT_OUT:
            return
        around, sight = self._unseen, self._sheet.judge(node, self._unseen)
        if sight is None:
            return
        self._unseen = sight
        if heading := _HEADING.fullmatch(node.tag):
            self._flush()
            self._draft.heading(self.words_of(node), level=int(heading[1]))
        elif node.tag == "table":
            self._table(node)
        elif node.tag == "pre":
            self._flush()
            self._draft.code(self.words_of(node, is_code=True))
        elif node.tag == "br":
            self._words.append("\n")
        elif node.tag in _BLOCKS:
            self._block(node)
        else:
            self._inside(node)
        self._unseen = around

    def _block(self, node: Element) -> None:
        self._flush()
        if node.tag == "li":
            self._bullet = _bullet(node)
        self._inside(node)
        self._flush()

    def _inside(self, node: Element) -> None:
        self._say(node.text)
        for child in node:
            self.element(child)
            self._say(child.tail)

    def _say(self, text: str | None) -> None:
        if text and not self._unseen:
            self._words.append(re.sub(r"\s+", " ", text))

    def _flush(self) -> None:
        if text := "".join(self._words).strip():
            self._draft.text(self._bullet + text)
            self._bullet = ""
        self._words.clear()

    def words_of(self, node: Element, *, is_code: bool = False) -> str:
        """The visible words of an element, on their own."""
        parts: list[str] = []
        self._gather(node, parts, self._unseen)
        return "".join(parts) if is_code else " ".join("".join(parts).split())

    def _gather(self, node: Element, parts: list[str], around: frozenset[str]) -> None:
        if not isinstance(node.tag, str) or node.tag in _LEFT_OUT:
            return
        sight = self._sheet.judge(node, around)
        if sight is None:
            return
        if node.tag == "br" or node.tag in _BLOCKS:
            parts.append("\n")
        parts.append("" if sight else node.text or "")
        for child in node:
            self._gather(child, parts, sight)
            parts.append("" if sight else child.tail or "")

    def _table(self, node: Element) -> None:
        """A table within a cell is told before the one it stands in; a frame for the layout as the blocks it holds."""
        self._flush()
        if node.xpath(".//table or count(.//tr[count(td|th) > 1]) = 0"):
            self._inside(node)
            self._flush()
            return
        for caption in node.iter("caption"):
            self._draft.text(self.words_of(caption))
        self._draft.table(self._rows(node))

    def _rows(self, node: Element) -> Iterator[list[str]]:
        around = self._unseen
        for row in node.iter("tr"):
            sight: frozenset[str] | None = around
            for above in (*reversed(list(row.iterancestors("thead", "tbody", "tfoot"))), row):
                sight = None if sight is None else self._sheet.judge(above, sight)
            if sight is not None:
                self._unseen = sight
                yield [self.words_of(cell) for cell in row if cell.tag in ("td", "th")]
        self._unseen = around


def _bullet(node: Element) -> str:
    parent = node.getparent()
    if parent is None or parent.tag != "ol":
        return "• "
    start = parent.get("start", "1")
    before = sum(1 for _ in node.itersiblings("li", preceding=True))
    return f"{(int(start) if start.isdecimal() and len(start) < 7 else 1) + before}. "
