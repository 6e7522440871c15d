"""What can be told of a text at a glance: its language, and about how many tokens it is. Knows no model."""

import re

_LOOKED_AT = 20_000  # characters that say which language it is
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def language_of(text: str) -> str:
    """`ko`, `en` (any that is written like it), or "" where neither is what most of it is written in."""
    begin = text[:_LOOKED_AT]
    letters = len(_LETTER.findall(begin))
    if not letters:
        return ""
    if len(_HANGUL.findall(begin)) * 5 > letters:  # a Korean text is full of English words and figures
        return "ko"
    return "en" if len(_LATIN.findall(begin)) * 2 > letters else ""


def guess_tokens(text: str) -> int:
    """About as many as a multilingual model makes of it; rather too many than too few."""
    wide = len(_WIDE.findall(text))
    return 2 + wide + (len(text) - wide) // 3
