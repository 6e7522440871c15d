"""Text as a person would see it: no control characters, none of no width, none that turn its direction, NFC.

What cannot be seen must not reach a model either: invisible letters are how strangers' files speak past their readers.
"""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029\x85\v\f]")
_BULLETS = re.compile("[\uf06c\uf06e\uf0a7\uf0b7\uf0d8\uf0fc]")  # of the symbol fonts that word processors use
_WIDE_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0]")
_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\uf000-\uf0ff\ufeff\ufff0-\uffff\U000e0000-\U000e0fff"
)
UNSEEN = re.compile(f"[{_UNSEEN}]")
_BLANKS = re.compile("[ \t]{2,}|\t")


def clean(text: str) -> str:
    """The text without what cannot be seen; lines end with \\n, spaces and tabs stay as they are."""
    text = _LINE_ENDS.sub("\n", text)
    text = _WIDE_SPACES.sub(" ", _BULLETS.sub("•", text))
    return UNSEEN.sub("", unicodedata.normalize("NFC", UNSEEN.sub("", text)))


def clean_lines(text: str) -> str:
    """Clean prose: no blanks at the ends of lines, single ones within, no empty lines."""
    lines = (_BLANKS.sub(" ", line).strip() for line in clean(text).split("\n"))
    return "\n".join(line for line in lines if line)


def clean_line(text: str) -> str:
    """Clean prose on one line."""
    return " ".join(clean(text).split())
