"""What the reading program said, believed only as far as it can be true: a file may have taken it over."""

import json
from typing import Any, BinaryIO

from hearth_reflex.domain.reading import Block, BlockKind, Line, Reading
from hearth_reflex.rag.clean import UNSEEN
from hearth_reflex.rag.draft import LONGEST_TITLE, MOST_BLOCKS, MOST_CHARACTERS
from hearth_reflex.rag.kinds import FileKind
from hearth_reflex.rag.refusal import Refusal, Why

_MOST_PAGES = 100_000  # no slide or page has a higher number
_LONGEST_LINE = 90 << 20
_DEEPEST_LEVEL = 9
_SLICE = 100_000  # characters of one search: who searches lets nobody else run meanwhile


def reading_from(said: BinaryIO) -> Reading:
    """Raises Refusal for what the program refused, and for whatever is no reading."""
    head_line = said.readline(_LONGEST_LINE)
    if why := refusal_in(head_line):
        raise Refusal(why)
    try:
        head = json.loads(head_line)
        count = _whole(head["blocks"], MOST_BLOCKS)
        pages = _whole(head["pages"], _MOST_PAGES)
        reading = Reading(
            FileKind(head["kind"]).value,
            _text(head["title"], LONGEST_TITLE),
            pages,
            _blocks(said, count, pages),
            scanned=_whole(head["scanned"], pages),
            skipped=_whole(head["skipped"], pages),
            is_late=head.get("late") is True,
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refusal(Why.UNREADABLE) from None
    if said.read(1):
        raise Refusal(Why.UNREADABLE)
    return reading


def refusal_in(line: bytes) -> Why | None:
    """Why the program refused, if that is what it says."""
    if not line.startswith(b'{"refused"'):
        return None
    try:
        return Why(json.loads(line)["refused"])
    except (ValueError, TypeError, KeyError):
        return Why.UNREADABLE


def _blocks(said: BinaryIO, count: int, pages: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    left = MOST_CHARACTERS
    for _ in range(count):
        block = _block(json.loads(said.readline(_LONGEST_LINE)), left, pages)
        left -= len(block.text)
        blocks.append(block)
    return tuple(blocks)


def _block(told: Any, left: int, pages: int) -> Block:
    kind, text, level, page, lines = told
    text = _text(text, left)
    return Block(
        BlockKind(kind),
        text,
        level=_whole(level, _DEEPEST_LEVEL),
        page=_whole(page, pages or _MOST_PAGES),
        lines=tuple(_line(line, len(text), pages) for line in lines),
    )


def _line(told: Any, length: int, pages: int) -> Line:
    page, left, top, right, bottom, start, end = told
    for side in (left, top, right, bottom):
        if not isinstance(side, int | float) or not 0 <= side <= 1:  # what is no number is in no order either
            raise ValueError
    if left > right or top > bottom or _whole(page, pages) < 1 or _whole(start, length) > _whole(end, length):
        raise ValueError
    return Line(page, float(left), float(top), float(right), float(bottom), start, end)


def _text(told: Any, longest: int) -> str:
    if not isinstance(told, str) or len(told) > longest:
        raise ValueError
    if any(UNSEEN.search(told, at, at + _SLICE) for at in range(0, len(told), _SLICE)):
        raise ValueError
    return told


def _whole(told: Any, most: int) -> int:
    if type(told) is not int or not 0 <= told <= most:
        raise ValueError
    return told
