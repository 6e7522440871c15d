"""Plain texts and listings. Knows what a paragraph is, and nothing of what the words mean."""

import re

from hearth_reflex.rag.decoding import decode
from hearth_reflex.rag.draft import Draft

_BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")
_BETWEEN_PARTS = re.compile(r"\n[ \t]*\n+(?=\S)")  # of a listing: an empty line, and then something at the margin


def read_text(data: bytes, draft: Draft) -> None:
    for paragraph in _BETWEEN_PARAGRAPHS.split(_with_plain_ends(decode(data))):
        draft.text(paragraph)


def read_code(data: bytes, draft: Draft) -> None:
    for part in _BETWEEN_PARTS.split(_with_plain_ends(decode(data))):
        draft.code(part)


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
