"""What of a question is really looked for: cleaned, its telling words, its language, and what a follow-up leaves out.

Word lists and rules only: no model. Morphemes are the embedder's matter; what is here works when it is not there.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hearth_reflex.domain.endings import is_particle, stems, without_particle
from hearth_reflex.domain.korean import fold

QUESTION_MAX = 20_000  # letters that are taken at all
_ASKED_MAX = 1_200  # letters of a long question that are looked at: its beginning and its end
_EITHER_END = _ASKED_MAX // 2
_WORDS_MAX = 24
_MARKS_MAX = 4  # combining marks on one letter; more are a heap that says nothing
_SHORT = 4  # telling words: a question with more of them stands by itself

_WORD = re.compile(r"[가-힣]+|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_가-힣ㄱ-ㆎ]+(?:['’][a-z]+)?")
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_HANGUL_RUN, _LATIN_RUN = (re.compile(f"(?:{one.pattern})+") for one in (_HANGUL, _LATIN))

# Words that ask, and say nothing of what is asked for.
_ASKING = {
    "ko": """
누구 누가 누굴 뭐 뭘 뭔 뭐야 뭐지 뭐예요 뭐니 뭐가 뭐를 무엇 무슨 무엇을 무엇이 어디 어디서 어디에 어디로 어디야 어디지
언제 언제야 언제지 왜 어떻게 어떤 어느 얼마 얼마나 얼마야 몇 몇번 혹시 좀 제발 알려줘 알려주세요 알려 말해줘 말해 찾아줘
찾아 보여줘 가르쳐줘 있나 있어 있나요 있을까 있니 있지 있어요 있는지 하나 하나요 해야 해 되나 되나요 돼 되지 인가 인가요
이야 야 까닭 이유 방법 법 때 것 거 건 게 수 줄 우리 내 나 저 제 저희 그 이 및 또는 그리고 대해 대해서 관한 관해
대한 그럼 그러면 그런데 근데
""",
    "en": """
the who whom whose what which when where why how much many often long far do does did done is are was were be been
being am can could shall should will would may might must have has had i me my mine we us our you your he him
his she her it its they them their this that these those there here a an and or but if of in on at to from for
with without by as about into than then so not no any some please tell show find give let know get got us says
said does't don't s t
""",
}
# Words that point back to what was said before.
_POINTING = {
    "ko": """
그건 그거 그게 거기 거긴 그때 그곳 그것 그걸 그쪽 이건 이거 여기 걔 걔는 그분 그럼 그러면 그중
""",
    "en": "it its they them their he him his she her that this those these there then one ones",
}
_ASKING_KO, _ASKING_EN = frozenset(_ASKING["ko"].split()), frozenset(_ASKING["en"].split())
_POINTING_KO, _POINTING_EN = frozenset(_POINTING["ko"].split()), frozenset(_POINTING["en"].split())
_LEADING_ON = re.compile(
    r"^(?:그럼|그러면|그리고|그런데|근데|그래서|and|but|so|then|what about|how about)\b", re.IGNORECASE
)
_VERB_LIKE = ("다", "요", "까", "니", "나", "줘", "지", "고", "서", "면", "려", "러", "게", "죠", "자")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is looked for.

    Attributes:
        asked: the question, cleaned.
        text: what stands for its meaning: the question, with what it leaves out.
        keywords: its telling words as they were typed, names among them.
        hangul: the share of Hangul among its letters, 0 to 1.
    """

    asked: str
    text: str
    keywords: tuple[str, ...]
    hangul: float

    @property
    def is_empty(self) -> bool:
        return not self.text

    @property
    def words(self) -> str:
        """What full text looks for; of a question without a telling word all of it."""
        return " ".join(self.keywords) or self.text


def clean(raw: str) -> str:
    """The question in one line, composed; "" when there is no letter and no digit in it."""
    text = raw
    if len(text) > 4 * _ASKED_MAX:  # before normalising, whose cost grows with the square of a run of marks
        text = f"{text[: 2 * _ASKED_MAX]} {text[-2 * _ASKED_MAX :]}"
    text = unicodedata.normalize("NFC", _without_heaps(text))
    text = " ".join("".join(letter if _is_shown(letter) else " " for letter in text).split())
    if len(text) > _ASKED_MAX:
        text = f"{text[:_EITHER_END]} {text[-_EITHER_END:]}"
    return text if any(letter.isalnum() for letter in fold(text)) else ""


