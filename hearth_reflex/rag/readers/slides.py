"""Presentations: a slide is a page, its title a heading. What is hidden, or lies off a slide, is not read."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import GuardedZip, refuse_entities_in

_DEEPEST = 20  # groups in groups


def read_pptx(file: BinaryIO, draft: Draft) -> None:
    refuse_entities_in(GuardedZip(file))
    file.seek(0)
    show: Any = Presentation(file)
    draft.title = show.core_properties.title or ""
    size = (show.slide_width or 0, show.slide_height or 0)
    for page, slide in enumerate(show.slides, start=1):
        if slide.element.get("show") not in ("0", "false"):
            _read_slide(slide, draft, page=page, size=size)


def _read_slide(slide: Any, draft: Draft, *, page: int, size: tuple[int, int]) -> None:
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        draft.heading(title.text_frame.text, level=1, page=page)
    for shape in _in_order(_seen(slide.shapes, size)):
        if title is None or shape.shape_id != title.shape_id:
            _read_shape(shape, draft, page=page)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        draft.text(slide.notes_slide.notes_text_frame.text, page=page)


def _seen(shapes: Iterable[Any], size: tuple[int, int], depth: int = 0) -> Iterator[Any]:
    for shape in shapes:
        if shape.element.xpath("boolean(./*/*[local-name()='cNvPr'][@hidden='1' or @hidden='true'])"):
            continue
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            if depth < _DEEPEST:
                # Places within a group are its own, and say nothing of the slide.
                yield from _seen(shape.shapes, (0, 0), depth + 1)
        elif not _is_off(shape, size):
            yield shape


def _is_off(shape: Any, size: tuple[int, int]) -> bool:
    sides = (shape.left, shape.top, shape.width, shape.height)
    if not all(size) or any(side is None for side in sides):
        return False
    left, top, width, height = sides
    return left + width <= 0 or top + height <= 0 or left >= size[0] or top >= size[1]


def _in_order(shapes: Iterable[Any]) -> list[Any]:
    """From top to bottom, as far as places are known; of those beside each other the left one first."""
    return sorted(shapes, key=lambda shape: ((shape.top or 0) // 360_000, shape.left or 0))


def _read_shape(shape: Any, draft: Draft, *, page: int) -> None:
    if getattr(shape, "has_table", False):
        draft.table(([cell.text for cell in row.cells] for row in shape.table.rows), page=page)
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            text = "".join(_said(run) for run in paragraph.runs) if paragraph.runs else paragraph.text
            draft.text(f"{'• ' if paragraph.level else ''}{text}" if text.strip() else "", page=page)


def _said(run: Any) -> str:
    size = run.font.size
    return "" if size is not None and size.pt < 2 else str(run.text)
