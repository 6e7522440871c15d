"""Which letters of a PDF's page a person would see. Text that is there for programs alone is left out.

Beside what can be asked (letters drawn invisibly, next to nothing in size, off the page, or in the colour of what is
behind them) the page is drawn twice, with its text and without: a text that changes no point of the picture is covered,
cut away, or otherwise not seen, however that was brought about.
"""

import ctypes
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops

from hearth_reflex.rag.readers.pdf_lines import Letter, Measure
from hearth_reflex.rag.readers.pdfium import Page, Words, drawn, raw

_UNSEEN_MODES = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_TINY_POINTS = 1.5
_FAINT = 24  # of 255: more than this see-through
_SAME_COLOUR = 14  # of 255: paper and letters that differ by no more
_CHANGE = 18  # of 255: what drawing a text must change somewhere
_SCALE = 1.0  # points to pixels
_LONGEST_SIDE = 1600
_TOO_SMALL_TO_TELL = 3  # pixels high
_MOST_NESTED = 15
_LAST_OF_LATIN = "\u02ff"

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sight:
    """The page as it looks, and its letters that are seen."""

    picture: Image.Image
    letters: list[Letter]
    is_blank: bool


@dataclass(slots=True)
class _Thing:
    """A text object: where its letters stand, and how they are drawn."""

    handle: Any
    colour: tuple[int, int, int, int]
    left: float = 1e9
    top: float = 1e9
    right: float = -1e9
    bottom: float = -1e9
    height: float = 0.0
    is_foreign: bool = False  # has letters that a font of this machine may lack

    def hold(self, letter: Letter) -> None:
        self.left, self.top = min(self.left, letter.left), min(self.top, letter.top)
        self.right, self.bottom = max(self.right, letter.right), max(self.bottom, letter.bottom)
        self.height = max(self.height, letter.height)
        self.is_foreign = self.is_foreign or letter.text > _LAST_OF_LATIN


def look(page: Page, words: Words, letters: list[Letter], measure: Measure) -> Sight:
    """Draws the page once, or twice where it has text, and says which of its letters are seen."""
    things = _things(words, letters)
    with_text = _drawn(page, measure)
    if not things:
        return Sight(with_text, [], _is_blank(with_text))
    for thing in things.values():
        raw.FPDFPageObj_SetIsActive(thing.handle, False)
    without = _drawn(page, measure)
    changed = _strongest(ImageChops.difference(with_text, without))
    unseen = {address for address, thing in things.items() if not _is_seen(thing, measure, without, changed)}
    return Sight(with_text, [letter for letter in letters if letter.thing not in unseen], _is_blank(with_text))


def _things(words: Words, letters: list[Letter]) -> dict[int, _Thing]:
    things: dict[int, _Thing] = {}
    for at, letter in enumerate(letters):
        if not letter.thing:
            continue
        thing = things.get(letter.thing)
        if thing is None:
            thing = things[letter.thing] = _Thing(raw.FPDFText_GetTextObject(words, at), _colour(words, at))
        if not letter.text.isspace():
            thing.hold(letter)
    return things


def _colour(words: Words, at: int) -> tuple[int, int, int, int]:
    parts = [ctypes.c_uint(0) for _ in range(4)]
    if not raw.FPDFText_GetFillColor(words, at, *parts):
        return (0, 0, 0, 255)
    red, green, blue, alpha = (part.value for part in parts)
    return (red, green, blue, alpha)


def _drawn(page: Page, measure: Measure) -> Image.Image:
    scale = min(_SCALE, _LONGEST_SIDE / max(measure.width, measure.height, 1.0))
    return drawn(page, scale=scale, with_notes=False)


def _strongest(difference: Image.Image) -> Image.Image:
    red, green, blue = difference.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _is_blank(picture: Image.Image) -> bool:
    return all(high - low <= _SAME_COLOUR for low, high in _range(picture))


def _range(picture: Image.Image) -> list[tuple[int, int]]:
    found = picture.getextrema()
    return [found] if isinstance(found[0], int | float) else list(found)  # pyright: ignore[reportReturnType]


def _is_seen(thing: _Thing, measure: Measure, without: Image.Image, changed: Image.Image) -> bool:
    mode = raw.FPDFTextObj_GetTextRenderMode(thing.handle)
    if mode in _UNSEEN_MODES or thing.colour[3] < _FAINT or thing.height * measure.height < _TINY_POINTS:
        return False
    box = _points(thing, without.size)
    if box is None:
        return False
    if mode == raw.FPDF_TEXTRENDERMODE_FILL and _has_one_colour(without, box, thing.colour):
        return False
    if thing.height * without.height < _TOO_SMALL_TO_TELL:
        return True
    if thing.is_foreign and not _is_embedded(thing):
        return True  # it may be drawn as nothing here, and is seen by whoever has its font
    return _range(changed.crop(box))[0][1] >= _CHANGE


def _is_embedded(thing: _Thing) -> bool:
    font = raw.FPDFTextObj_GetFont(thing.handle)
    return not font or raw.FPDFFont_GetIsEmbedded(font) != 0


def _points(thing: _Thing, size: tuple[int, int]) -> Box | None:
    """The box of a text on the picture, or nothing for one that lies off it."""
    left, top = max(0, int(thing.left * size[0])), max(0, int(thing.top * size[1]))
    right, bottom = min(size[0], int(thing.right * size[0]) + 1), min(size[1], int(thing.bottom * size[1]) + 1)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _has_one_colour(without: Image.Image, box: Box, colour: tuple[int, int, int, int]) -> bool:
    """Whether all behind a text has the text's own colour."""
    ranges = zip(_range(without.crop(box)), colour[:3], strict=True)
    return all(abs(low - part) <= _SAME_COLOUR and abs(high - part) <= _SAME_COLOUR for (low, high), part in ranges)


def picture_share(page: Page, measure: Measure) -> float:
    """How much of a page its pictures cover, one over the other counted twice, at most all of it."""
    covered = 0.0
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=_MOST_NESTED):
        left, top, right, bottom = measure.box(*thing.get_bounds())
        covered += max(0.0, min(right, 1.0) - max(left, 0.0)) * max(0.0, min(bottom, 1.0) - max(top, 0.0))
        if covered >= 1:
            break
    return min(1.0, covered)
