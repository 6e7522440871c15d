"""HWPX, the open form of Hangul's documents: sections of paragraphs, headings by outline, tables, notes.

Left out: paragraphs' hidden comments and whatever the writer set in white.
"""

import re
from collections.abc import Iterator

from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import GuardedZip
from hearth_reflex.rag.markup import Element
from hearth_reflex.rag.refusal import Refusal, Why

_SECTION = re.compile(r"Contents/section(\d+)\.xml")
OUTLINE = re.compile(r"(?:개요|outline|제목|heading)\s*(\d+)", re.IGNORECASE)
_NOTES = ("footNote", "endNote")
_LEFT_OUT = (
    "hiddenComment",
    "secPr",
    "ctrl",
    "linesegarray",
    "shapeComment",
    "memo",
    "fieldBegin",
    "parameters",
    "caption",
)
_SAID = {"lineBreak": "\n", "tab": "\t", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}


def read_hwpx(archive: GuardedZip, draft: Draft) -> None:
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refusal(Why.LOCKED)
    if "Contents/content.hpf" in archive.names:
        draft.title = str(archive.xml("Contents/content.hpf").xpath("string(//*[local-name()='title'][1])"))
    head = archive.xml("Contents/header.xml") if "Contents/header.xml" in archive.names else None
    walk = _Walk(draft, _levels(head), _unseen(head))
    for name in _sections(archive):
        walk.paragraphs(archive.xml(name))


def _sections(archive: GuardedZip) -> list[str]:
    found = [match for name in archive.names if (match := _SECTION.fullmatch(name))]
    return [match[0] for match in sorted(found, key=lambda match: int(match[1]))]


def _levels(head: Element | None) -> dict[str, int]:
    """Styles that are headings, by their id, to their level."""
    levels: dict[str, int] = {}
    if head is None:
        return levels
    outlines = {
        shape.get("id", ""): int(heading.get("level", "0")) + 1
        for shape in head.iterfind(".//{*}paraPr")
        for heading in shape.iterfind("{*}heading")
        if heading.get("type") == "OUTLINE" and heading.get("level", "0").isdecimal()
    }
    for style in head.iterfind(".//{*}style"):
        named = OUTLINE.fullmatch(style.get("name", "")) or OUTLINE.fullmatch(style.get("engName", ""))
        if level := int(named[1]) if named else outlines.get(style.get("paraPrIDRef", ""), 0):
            levels[style.get("id", "")] = level
    return levels


def _unseen(head: Element | None) -> set[str]:
    """Shapes of letters that nobody sees: white without a shade behind, or less than two points high."""
    if head is None:
        return set()
    return {
        shape.get("id", "")
        for shape in head.iterfind(".//{*}charPr")
        if (shape.get("textColor", "").upper() == "#FFFFFF" and shape.get("shadeColor", "none") in ("none", "#FFFFFF"))
        or (shape.get("height", "1000").isdecimal() and int(shape.get("height", "1000")) < 200)
    }


def _name(node: Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance]


class _Walk:
    """One way through the sections. What stands in a frame or a note follows the paragraph that holds it."""

    def __init__(self, draft: Draft, levels: dict[str, int], unseen: set[str]) -> None:
        self._draft, self._levels, self._unseen = draft, levels, unseen

    def paragraphs(self, parent: Element) -> None:
        for node in parent:
            if _name(node) == "p":
                self._paragraph(node)

    def _paragraph(self, node: Element) -> None:
        words, held = list[str](), list[Element]()
        self._gather(node, words, held)
        if level := self._levels.get(node.get("styleIDRef", ""), 0):
            self._draft.heading("".join(words), level=level)
        else:
            self._draft.text("".join(words))
        for found in held:
            self._held(found)

    def _gather(self, node: Element, words: list[str], held: list[Element]) -> None:
        for child in node:
            name = _name(child)
            if name in ("tbl", "subList"):
                held.append(child)
            elif name in _SAID:
                words.append(_SAID[name])
                words.append(child.tail or "")
            elif name == "t":
                words.append(child.text or "")
                self._gather(child, words, held)
            elif name == "ctrl":
                held.extend(note for note in child if _name(note) in _NOTES)
            elif name not in _LEFT_OUT and not (name == "run" and child.get("charPrIDRef") in self._unseen):
                self._gather(child, words, held)

    def _held(self, node: Element) -> None:
        if _name(node) == "tbl":
            self._draft.table(self._rows(node))
        elif _name(node) in _NOTES:
            self._draft.text(f"※ {self._plain(node)}" if self._plain(node) else "")
        else:
            self.paragraphs(node)

    def _rows(self, table: Element) -> Iterator[list[str]]:
        for row in table.iterfind("{*}tr"):
            yield [self._plain(cell) for cell in row.iterfind("{*}tc")]

    def _plain(self, node: Element) -> str:
        """The words below a node on one line; those of tables within it, too."""
        words: list[str] = []
        for paragraph in node.iter("{*}p"):
            self._gather(paragraph, words, [])
            words.append(" ")
        return " ".join("".join(words).split())