def query_of(raw: str, *, before: Sequence[str] = ()) -> Query:
    """Args:
    before: what the same person asked before, the newest first: a follow-up takes the nouns it leaves out from there.
    """
    asked = clean(raw)
    added = next((nouns for earlier in before if (nouns := _missing(asked, clean(earlier)))), ())
    text = f"{asked} ({' '.join(added)})" if asked and added and is_follow_up(asked) else asked
    own = telling(asked)
    keywords = (*own, *added) if text != asked else own
    return Query(asked=asked, text=text, keywords=keywords[:_WORDS_MAX], hangul=hangul_share(asked))


def telling(text: str) -> tuple[str, ...]:
    """The words that say what is asked for, each once, in order."""
    found = dict.fromkeys(match[0] for match in _WORD.finditer(text) if not _hangs_on_latin(match))
    return tuple(word for word in found if not _only_asks(word))[:_WORDS_MAX]


def _hangs_on_latin(word: re.Match[str]) -> bool:
    """The particle of "code는". Behind a digit such letters may be a unit (20도)."""
    before = word.string[: word.start()][-1:]
    return bool(_LATIN.match(before)) and is_particle(word[0])


def plain_words(text: str) -> str:
    """What full text can compare without an analyser of morphemes: each word, and it without its particle or ending."""
    found: dict[str, None] = {}
    for word in telling(text) or tuple(_WORD.findall(text)[:_WORDS_MAX]):
        found[fold(word)] = None
        if _HANGUL.match(word):
            noun = without_particle(word)
            found |= dict.fromkeys(stem for stem in stems(word) if len(stem) > 1 or stem == noun)
    return " ".join(found)


def has_substance(text: str) -> bool:
    """Whether there is enough of it to have a meaning: two syllables or four letters of a word that tells something."""
    return any(len(word) >= (2 if _is_dense(word) else 4) and not word.isdigit() for word in telling(text))


@lru_cache(maxsize=1_000)
def hangul_share(text: str) -> float:
    """Of the letters of Hangul and Latin in `text`, a syllable counting for two letters."""
    if text.isascii():
        return 0.0
    hangul, latin = (len("".join(runs.findall(text))) for runs in (_HANGUL_RUN, _LATIN_RUN))
    hangul *= 2
    return hangul / (hangul + latin) if hangul + latin else 0.0


def is_follow_up(asked: str) -> bool:
    """Whether it leaves out what it is about: it is short, and points back or leads on."""
    words = [word.casefold() for word in _WORD.findall(asked)]
    points = any(
        word in _POINTING_EN or without_particle(word) in _POINTING_KO or word in _POINTING_KO for word in words
    )
    return len(telling(asked)) <= _SHORT and (points or bool(_LEADING_ON.match(asked)) or not telling(asked))


def nouns_of(text: str) -> tuple[str, ...]:
    """Words that are likely nouns or names, as they were typed. A guess: verbs are known by how they end."""
    return tuple(word for word in telling(text) if _is_noun(word))


def _is_noun(word: str) -> bool:
    if not _HANGUL.match(word):
        return len(word) > 2
    return not word.endswith(_VERB_LIKE) or len(word) - len(without_particle(word)) > 1


def _missing(asked: str, earlier: str) -> tuple[str, ...]:
    own = fold(asked)
    return tuple(noun for noun in nouns_of(earlier) if fold(noun) not in own)[:6]


def _only_asks(word: str) -> bool:
    small = word.casefold()
    if small in _ASKING_EN or small in _ASKING_KO or small in _POINTING_KO:
        return True
    return bool(_HANGUL.match(word)) and without_particle(word) in _ASKING_KO


def _is_dense(word: str) -> bool:
    """Whether its letters are syllables or whole words."""
    return not _LATIN.match(word)


def _is_shown(letter: str) -> bool:
    return letter in "\u200c\u200d" or unicodedata.category(letter)[0] != "C"


def _without_heaps(text: str) -> str:
    kept: list[str] = []
    run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run <= _MARKS_MAX:
            kept.append(letter)
    return "".join(kept)
