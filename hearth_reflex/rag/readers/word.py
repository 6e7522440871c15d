"""Word documents: headings by style, numbers of lists as text, tables, footnotes below the paragraph that calls them.

Left out: what was deleted and only waits for approval, and what is set to be hidden, white on nothing, or too small.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import GuardedZip, parse_xml, refuse_entities_in
from hearth_reflex.rag.markup import Element
from hearth_reflex.rag.readers.numbering import Numbering

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SAID = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_LEFT_OUT = frozenset({f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "rt", "sdtPr")} | {_FALLBACK})
_BOX = f"{_W}txbxContent"
_HEADING = re.compile(r"(?:heading|제목|개요)\s*([1-9])", re.IGNORECASE)
_TINY = 3  # half points
_MOST_STYLES_ABOVE = 12


def read_docx(file: BinaryIO, draft: Draft) -> None:
    refuse_entities_in(GuardedZip(file))
    file.seek(0)
    document = docx.Document(file)
    draft.title = document.core_properties.title or ""
    _Walk(document, draft).blocks(_body(document))


def _body(document: Any) -> Element:
    return document.element.body


def _attribute(node: Element | None, path: str, default: str = "") -> str:
    """`w:val` of what a path of names leads to; `default` where it is there without a value."""
    found = None if node is None else node.find("/".join(f"{_W}{name}" for name in path.split("/")))
    return "" if found is None else found.get(f"{_W}val", default)


def _is_on(node: Element | None, path: str) -> bool:
    return _attribute(node, path, "true") in ("true", "1", "on")


def _part(document: Document, kind: str) -> Element | None:
    try:
        return parse_xml(document.part.part_related_by(kind).blob)
    except KeyError:
        return None


class _Styles:
    """What paragraph and character styles say, their own ancestors asked too."""

    def __init__(self, root: Element) -> None:
        self._of = {style.get(f"{_W}styleId", ""): style for style in root.iterfind(f"{_W}style")}

    def chain(self, name: str) -> Iterator[Element]:
        for _ in range(_MOST_STYLES_ABOVE):
            style = self._of.get(name)
            if style is None:
                return
            yield style
            name = _attribute(style, "basedOn")

    def level(self, name: str) -> int:
        """Of a heading, from 1; 0 of what is none."""
        for style in self.chain(name):
            said = _attribute(style, "name")
            if found := _HEADING.fullmatch(said):
                return int(found[1])
            if said.lower() in ("title", "제목"):
                return 1
            outline = _attribute(style, "pPr/outlineLvl")
            if outline.isdecimal():
                return int(outline) + 1 if int(outline) < 9 else 0
        return 0


class _Walk:
    """One way through a document."""

    def __init__(self, document: Document, draft: Draft) -> None:
        self._draft = draft
        self._styles = _Styles(document.styles.element)
        self._numbering = Numbering(_part(document, RELATIONSHIP_TYPE.NUMBERING))
        self._notes = _notes(_part(document, RELATIONSHIP_TYPE.FOOTNOTES), self)
        self._called: list[str] = []
        self._boxes: list[Element] = []

    def blocks(self, parent: Element) -> None:
        for child in parent:
            if child.tag == f"{_W}p":
                self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                self._draft.table(self._rows(child))
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
                self.blocks(child)

    def _paragraph(self, node: Element) -> None:
        style = _attribute(node, "pPr/pStyle")
        text = self.words(node)
        if text.strip():
            label, level = self._label(node, style), self._level(node, style)
            if level:
                self._draft.heading(label + text, level=level)
            else:
                self._draft.text(label + text)
        notes, self._called = self._called, []
        for note in notes:
            self._draft.text(f"※ {self._notes.get(note, '')}" if self._notes.get(note) else "")
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.blocks(box)

    def _level(self, node: Element, style: str) -> int:
        outline = _attribute(node, "pPr/outlineLvl")
        if outline.isdecimal() and int(outline) < 9:
            return int(outline) + 1
        return self._styles.level(style)

    def _label(self, node: Element, style: str) -> str:
        asked = [node, *self._styles.chain(style)]
        number = next((found for one in asked if (found := _attribute(one, "pPr/numPr/numId"))), "")
        level = next((found for one in asked if (found := _attribute(one, "pPr/numPr/ilvl"))), "0")
        return self._numbering.label(number, int(level)) if level.isdecimal() else ""

    def words(self, node: Element) -> str:
        parts: list[str] = []
        self._gather(node, parts)
        return "".join(parts)

    def _gather(self, node: Element, parts: list[str]) -> None:
        for child in node:
            if child.tag == f"{_W}t":
                parts.append(child.text or "")
            elif child.tag in _SAID:
                parts.append(_SAID[child.tag])
            elif child.tag == f"{_W}footnoteReference":
                self._called.append(child.get(f"{_W}id", ""))
            elif child.tag == _BOX:
                self._boxes.append(child)
            elif child.tag not in _LEFT_OUT and not (child.tag == f"{_W}r" and self._is_hidden(child)):
                self._gather(child, parts)

    def _is_hidden(self, run: Element) -> bool:
        asked = [run, *self._styles.chain(_attribute(run, "rPr/rStyle"))]
        if any(_is_on(one, "rPr/vanish") for one in asked):
            return True
        size = _attribute(run, "rPr/sz")
        if size.isdecimal() and int(size) <= _TINY:
            return True
        return _attribute(run, "rPr/color").upper() == "FFFFFF" and not _is_shaded(run)

    def _rows(self, table: Element) -> Iterator[list[str]]:
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is table:  # a table within a cell is read with that cell
                yield [
                    cell for found in row.iterfind(f".//{_W}tc") if _row_of(found) is row for cell in self._cell(found)
                ]

    def _cell(self, cell: Element) -> list[str]:
        words = " ".join(self.words(paragraph) for paragraph in cell.iter(f"{_W}p"))
        span = _attribute(cell, "tcPr/gridSpan")
        return [words, *[""] * ((min(int(span), 100) if span.isdecimal() else 1) - 1)]


def _row_of(cell: Element) -> Any:
    return next(cell.iterancestors(f"{_W}tr"), None)


def _is_shaded(run: Element) -> bool:
    """Whether something around white words may be dark: then they are seen."""
    if run.find(f"{_W}rPr/{_W}shd") is not None or run.find(f"{_W}rPr/{_W}highlight") is not None:
        return True
    for above in run.iterancestors(f"{_W}p", f"{_W}tc", f"{_W}tbl", _BOX):
        if (
            above.tag == _BOX
            or above.find(f"{_W}pPr/{_W}shd") is not None
            or above.find(f"{_W}tcPr/{_W}shd") is not None
        ):
            return True
        if above.find(f"{_W}tblPr/{_W}tblStyle") is not None:
            return True
    return False


def _notes(root: Element | None, walk: _Walk) -> dict[str, str]:
    if root is None:
        return {}
    return {
        note.get(f"{_W}id", ""): " ".join(walk.words(paragraph) for paragraph in note.iter(f"{_W}p")).strip()
        for note in root.iterfind(f"{_W}footnote")
        if note.get(f"{_W}type") is None
    }
