"""How much of what one text says stands in another, by their words; and where the sentences of a text are. Pure.

Words are compared by their stems, so that 환불은 and 환불을, refund and refunds are one. Numbers count as they are: a
sentence with another number says something else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.korean import fold, is_syllable

SENTENCE_MAX = 320  # characters: what goes on longer is cut at a comma or a space
SENTENCE_MIN = 4
_WORD = re.compile(
    r"\d[\d.,:%]*\d%?|\d%?|[a-z]+(?:'[a-z]+)?|[가-힣]+|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\W\d_]+"
)
_END = re.compile(r"(?<=[.!?…。！？])[\"'”’」』)\]]*\s+|\n+|(?<=[다요죠음함됨임][.])(?=[가-힣])")
# Words that a question is asked with, and that say nothing of what it asks about.
_ENGLISH = """
a an and any are as at be been but by can could did do does for from had has have he her his how i if in is it its me my
of on or our please shall she should so tell than that the their them then there these they this those to was we were
what when where which who whom whose why will with would you your according says say said document documents file files
pdf page passage text about find show
"""
_KOREAN = """
그 이 저 것 거 수 등 및 또 또는 그리고 그러나 하지만 있다 있 없 하 되 이다 아니 무엇 뭐 뭘 뭔 무슨 어떤 어떻게 어느 언제
어디 누가 누구 왜 몇 얼마 얼마나 알려 알려주 알려줘 말해 말하 말해줘 설명 설명해 설명해줘 찾아 찾아줘 보여 보여줘
해줘 해주 주 줘 대해 대하 대한 관해 관한 따르 따르면 따라 나오 적혀 적히 쓰여 문서 파일 자료 내용 좀 제 내 우리 너 나
저희 가능 때 중 위 더 잘 다 안 못 및 경우 여기 거기 그것 이것 있나 있니 있어 인가 인지 뭔지
뭐야 뭐지 뭐니 뭐예요 무엇인가
뭐라고 뭐라 뭐래 무어라고 되어 돼 돼요 되나 되나요 되는지 나와 나온 적혀 적힌 써 쓰인 있는지 있습니까 인가요 인지요
"""
_LITTLE = frozenset(_ENGLISH.split()) | frozenset(_KOREAN.split())
_SUFFIX = re.compile(r"(?:ing|edly|ed|ies|es|s|ly)$")


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a text that say something, each with its stems; the first of them is the likeliest."""

    words: tuple[tuple[str, ...], ...]
    joined: str  # all of it without spaces, for Hangul that is spaced otherwise
    all: frozenset[str]  # all stems of all words


def said(text: str) -> Said:
    """The telling words of a text, each once."""
    folded = fold(text)
    found = dict.fromkeys(tuple(_stems(word)) for word in _WORD.findall(folded) if not _is_little(word))
    return Said(tuple(found), "".join(folded.split()), frozenset(stem for word in found for stem in word))


def has(text: Said, word: Sequence[str]) -> bool:
    """Whether a word stands in `text`, in this or another form."""
    if any(stem in text.all for stem in word):
        return True
    return any(len(stem) > 1 and is_syllable(stem[0]) and stem in text.joined for stem in word)


def share(claim: Said, text: Said) -> float:
    """How many of the telling words of `claim` stand in `text`, 0 to 1; 0 of one that has none."""
    there = sum(has(text, word) for word in claim.words)
    return there / len(claim.words) if claim.words else 0.0


def strange_numbers(claim: Said, texts: Sequence[Said]) -> list[str]:
    """The numbers of `claim` that stand in none of `texts`."""
    known = frozenset(stem for text in texts for stem in text.all if stem[:1].isdigit())
    return [word[0] for word in claim.words if word[0][:1].isdigit() and word[0] not in known]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text are, and the lines of what has none; the longest are cut."""
    found, start = list[tuple[int, int]](), 0
    for end in [*_END.finditer(text), None]:
        stop = end.start() if end else len(text)
        found.extend(_cut(text, start, stop))
        start = end.end() if end else stop
    return found


def _cut(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    if stop - start < SENTENCE_MIN:
        return []
    if stop - start <= SENTENCE_MAX:
        return [(start, stop)]
    window = text[start : start + SENTENCE_MAX]
    at = max(window.rfind(mark) for mark in (", ", "; ", " | ")) + 1 or window.rfind(" ") + 1 or SENTENCE_MAX
    return [(start, start + len(window[:at].rstrip())), *_cut(text, start + at, stop)]


def _is_little(word: str) -> bool:
    if is_syllable(word[0]):
        return word in _LITTLE or any(len(stem) > 1 and stem in _LITTLE for stem in stems(word)[:2])
    return word in _LITTLE


def _stems(word: str) -> list[str]:
    if is_syllable(word[0]):
        return [*stems(word), word]
    if word[0].isdigit():
        return [word.replace(",", "").rstrip(".:")]
    plain = word.removesuffix("'s")
    shorter = _SUFFIX.sub("", plain)
    return [shorter if len(shorter) > 2 else plain, plain]
