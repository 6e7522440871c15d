"""What a person says in a message, sentence by sentence. Values in, values out; knows no names.

Code, quotes and links are shown, not said: what stands in them speaks to nobody.
"""

import re

_SHOWN = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`"  # code
    r"|^[ \t]*>.*$"  # a quoted line
    r"|[\"“「『][^\"“”「」『』\n]*[\"”」』]"  # words of somebody else
    r"|\b(?:https?://|www\.)\S+",
    re.DOTALL | re.MULTILINE,
)
# A stop ends a sentence before a space: 3.5 and a file's name go on.
_ENDS = re.compile(r"(?<=[.!?…~？！。])\s+|\n+")
_DECORATION = re.compile(r"[^\w\s가-힣ㄱ-ㅎㅏ-ㅣ@',?!.:;~…？！-]+")
_LAUGHTER = re.compile(r"[ㅋㅎㅠㅜ]{1,}|[~^]+|[!.…]+$")
# Who writes more says at the beginning or at the end whom it is for.
SAID_MAX = 4000
SENTENCES_MAX = 40
SENTENCE_MAX = 240


def sentences(text: str) -> list[str]:
    """What is said in `text`, without what is only shown, in pieces of one act each."""
    if len(text) > SAID_MAX:
        text = text[: SAID_MAX // 2] + "\n" + text[-SAID_MAX // 2 :]
    said = _SHOWN.sub(" ", text).replace("’", "'")
    said = said.replace("？", "?").replace("！", "!")
    plain = (" ".join(_DECORATION.sub(" ", piece).split()) for piece in _ENDS.split(said))
    found = [_short(piece) for piece in plain if re.search(r"\w|\?", piece)]
    return found if len(found) <= SENTENCES_MAX else found[: SENTENCES_MAX // 2] + found[-SENTENCES_MAX // 2 :]


def _short(sentence: str) -> str:
    if len(sentence) <= SENTENCE_MAX:
        return sentence
    return sentence[: SENTENCE_MAX // 2] + " " + sentence[-SENTENCE_MAX // 2 :]


def has_hangul(text: str) -> bool:
    return re.search(r"[가-힣ㄱ-ㅎ]", text) is not None


def bare(sentence: str) -> str:
    """A sentence in small letters, without laughter, tears and what closes it."""
    return " ".join(_LAUGHTER.sub(" ", sentence.casefold()).split()).strip(" ,?!.:;-")


def words_of(sentence: str) -> list[str]:
    return re.findall(r"[\w가-힣']+", bare(sentence))
