"""Files that mean harm, or are broken: each with the name it comes under and what may become of it.

Made here byte by byte where no program would write them. `opened` runs the program that opens pictures on one of them,
and says how much of the processor and of the memory it took.
"""

import base64
import io
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from hearth_reflex.media.darkroom import MODULE

PICTURE, FILE = "picture", "file"
UNREADABLE, LARGE, NO_PICTURE, EMPTY = "picture_unreadable", "picture_large", "file_no_picture", "file_empty"
SCRIPT = b"<script>alert(document.cookie)</script>"
SECRET = "37.5665N 126.9780E"  # where a photograph was taken
MARKS = (SCRIPT, SECRET.encode(), b"PK\x03\x04", b"%PDF", b"Exif")
ORIENTATION, DESCRIPTION = 0x0112, 0x010E
ROOT = Path(__file__).resolve().parents[1]

# 64 x 48 points, brick red, with notes that turn it upright and say where it was taken.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERA"
    "AAIAAQAAAAAB7AABAAAAAAAAABoAAgAAAAACBgABAAAAAAAAAD4AAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQAC"
    "AABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAA"
    "AAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaA"
    "AAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAAAlpcm90AwAA"
    "ABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAGBtZGF0AAAAFigBrxmA70mlv//cz5/3JS/4brWmPm4AAAAG"
    "RXhpZgAATU0AKgAAAAgAAgEOAAIAAAANAAAAJgESAAMAAAABAAYAAAAAAABzZWNyZXQgcGxhY2UAAA=="
)


@dataclass(frozen=True, slots=True)
class Hostile:
    """`may_become` holds PICTURE, FILE, or codes of refusals. What takes seconds on an idle machine may be LARGE."""

    title: str
    name: str
    data: bytes
    may_become: tuple[str, ...]


