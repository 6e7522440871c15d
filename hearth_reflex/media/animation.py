"""Pictures that move: kept moving while they are short and small, as WebP drawn anew frame by frame."""

from typing import BinaryIO

from PIL import Image

MOST_FRAMES = 300
MOST_MOVING_PIXELS = 40_000_000  # of all frames together
_SHORTEST_MS, _LONGEST_MS, _USUAL_MS = 20, 10_000, 100
_QUALITY = 72


def frame_times(picture: Image.Image) -> list[int]:
    """How long each frame stands, in milliseconds; none for what does not move, or has more than is kept moving.

    Frames are looked at one by one and never counted ahead: counting is what a file of a million frames waits for.
    """
    most = min(MOST_FRAMES, MOST_MOVING_PIXELS // max(1, picture.width * picture.height))
    if picture.format not in ("GIF", "WEBP") or not getattr(picture, "is_animated", False):
        return []
    times = list[int]()
    try:
        for number in range(most + 1):
            picture.seek(number)
            picture.load()
            times.append(_time_of(picture))
    except EOFError:
        return times if len(times) > 1 else []
    return []


def write_animation(picture: Image.Image, file: BinaryIO, *, times: list[int]) -> None:
    """All frames in their order, for ever round; nothing of the file's own notes."""
    picture.seek(0)
    picture.save(
        file,
        "WEBP",
        save_all=True,
        duration=times,
        loop=0,
        quality=_QUALITY,
        method=0,
        icc_profile=b"",
        exif=b"",
        xmp=b"",
    )


def _time_of(picture: Image.Image) -> int:
    told = picture.info.get("duration", _USUAL_MS)
    time = int(told) if isinstance(told, int | float) else _USUAL_MS
    # As browsers do: what says that it stands for no time stands for a tenth of a second.
    return _USUAL_MS if time < _SHORTEST_MS else min(time, _LONGEST_MS)
