"""Words off pictures by tesseract, where that is installed. It sees only pictures that were drawn anew here."""

import csv
import io
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter

from PIL import Image

from hearth_reflex.domain.reading import Block, BlockKind, Line
from hearth_reflex.rag.clean import clean_line
from hearth_reflex.rag.refusal import Refusal, Why

LANGUAGES = ("kor", "eng")
PROGRAM = "tesseract"
LONGEST_SIDE = 3600
_SMALL_SIDE = 600  # a smaller picture is read better at twice its size
_SURE_WORD, _SURE_LINE = 30.0, 50.0  # of a hundred; below that it is the pattern of a carpet
_PATIENCE_S = 60.0
_PAGE, _BLOCK = "3", "6"  # tesseract's layouts: it looks for columns, and may miss Hangul; all is one block of lines
_AS_GOOD = 0.95
_MANY_LETTERS = 150
_TOUCHING = 0.22  # of a line's height


@dataclass(frozen=True, slots=True)
class _Word:
    """`line` is where tesseract says that it stands: block, paragraph, line."""

    line: tuple[int, int, int]
    left: int
    top: int
    right: int
    bottom: int
    sure: float
    text: str

    @property
    def paragraph(self) -> tuple[int, int]:
        return self.line[:2]


class Ocr:
    """Args:
    patience: seconds in all for the pictures of one file.
    """

    def __init__(self, *, patience: float) -> None:
        self._until = time.monotonic() + patience
        self._languages = "+".join(installed())
        self._layouts: tuple[str, ...] = (_PAGE, _BLOCK)

    @property
    def is_there(self) -> bool:
        return bool(self._languages)

    @property
    def has_time(self) -> bool:
        return time.monotonic() < self._until

    def blocks(self, picture: Image.Image, *, page: int) -> list[Block]:
        """The paragraphs in a picture, with a box for each line."""
        drawn = _drawn(picture)
        file = io.BytesIO()
        drawn.save(file, "PNG", compress_level=1)
        words = self._best(file.getvalue())
        paragraphs = (list(found) for _, found in groupby(words, key=attrgetter("paragraph")))
        return [block for found in paragraphs if (block := _block(found, drawn.size, page)).text]

    def _best(self, picture: bytes) -> list[_Word]:
        """The words by the layout that finds more of them; a full page decides for the pages after it."""
        found = {layout: list(self._words(picture, layout)) for layout in self._layouts}
        page = _sure_letters(found.get(_PAGE, []))
        block = _sure_letters(found.get(_BLOCK, []))
        best = _PAGE if _PAGE in found and page >= _AS_GOOD * block else _BLOCK
        if max(page, block) > _MANY_LETTERS:
            self._layouts = (best,)
        return found[best]

    def _words(self, picture: bytes, layout: str) -> Iterator[_Word]:
        patience = min(_PATIENCE_S, max(1.0, self._until - time.monotonic()))
        command = [PROGRAM, "stdin", "stdout", "-l", self._languages, "--dpi", "300", "--psm", layout, "tsv"]
        try:
            done = subprocess.run(  # noqa: S603 - one program of the house's choice, and no word of a stranger's
                command, input=picture, capture_output=True, timeout=patience, check=False
            )
        except subprocess.TimeoutExpired:
            raise Refusal(Why.SLOW) from None
        for row in csv.DictReader(done.stdout.decode("utf-8", "replace").splitlines(), delimiter="\t", quoting=3):
            if row.get("level") == "5" and (word := _word(row)) and word.sure >= _SURE_WORD:
                yield word


def _sure_letters(words: list[_Word]) -> float:
    return sum(len(word.text) * word.sure / 100 for word in words)


def installed() -> Sequence[str]:
    if not shutil.which(PROGRAM):
        return ()
    said = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, timeout=20, check=False)  # noqa: S603 - as above
    known = set(said.stdout.decode("utf-8", "replace").split())
    return [language for language in LANGUAGES if language in known]


def _drawn(picture: Image.Image) -> Image.Image:
    """In grey, on white where it was seen through, and of a size at which letters are read well."""
    if picture.mode in ("RGBA", "LA", "PA", "P"):
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture)
        picture = paper
    grey = picture.convert("L")
    longest = max(grey.size)
    factor = 2.0 if longest < _SMALL_SIDE else min(1.0, LONGEST_SIDE / longest)
    if factor == 1.0:
        return grey
    return grey.resize(
        (max(1, round(grey.width * factor)), max(1, round(grey.height * factor))), Image.Resampling.BICUBIC
    )


def _word(row: dict[str, str]) -> _Word | None:
    try:
        block, paragraph, line, left, top, width, height = (
            int(row[name]) for name in ("block_num", "par_num", "line_num", "left", "top", "width", "height")
        )
        sure, text = float(row["conf"]), clean_line(row["text"])
    except (KeyError, TypeError, ValueError):
        return None
    return _Word((block, paragraph, line), left, top, left + width, top + height, sure, text) if text else None


def _block(words: list[_Word], size: tuple[int, int], page: int) -> Block:
    text, lines = "", list[Line]()
    for _, found in groupby(words, key=attrgetter("line")):
        row = list(found)
        said = _spaced(row)
        if sum(word.sure for word in row) / len(row) < _SURE_LINE or not any(letter.isalnum() for letter in said):
            continue
        start = len(text) + 1 if text else 0
        text = f"{text}\n{said}" if text else said
        lines.append(_line(row, size, page, start, len(text)))
    return Block(BlockKind.TEXT, text, page=page, lines=tuple(lines))


def _spaced(row: list[_Word]) -> str:
    """The words of a line. Tesseract parts Hangul within words: syllables that all but touch belong together."""
    said = row[0].text
    for last, word in pairwise(row):
        touches = word.left - last.right < _TOUCHING * max(word.bottom - word.top, 1)
        is_one = "가" <= word.text[0] <= "힣" and ("가" <= last.text[-1] <= "힣" or last.text[-1].isdecimal())
        said += word.text if touches and is_one else f" {word.text}"
    return said


def _line(row: list[_Word], size: tuple[int, int], page: int, start: int, end: int) -> Line:
    left, top = min(word.left for word in row) / size[0], min(word.top for word in row) / size[1]
    right, bottom = max(word.right for word in row) / size[0], max(word.bottom for word in row) / size[1]
    return Line(page, max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0), start, end)