def written(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def noise(width: int = 200, height: int = 120) -> Image.Image:
    """Compresses badly, so that a tenth of the file is a tenth of the picture."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, data: bytes = b"", *, before: bytes = b"", packed: bytes = b"") -> bytes:
    """A PNG that claims a size, whatever it really holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", packed or zlib.compress(data))
    return b"\x89PNG\r\n\x1a\n" + head + before + body + chunk(b"IEND", b"")


@cache
def zeros(size: int) -> bytes:
    """So many zeros, packed as only zeros can be."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    parts = [packer.compress(block) for _ in range(size >> 20)]
    return b"".join([*parts, packer.compress(bytes(size & 0xFFFFF)), packer.flush()])


def gif_of(frames: int, *, width: int = 1, height: int = 1) -> bytes:
    """A GIF that draws its first point over and over."""
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    frame = b"\x21\xf9\x04\x00\x01\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    return head + frame * frames + b"\x3b"


def moving(kind: str, *, frames: int = 6, size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture of that kind in which something changes."""
    drawn = [Image.new("RGB", size, (index * 40, 80, 200 - index * 30)) for index in range(frames)]
    return written(drawn[0], kind, save_all=True, append_images=drawn[1:], duration=80, loop=0)


def zipped(name: str = "Main.class", data: bytes = SCRIPT) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def noted(picture: Image.Image, *, orientation: int = 1, taken: str = "") -> bytes:
    """A JPEG with a place in its notes, and a script in its comment and behind its end."""
    notes = Image.Exif()
    notes[ORIENTATION], notes[DESCRIPTION] = orientation, SECRET
    if taken:
        notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    return written(picture, "JPEG", exif=notes, comment=SCRIPT) + SCRIPT


def many_scans(copies: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each is work, none of it is seen."""
    data = written(Image.new("RGB", (2000, 2000), (90, 60, 30)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * copies + b"\xff\xd9"


def polyglots() -> Iterator[Hostile]:
    yield Hostile("GIF and JAR", "cat.gif", written(noise(), "GIF") + zipped(), (PICTURE,))
    yield Hostile("PNG and ZIP", "cat.png", written(noise(), "PNG") + zipped(), (PICTURE,))
    yield Hostile("JPEG with a script", "cat.jpg", noted(noise()), (PICTURE,))
    yield Hostile(
        "PNG with a script", "a.png", png_of(2, 2, bytes(14), before=chunk(b"tEXt", b"a\0" + SCRIPT)), (PICTURE,)
    )
    yield Hostile("GIF and JavaScript", "a.gif", b"GIF89a/*" + bytes(40) + b"*/=1;alert(1)//", (UNREADABLE, LARGE))
    yield Hostile("WebP and HTML", "a.webp", written(noise(), "WEBP") + SCRIPT, (PICTURE,))
    yield Hostile("PDF and HTML", "a.pdf", b"%PDF-1.7\n" + SCRIPT, (FILE,))
    yield Hostile("HTML that is called PDF", "a.pdf", b"<!doctype html>" + SCRIPT, (FILE,))
    yield Hostile("HTML", "page.html", b"<!doctype html>" + SCRIPT, (FILE,))
    yield Hostile("JPEG behind a PDF", "a.pdf", b"%PDF-1.7\n" + written(noise(), "JPEG"), (FILE,))
    yield Hostile(
        "SVG with a script", "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", (FILE,)
    )
    yield Hostile("SVG that is called PNG", "a.png", b"<svg>" + SCRIPT + b"</svg>", (NO_PICTURE,))
    yield Hostile("PostScript that is called JPEG", "a.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n" + bytes(99), (NO_PICTURE,))
    yield Hostile("HEIC with a place", "IMG_0001.HEIC", HEIC, (PICTURE,))


def endless() -> Hostile:
    """Work for half a minute; its process is ended before."""
    return Hostile("JPEG of very many scans", "a.jpg", many_scans(4000), (LARGE, UNREADABLE))


def bombs() -> Iterator[Hostile]:
    many = chunk(b"zTXt", b"a\0\0" + zeros(900_000)) * 200
    profile = chunk(b"iCCP", b"p\0\0" + zeros(64 << 20))
    plain = chunk(b"iTXt", b"a\0\0\0\0\0" + bytes(40 << 20))
    yield Hostile("PNG of 50,000 x 50,000", "a.png", png_of(50_000, 50_000, b"x"), (LARGE,))
    yield Hostile("PNG of 2^31 x 1", "a.png", png_of(2**31 - 1, 1, b"x"), (LARGE, UNREADABLE))
    yield Hostile("PNG as large as may be", "a.png", png_of(7000, 7000, packed=zeros(7000 * 21_001)), (PICTURE, LARGE))
    yield Hostile("PNG that goes on", "a.png", png_of(100, 100, packed=zeros(1 << 28)), (PICTURE, UNREADABLE))
    yield Hostile("PNG with many texts", "a.png", png_of(2, 2, bytes(14), before=many), (PICTURE, UNREADABLE))
    yield Hostile("PNG with a long text", "a.png", png_of(2, 2, bytes(14), before=plain), (PICTURE, UNREADABLE))
    yield Hostile("PNG with a long profile", "a.png", png_of(2, 2, bytes(14), before=profile), (PICTURE, UNREADABLE))
    yield Hostile("archive that is called PNG", "a.png", zipped(data=bytes(64 << 20)), (NO_PICTURE,))
    yield Hostile("GIF of 10,000 frames", "a.gif", gif_of(10_000), (PICTURE,))
    yield Hostile("GIF of 10,000 large frames", "a.gif", gif_of(10_000, width=6000, height=6000), (PICTURE, LARGE))
    yield Hostile("GIF of 65,535 x 65,535", "a.gif", gif_of(2, width=65_535, height=65_535), (LARGE,))
    yield Hostile("JPEG of many scans", "a.jpg", many_scans(300), (PICTURE, LARGE, UNREADABLE))
    yield Hostile("WebP that moves", "a.webp", moving("WEBP"), (PICTURE,))
    yield Hostile("WebP that moves for long", "a.webp", moving("WEBP", frames=400, size=(8, 8)), (PICTURE,))


def truncated() -> Iterator[Hostile]:
    """Each kind, cut at each tenth."""
    kinds = {kind.lower(): written(noise(), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "AVIF")}
    for suffix, data in {**kinds, "heic": HEIC, "moving.gif": moving("GIF"), "moving.webp": moving("WEBP")}.items():
        for tenth in range(10):
            outcome = (EMPTY,) if tenth == 0 else (PICTURE, UNREADABLE, NO_PICTURE)
            yield Hostile(f"{tenth}/10 of {suffix}", f"cut.{suffix}", data[: len(data) * tenth // 10], outcome)


def mistaken() -> Iterator[Hostile]:
    yield Hostile("nothing", "a.png", b"", (EMPTY,))
    yield Hostile("nothing at all", "", b"", (EMPTY,))
    yield Hostile("PNG that is called JPEG", "a.jpg", written(noise(), "PNG"), (PICTURE,))
    yield Hostile("JPEG that is called text", "notes.txt", written(noise(), "JPEG"), (PICTURE,))
    yield Hostile("text that is called JPEG", "a.jpeg", b"only words\n", (NO_PICTURE,))
    yield Hostile("program that is called WebP", "a.webp", b"MZ" + bytes(200), (NO_PICTURE,))
    yield Hostile("words", "notes.txt", "그냥 글".encode(), (FILE,))


FAMILIES: dict[str, Callable[[], Iterator[Hostile]]] = {
    "polyglots": polyglots,
    "bombs": bombs,
    "truncated": truncated,
    "mistaken": mistaken,
}


# A name as it comes, and the name that people see.
NAMES = {
    "../../../etc/passwd": "passwd",
    "..\\..\\windows\\win.ini": "win.ini",
    "/etc/cron.d/hearth": "hearth",
    "a\x00b.txt": "ab.txt",
    "a\r\nSet-Cookie: x=1.txt": "aSet-Cookie_ x=1.txt",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "zero\u200bwidth\ufeff.txt": "zerowidth.txt",
    "CON": "_CON",
    "nul.txt": "_nul.txt",
    "com1.log": "_com1.log",
    "..": "file",
    ". . .": "file",
    "": "file",
    "   ": "file",
    '<img src=x onerror="alert(1)">.txt': "_img src=x onerror=_alert(1)__.txt",
    "trailing dot.": "trailing dot",
    ".htaccess": "htaccess",
    "e\u0301te\u0301.txt": "\u00e9t\u00e9.txt",
    "가족 사진첩 (최종).hwp": "가족 사진첩 (최종).hwp",
    "👨‍👩‍👧.txt": "👨‍👩‍👧.txt",
}
LONG_NAMES = ["가" * 4000 + ".txt", "a" * 4000 + ".txt", "가" * 300 + "." + "b" * 300, "😀" * 999 + ".txt"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What the program that opens pictures said, and what it took: seconds of the processor, megabytes of memory."""

    said: dict[str, Any]
    seconds: float
    peak_mb: float
    whole: bytes
    small: bytes


_MEASURED = """
import json, resource, subprocess, sys
fds = [int(fd) for fd in sys.argv[2:]]
done = subprocess.run([sys.executable, "-m", sys.argv[1], *sys.argv[2:]], stdout=-1, stderr=-3, pass_fds=fds, env={
    "MALLOC_ARENA_MAX": "1"})
took = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.stdout.decode(), took.ru_utime + took.ru_stime, took.ru_maxrss / 1024]))
"""


def opened(data: bytes) -> Opened:
    """Runs the program in a process that has no other child, so that its memory is known."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as whole, tempfile.TemporaryFile() as small:
        source.write(data)
        source.seek(0)
        fds = whole.fileno(), small.fileno()
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, MODULE, *map(str, fds)],
            stdin=source,
            capture_output=True,
            pass_fds=fds,
            cwd=ROOT,
            check=True,
        )
        said, seconds, peak = json.loads(done.stdout)
        whole.seek(0)
        small.seek(0)
        return Opened(json.loads(said) if said else {}, seconds, peak, whole.read(), small.read())
