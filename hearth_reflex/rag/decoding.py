"""Bytes of a text to its letters: marks of order, UTF-8, UTF-16, and cp949, in which Korean tables still come."""

import codecs
import re

from hearth_reflex.rag.refusal import Refusal, Why

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_MOST_CONTROLS, _A_FEW = 0.01, 2
_LAST_BYTES = 4  # so many may be missing of a letter at the end


def decode(data: bytes, *, is_cut: bool = False) -> str:
    """The text; raises Refusal for what is none. `is_cut`: the end may stand within a letter."""
    text = _decoded(data, is_cut=is_cut)
    if len(_CONTROLS.findall(text)) > _A_FEW + _MOST_CONTROLS * len(text):
        raise Refusal(Why.KIND)
    return text


def looks_binary(head: bytes) -> bool:
    try:
        decode(head, is_cut=True)
    except Refusal:
        return True
    return False


def _decoded(data: bytes, *, is_cut: bool) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").removesuffix("\ufffd")
    if encoding := _unmarked_utf16(data):
        return data.decode(encoding, "replace").removesuffix("\ufffd")
    for encoding in ("utf-8", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start >= len(data) - _LAST_BYTES and (is_cut or error.reason.startswith("unexpected end")):
                return data[: error.start].decode(encoding)
    return _least_broken(data)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without its mark, as long as some of it is in Latin letters."""
    sample = data[: 4096 & ~1]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 20 < max(len(sample), 20) or min(even, odd) * 4 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _least_broken(data: bytes) -> str:
    """A text with a broken letter here and there, read as what leaves the fewest."""
    tries = [data.decode(encoding, "replace") for encoding in ("utf-8", "cp949")]
    best = min(tries, key=lambda text: text.count("\ufffd"))
    if best.count("\ufffd") <= _MOST_CONTROLS * len(best):
        return best.replace("\ufffd", "")
    return data.decode("cp1252", "replace")
