"""Whether two texts speak of the same things, by their words alone. Values in, values out; no model."""

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.korean import is_syllable
from hearth_reflex.domain.sentences import words_of

READ_MAX = 2000  # characters of each text
# Words that stand in talk about anything.
_COMMON = """
좋아 좋아하 좋을 그거 이거 저거 거기 여기 하나 우리 오늘 내일 어제 정말 진짜
얼마 얼마나 어떻 어떻게 있어 없어 그럼 다른 생각 추천
what when where which whose that this these those there their they them your yours with from have does have been were
will would could should about into than then just more most some such very much many also only over under after before
because like want need make makes made good nice really think know here anyone someone everyone please tell give time
today tomorrow
"""
_SAY_NOTHING = frozenset(_COMMON.split())


def share_subject(text: str, *others: str) -> bool:
    """Whether a word of content in `text` stands in one of `others`, whatever particle or ending hangs on it."""
    own = _content(text)
    return any(own & _content(other) for other in others)


def _content(text: str) -> set[str]:
    found: set[str] = set()
    for word in words_of(text[:READ_MAX]):
        hangul = "".join(letter for letter in word if is_syllable(letter))
        if hangul:
            found.update(stem for stem in stems(hangul) if len(stem) > 1)
        elif len(word) > 3:
            found.add(word.removesuffix("s"))
    return found - _SAY_NOTHING
