"""What a talk with an AI is called: taken from the first thing that is asked in it, in Korean or English. No model.

A title is a stretch of what was said: the first question, or the first sentence that is more than a greeting, without
marks and calls, cut where a clause ends. Values in, values out.
"""

import re
import unicodedata

from hearth_reflex.domain.text import clean_message
from hearth_reflex.errors import InputError

TITLE_MAX = 60  # code points
_LOOKED_AT = 2000  # code points of what was said, from its beginning
_LEAST = 14  # a clause shorter than this says too little
_MORE = "…"

_REORDERING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_ADDRESS = re.compile(r"https?://\S+")
_LINE_MARK = re.compile(r"^[^\S\n]*(?:#{1,6}\s+|[-*+]\s+|\d+[.)]\s+|>\s?)+", re.MULTILINE)
_MARKS = re.compile(r"[*_`~|]{1,3}")
_CALL = re.compile(r"(?:^|(?<=\s))@\S{1,40}")
_SENTENCE = re.compile(r"(?<=[.!?。！？…])\s+|\n+")
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|evening|afternoon))(?: there| all| ember)?|thanks|thank you"
    r"|안녕(?:하세요|하십니까|히)?|반가워요?|고마워요?|감사합니다|저기요?|있잖아요?|불씨(?:야|님)?)(?=[\s,.!~?…]|$)[\s,.!~…]*",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？]$|(?:까|나요|가요|래요|을까|ㄹ까|니|냐)[.…~]*$")
# Where a clause ends: behind a mark, or behind an ending that joins it to the next one.
_CLAUSE = re.compile(
    r"[,;:，、—–](?=\s)"
    r"|(?<=[가-힣])(?:는데|은데|ㄴ데|지만|니까|면서|려고|으면|다면|아서|어서|해서|하고|이고|거나)(?=\s)"
    r"|\s(?=(?:and|but|because|so that|when|while|if|which|that|or)\s)"
)
_EDGE = " \t,;:，、-—–'\"“”‘’()[]"


def title_of(text: str) -> str:
    """What a talk that began with `text` is called; "" when nothing in it can be a title."""
    plain = _plain(text[:_LOOKED_AT])
    sentences = [found for part in _SENTENCE.split(plain) if (found := _trimmed(part))]
    asked = next((one for one in sentences if _ASKS.search(one)), "")
    return _cut(asked or next(iter(sentences), ""))


def clean_session_title(raw: str) -> str:
    """A title that somebody gives: on one line, 1 to 60 characters that can be read.

    Raises:
        InputError: `session_title`.
    """
    try:
        return clean_message(_REORDERING.sub("", " ".join(raw.split())), limit=TITLE_MAX)
    except InputError:
        raise InputError("session_title", field="title", limit=TITLE_MAX) from None


def _plain(text: str) -> str:
    """Without code, links, marks of Markdown and calls of a name."""
    for pattern, instead in ((_CODE, "\n"), (_LINK, r"\1"), (_ADDRESS, ""), (_LINE_MARK, ""), (_CALL, "")):
        text = pattern.sub(instead, text)
    return _MARKS.sub("", _REORDERING.sub("", text))


def _trimmed(sentence: str) -> str:
    """A sentence without a greeting before it; "" when it is nothing else."""
    words = " ".join(sentence.split()).strip(_EDGE)
    while words and (greeting := _GREETING.match(words)):
        words = words[greeting.end() :].strip(_EDGE)
    words = words.rstrip(".。…~!！ ")
    return words if any(unicodedata.category(char)[0] in "LN" for char in words) else ""


def _cut(words: str) -> str:
    if len(words) <= TITLE_MAX:
        return words
    head = words[: TITLE_MAX - len(_MORE)]
    ends = [found.end() for found in _CLAUSE.finditer(head + " ") if found.end() <= len(head)]
    if ends and ends[-1] >= _LEAST:
        return head[: ends[-1]].rstrip(_EDGE) + _MORE
    space = head.rfind(" ")
    return (head[:space] if space >= _LEAST else head).rstrip(_EDGE) + _MORE
