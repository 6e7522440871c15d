"""Colours of a strange picture, made plain: eight bits, sRGB, and paper behind what can be seen through."""

import io

from PIL import Image, ImageCms

_PAPER = (255, 255, 255)
_LONGEST_PROFILE = 1_000_000


def in_srgb(picture: Image.Image) -> Image.Image:
    """RGB or RGBA in sRGB. A profile that cannot be used is left aside: its colours are then taken as they are."""
    profile = picture.info.get("icc_profile")
    plain = _turned(picture, profile) if isinstance(profile, bytes) and len(profile) <= _LONGEST_PROFILE else None
    return plain or in_plain_colours(picture)


def in_plain_colours(picture: Image.Image) -> Image.Image:
    """RGB, or RGBA for what can be seen through."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # 16 bits a point: cut down by hand, converting would only clip them.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    seen_through = "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "RGBa", "La")
    return picture.convert("RGBA" if seen_through else "RGB")


def on_paper(picture: Image.Image, size: tuple[int, int] | None = None) -> Image.Image:
    """On a canvas of its own, in the middle, white where it can be seen through."""
    width, height = size or picture.size
    paper = Image.new("RGB", (width, height), _PAPER)
    place = ((width - picture.width) // 2, (height - picture.height) // 2)
    paper.paste(picture, place, picture if picture.mode == "RGBA" else None)
    return paper


def _turned(picture: Image.Image, profile: bytes) -> Image.Image | None:
    if picture.mode not in ("RGB", "CMYK", "L", "RGBA"):
        return None
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - Pillow's own types end there
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, own, srgb, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
