"""The app's icons, drawn when the page is built: flat shapes on a warm ground, in every size an installed app asks for.

Knows Pillow and sizes; what the shapes are it is told.
"""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

Shape = tuple[str, Sequence[tuple[float, float]]]  # a colour and the points of a polygon

GROUND = "#2A1D16"
_DRAWN = 1024  # drawn large once and scaled down, which smooths the edges
_FAVICON_SIZES = ((16, 16), (32, 32), (48, 48))


def write_icons(folder: Path, shapes: Sequence[Shape], *, canvas: tuple[float, float]) -> None:
    """Write all icons into `folder`.

    Args:
        shapes: from the back to the front, on a canvas of the given size.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rounded = _draw(shapes, canvas, fill=0.86, corner=0.22)
    # A maskable icon may be cut to a circle of 80 %: ground to the edges, the picture well inside.
    whole = _draw(shapes, canvas, fill=0.64, corner=0.0)
    _save(rounded, folder / "icon-192.png", 192)
    _save(rounded, folder / "icon-512.png", 512)
    _save(rounded, folder / "icon-32.png", 32)
    _save(whole, folder / "icon-maskable-512.png", 512)
    # iOS rounds the corners by itself.
    _save(_draw(shapes, canvas, fill=0.76, corner=0.0), folder / "apple-touch-icon.png", 180)
    rounded.resize((48, 48), Image.Resampling.LANCZOS).save(folder / "favicon.ico", sizes=_FAVICON_SIZES)


def _draw(shapes: Sequence[Shape], canvas: tuple[float, float], *, fill: float, corner: float) -> Image.Image:
    picture = Image.new("RGBA", (_DRAWN, _DRAWN), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, _DRAWN - 1, _DRAWN - 1), radius=corner * _DRAWN, fill=GROUND)
    scale = fill * _DRAWN / max(canvas)
    left, top = ((_DRAWN - side * scale) / 2 for side in canvas)
    for colour, points in shapes:
        pen.polygon([(left + x * scale, top + y * scale) for x, y in points], fill=colour)
    return picture


def _save(picture: Image.Image, path: Path, size: int) -> None:
    picture.resize((size, size), Image.Resampling.LANCZOS).save(path, optimize=True)
