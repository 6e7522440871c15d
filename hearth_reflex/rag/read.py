"""One file in, what is in it out: the program that opens the documents which people bring.

Run as `python -m hearth_reflex.rag.read TASK ENDING NUMBER WIDTH MEMORY CPU PATIENCE BYTES`: the file is its standard
input. Task `read` and `words` answer with a line of JSON about the whole and one for each block, task `draw` with a PNG
of a page. A line `{"refused": CODE}` says why not. It knows no path, no name and nothing of the house.
"""

import json
import os
import sys
from dataclasses import dataclass
from typing import BinaryIO

from hearth_reflex.domain.full_disk import FULL
from hearth_reflex.domain.reading import Reading
from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import GuardedZip, whole
from hearth_reflex.rag.kinds import FileKind, kind_of
from hearth_reflex.rag.limits import NO_SPACE, limit_itself
from hearth_reflex.rag.refusal import Refusal, Why

READ, WORDS, DRAW = "read", "words", "draw"
LONGEST_TEXT_FILE = 64 << 20
_DEEPEST = 4_000  # calls within calls: pages of HTML are nested, and no deeper than their parser lets them be


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked: `number` and `width` of a page to draw, `patience` of the OCR."""

    name: str
    ending: str = ""
    number: int = 1
    width: int = 1000
    patience: float = 300.0


def main(arguments: list[str]) -> int:
    """Writes what came of it; the exit code is 0 even when the file was refused."""
    name, ending, number, width, memory, cpu, patience, answer = arguments
    limit_itself(memory_bytes=int(memory), cpu_s=int(cpu), answer_bytes=int(answer))
    sys.setrecursionlimit(_DEEPEST)
    out = sys.stdout.buffer
    try:
        answer_to(Task(name, ending, int(number), int(width), float(patience)), sys.stdin.buffer, out)
        out.flush()
    except OSError as fault:
        if fault.errno in FULL:
            os._exit(NO_SPACE)  # at an ordinary end it would try to write once more
        raise
    return 0


def answer_to(task: Task, file: BinaryIO, out: BinaryIO) -> None:
    """Does what is asked, and writes it or why not."""
    try:
        if task.name == DRAW:
            out.write(_draw(task, file))
            return
        for line in told(_read(task, file)):
            out.write(line)
    except Refusal as refusal:
        _refuse(out, refusal.why)
    except MemoryError:
        _refuse(out, Why.BOMB)
    except OSError as fault:
        if fault.errno in FULL:
            raise
        _refuse(out, Why.UNREADABLE)
    except Exception:  # whatever a broken file brings about, it is one thing: refused
        _refuse(out, Why.UNREADABLE)


def told(reading: Reading) -> list[bytes]:
    """A reading as lines of JSON."""
    head = {
        "kind": reading.kind,
        "title": reading.title,
        "pages": reading.pages,
        "scanned": reading.scanned,
        "skipped": reading.skipped,
        "late": reading.is_late,
        "blocks": len(reading.blocks),
    }
    rows: list[object] = [head]
    rows += [
        [
            block.kind.value,
            block.text,
            block.level,
            block.page,
            [[line.page, line.left, line.top, line.right, line.bottom, line.start, line.end] for line in block.lines],
        ]
        for block in reading.blocks
    ]
    return [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]


def _refuse(out: BinaryIO, why: Why) -> None:
    out.write(json.dumps({"refused": why.value}).encode() + b"\n")


def _read(task: Task, file: BinaryIO) -> Reading:
    kind = kind_of(file, task.ending)
    if task.name == WORDS and kind is not FileKind.IMAGE:
        raise Refusal(Why.KIND)
    draft = Draft(kind.value)
    if kind in (FileKind.PDF, FileKind.IMAGE):
        return _read_pages(kind, file, draft, patience=task.patience)
    if kind in (FileKind.EPUB, FileKind.HWPX):
        _read_packed(kind, GuardedZip(file), draft)
    elif kind in (FileKind.DOCX, FileKind.PPTX, FileKind.XLSX, FileKind.HWP):
        _read_office(kind, file, draft)
    else:
        _read_plain(kind, whole(file, most=LONGEST_TEXT_FILE), draft)
    return draft.done()


# Each reader is loaded when it is wanted: most of the time that a small file takes is theirs.


def _read_pages(kind: FileKind, file: BinaryIO, draft: Draft, *, patience: float) -> Reading:
    from hearth_reflex.rag.readers.ocr import Ocr

    if kind is FileKind.PDF:
        from hearth_reflex.rag.readers.pdf import read_pdf

        return read_pdf(file, draft, Ocr(patience=patience))
    from hearth_reflex.rag.readers.picture import read_words

    return read_words(file, draft, Ocr(patience=patience))


def _read_packed(kind: FileKind, archive: GuardedZip, draft: Draft) -> None:
    if kind is FileKind.EPUB:
        from hearth_reflex.rag.readers.epub import read_epub

        read_epub(archive, draft)
    else:
        from hearth_reflex.rag.readers.hwpx import read_hwpx

        read_hwpx(archive, draft)


def _read_office(kind: FileKind, file: BinaryIO, draft: Draft) -> None:
    if kind is FileKind.DOCX:
        from hearth_reflex.rag.readers.word import read_docx as reader
    elif kind is FileKind.PPTX:
        from hearth_reflex.rag.readers.slides import read_pptx as reader
    elif kind is FileKind.XLSX:
        from hearth_reflex.rag.readers.tables import read_xlsx as reader
    else:
        from hearth_reflex.rag.readers.hwp import read_hwp as reader
    reader(file, draft)


def _read_plain(kind: FileKind, data: bytes, draft: Draft) -> None:
    if kind is FileKind.HTML:
        from hearth_reflex.rag.readers.hypertext import read_html as reader
    elif kind is FileKind.MARKDOWN:
        from hearth_reflex.rag.readers.markdown import read_markdown as reader
    elif kind is FileKind.CSV:
        from hearth_reflex.rag.readers.tables import read_csv as reader
    elif kind is FileKind.CODE:
        from hearth_reflex.rag.readers.text import read_code as reader
    else:
        from hearth_reflex.rag.readers.text import read_text as reader
    reader(data, draft)


def _draw(task: Task, file: BinaryIO) -> bytes:
    kind = kind_of(file, task.ending)
    if kind is FileKind.PDF:
        from hearth_reflex.rag.readers.pdf import draw_pdf

        return draw_pdf(file, page=task.number, width=task.width)
    if kind is FileKind.IMAGE and task.number == 1:
        from hearth_reflex.rag.readers.picture import draw_picture

        return draw_picture(file, width=task.width)
    raise Refusal(Why.KIND)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
