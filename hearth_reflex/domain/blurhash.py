"""BlurHash: some thirty letters from which a page paints a blurred picture while the real one is on its way.

The picture is described by a few cosines across and down; the first gives the mean colour. See blurha.sh.
"""

from collections.abc import Sequence
from math import copysign, cos, pi

Colour = tuple[int, int, int]
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_Light = tuple[float, float, float]


def blurhash(pixels: Sequence[Colour], *, width: int, height: int, across: int = 4, down: int = 3) -> str:
    """The hash of a small picture, given row by row.

    Args:
        across, down: how many cosines, 1 to 9 each.
    """
    light = [tuple(_LINEAR[part] for part in pixel) for pixel in pixels]
    first, *others = [_factor(light, width, height, x, y) for y in range(down) for x in range(across)]
    most = max((abs(part) for factor in others for part in factor), default=0.0)
    scale = max(0, min(82, int(most * 166 - 0.5)))
    head = _digits(across - 1 + (down - 1) * 9, 1) + _digits(scale, 1) + _digits(_mean(first), 4)
    return head + "".join(_digits(_detail(factor, (scale + 1) / 166), 2) for factor in others)


def _factor(light: Sequence[tuple[float, ...]], width: int, height: int, x: int, y: int) -> _Light:
    red = green = blue = 0.0
    columns = [cos(pi * x * column / width) for column in range(width)]
    for row in range(height):
        weight = cos(pi * y * row / height)
        for column, (r, g, b) in zip(columns, light[row * width : (row + 1) * width], strict=True):
            share = weight * column
            red, green, blue = red + share * r, green + share * g, blue + share * b
    norm = (1 if x == y == 0 else 2) / (width * height)
    return red * norm, green * norm, blue * norm


def _mean(light: _Light) -> int:
    red, green, blue = (_to_srgb(part) for part in light)
    return (red << 16) + (green << 8) + blue


def _detail(light: _Light, most: float) -> int:
    red, green, blue = (max(0, min(18, int(_root(part / most) * 9 + 9.5))) for part in light)
    return red * 361 + green * 19 + blue


def _root(value: float) -> float:
    return copysign(abs(value) ** 0.5, value)


def _to_linear(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _to_srgb(value: float) -> int:
    part = max(0.0, min(1.0, value))
    shown = part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
    return int(shown * 255 + 0.5)


def _digits(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83 ** (length - place) % 83] for place in range(1, length + 1))


_LINEAR = [_to_linear(value) for value in range(256)]
