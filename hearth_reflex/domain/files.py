"""Names and kinds of files that people send. A name is only shown: no file of that name is ever written.

Knows first bytes, suffixes and letters; it opens nothing.
"""

import re
import unicodedata
from mimetypes import MimeTypes

NAME_MAX_BYTES = 180  # of UTF-8: whatever somebody saves it on takes that
PLAIN = "application/octet-stream"
PICTURE_SUFFIXES = frozenset({"png", "jpg", "jpeg", "jfif", "gif", "webp", "heic", "heif", "avif"})

_LOOKED_AT = 4096  # code points of a raw name, from its end
_SUFFIX_MAX = 12
_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*]')
# Control, format (what turns the reading order or shows nothing), surrogate, private and unassigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINER = "\u200d"  # a format character that emoji need
_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?=\.|$)", re.IGNORECASE)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_TYPES = MimeTypes()  # the library's own table, not the machine's


def clean_file_name(raw: str) -> str:
    """The name as people see it and save it under: without folders, without what reorders or hides letters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw[-_LOOKED_AT:]))[-1]
    name = "".join(char for char in last if unicodedata.category(char) not in _UNSEEN or char == _JOINER)
    name = " ".join(_NOT_IN_A_NAME.sub("_", name).split()).strip(". ")
    if not any(unicodedata.category(char)[0] in "LNS" for char in name):
        name = "file"
    if _WINDOWS.match(name):
        name = f"_{name}"
    return _shortened(name)


def suffix_of(name: str) -> str:
    """What stands after the last dot, in small letters; "" for none that is one."""
    stem, _, suffix = name.rpartition(".")
    return suffix.lower() if stem and 0 < len(suffix) <= _SUFFIX_MAX and suffix.isalnum() else ""


def with_suffix(name: str, suffix: str) -> str:
    """The name with this suffix in place of the one that it has."""
    old = suffix_of(name)
    if old == suffix or {old, suffix} == {"jpeg", "jpg"}:
        return name
    stem = name[: -len(old) - 1] if old in PICTURE_SUFFIXES else name
    return _shortened(f"{stem}.{suffix}")


def mime_of(name: str) -> str:
    """What a plain file says that it is: for its sign on the page alone, it is never served as that."""
    return _TYPES.guess_type(f"x.{suffix_of(name)}")[0] or PLAIN


def picture_kind(head: bytes) -> str:
    """The kind of picture that the first 32 bytes announce: `png`, `jpeg`, `gif`, `webp`, `heic`, `avif`, or ""."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return _boxed_kind(head)


def _boxed_kind(head: bytes) -> str:
    if head[4:8] != b"ftyp":
        return ""
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, 32, 4))}
    if brands & _AVIF_BRANDS:
        return "avif"
    return "heic" if brands & _HEIC_BRANDS else ""


def _shortened(name: str) -> str:
    """Cut in the stem, so that the suffix stays."""
    tail = name[-len(suffix) - 1 :] if (suffix := suffix_of(name)) else ""
    stem = name[: len(name) - len(tail)].encode()[: NAME_MAX_BYTES - len(tail.encode())].decode(errors="ignore")
    return stem.rstrip(". ") + tail
