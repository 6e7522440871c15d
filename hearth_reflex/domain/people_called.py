"""Whether a sentence is for a person: somebody of the room by name, a relative, a stranger. Values in, values out.

A given name counts as the whole one, and so does "you" said by name (하린이는 뭐 먹어?).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from hearth_reflex.domain.acts import Act, act_of
from hearth_reflex.domain.korean import TAILS, is_syllable, split
from hearth_reflex.domain.sentences import has_hangul, sentences
from hearth_reflex.domain.text import NAME_MAX
from hearth_reflex.domain.vocatives import EN_BEFORE, KO_BEFORE, NOT_BEHIND, Call, call_of

NAMES_MAX = 200
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민"
    "진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)


_KIN = (
    r"(?:엄마|아빠|어머니|아버지|할머니|할아버지|할매|할배|이모|삼촌|고모|숙모|큰이모|작은이모|막내삼촌|큰아빠|"
    r"작은아빠|언니|오빠|누나|형|형님|누님|"
    r"선배|후배|여보|자기|아들|딸|동생|막내|얘|자네|친구|선생님|쌤|교수님|팀장님|과장님|부장님|대리님|차장님|"
    r"사장님|대표님|이사님|원장님|반장님?|총무님?|회장님?)"
)
_KIN_CALLED = re.compile(
    rf"^{KO_BEFORE}(?:[가-힣]{{1,3}}\s?)?{_KIN}(?:아|야|이|들|들아)?(?=\s*[,!~?]|\s+(?P<rest>\S.*)|$)"
)
_KIN_AT_END = re.compile(rf"[\s,]{_KIN}(?:아|야|들)?[\s!?.~]*$")
_THEIRS = re.compile(
    r"^(?:생신|생일|선물|집|댁|나이|연세|이름|친구|회사|차례|환갑|칠순|팔순|병|약|옷|방|말|얘기|때문|덕분|분|들|"
    r"이랑|것|거)"
)
_TITLED = re.compile(r"^[가-힣A-Za-z]{1,8}\s?(?:님|씨|쌤)(?=[\s,!~])")
_HONOURS_YOU = re.compile(r"세요|셔요|시나요|셨|실래|실까|실\s?수|십니까|시는|시죠|시겠|신가요|신지|드실|계신")
_STRANGER_KO = re.compile(rf"^{KO_BEFORE}([가-힣]{{2,3}})(아|야)\s*[,!~]")
_NO_NAMES_KO = re.compile(
    r"(?:해|가|와|봐|어|아|여|려|써|래|이|니|거|구|디|제|뭐|서|고|나|너|저|마|짜|박|않|좋|많|알|같|맞|괜찮|"
    r"[했갔왔]었)$"
)
_KIN_EN = (
    r"(?:mum|mom|mommy|mama|dad|daddy|papa|grandma|granny|grandpa|gran|nana|auntie|aunt|uncle|sis|bro|dude|man|mate|"
    r"hon|honey|darling|babe|sweetie|love|boss|sir|ma'am|kids|girls|boys|ladies|gents|team|pal|buddy|kiddo|dear|doc|"
    r"coach|professor|teacher)"
)
_KIN_CALLED_EN = re.compile(
    rf"^{EN_BEFORE}{_KIN_EN}(?:\s*[,!?:]|\s+(?:can|could|would|will|do|did|are|have|what|when|where|why|how|who|"
    rf"please|where's|what's|when's|is)\b)|,\s*{_KIN_EN}[\s!?.]*$"
)
_STRANGER_EN = re.compile(
    r"^(?:(?:hey|hi|hello|yo|ok|so|thanks|sorry|oh|no|yes|yeah|and)[ ,]+)?([A-Z][a-z]+)[,:]\s",
    re.IGNORECASE,
)
_HAILED_EN = re.compile(r"^(?:[Hh]ey|[Hh]i|[Hh]ello|[Yy]o)\s+([A-Z][a-z]+)\b")
# Words that stand before a comma at the beginning, and are nobody's name.
_OPENERS = """
well so ok okay oh ah hey hi hello yes yeah yep no nope thanks sorry please anyway also then now but and or because
first second third finally again instead hmm um wow cool great nice right sure fine alright today tomorrow yesterday
tonight wait look listen honestly actually basically seriously literally obviously lol haha btw fyi plus still maybe
perhaps however monday tuesday wednesday thursday friday saturday sunday there all everyone everybody guys folks
true exactly good perfect same ugh omg yay agreed done ready next later oops damn man no way indeed besides
meanwhile otherwise therefore if when hopefully frankly apparently ok yup nah gosh hm ooh in on at for from with to
this that it he she they we you my our her his
"""
_NO_NAMES_EN = frozenset(_OPENERS.split())


def calls_person(sentence: str, people: Iterable[str], *, not_names: Iterable[str] = ()) -> bool:
    """Whether somebody of the room, or a relative or a stranger by name, is spoken to.

    Args:
        people: names that may be called; a given name counts as well as the whole.
        not_names: those of the AIs.
    """
    act = act_of(sentence)
    names = [form for name in people for form in forms_of(name)]
    if any(call_of(sentence, [name]) is Call.TO or _is_asked_by_topic(sentence, name, act) for name in names):
        return True
    taken = {name.casefold() for name in not_names}
    if has_hangul(sentence):
        return _calls_relative(sentence, act, taken) or _calls_stranger(_STRANGER_KO.match(sentence), taken)
    return _hails_stranger(sentence, taken) or _KIN_CALLED_EN.search(sentence.casefold()) is not None


def _hails_stranger(sentence: str, taken: set[str]) -> bool:
    hailed = _STRANGER_EN.match(sentence) or _HAILED_EN.match(sentence)
    name = hailed[1] if hailed else ""
    return name[:1].isupper() and not name.endswith("ly") and name.casefold() not in _NO_NAMES_EN | taken


def names_person(sentence: str, people: Iterable[str]) -> bool:
    """Whether somebody of the room is named at all."""
    return any(call_of(sentence, [form]) is not Call.NOT for name in people for form in forms_of(name))


def names_in(text: str) -> set[str]:
    """All that may be the name of somebody who is called in `text`: what its sentences begin and end with."""
    found: set[str] = set()
    for sentence in sentences(text):
        words = re.findall(r"[\w가-힣.'-]+", sentence)
        for place in sorted({*range(min(5, len(words))), *range(max(0, len(words) - 3), len(words))}):
            word = words[place]
            found.update((word, " ".join(words[place : place + 2])))
            found.update(word[:size] for size in range(1, min(len(word), 12)) if is_syllable(word[size - 1]))
        if len(found) > NAMES_MAX:
            break
    return {name for name in found if len(name) <= NAME_MAX}


@lru_cache(maxsize=4000)
def forms_of(name: str) -> tuple[str, ...]:
    """A name and how its bearer is called: the first of several words, a Korean given name behind one syllable."""
    found = [name, *name.split()[:1]]
    if len(name) == 3 and all(is_syllable(letter) for letter in name) and name[0] in _SURNAMES:
        found.append(name[1:])
    return tuple(dict.fromkeys(form for form in found if len(form) > 1 or is_syllable(form[:1] or " ")))


def _is_asked_by_topic(sentence: str, name: str, act: Act) -> bool:
    """하린이는 뭐 먹어? asks 하린."""
    if name not in sentence or act not in (Act.ASKS, Act.WANTS) or not is_syllable(name[-1]):
        return False
    pattern = rf"{NOT_BEHIND}{re.escape(name)}이?(?:\s?(?:님|씨|형|누나|언니|오빠|선배|쌤))?(?:은|는|도|너는|너|가)?\s"
    return re.search(pattern, sentence) is not None


def _calls_relative(sentence: str, act: Act, taken: set[str]) -> bool:
    if any(name in sentence.casefold() for name in taken):
        return False
    if act in (Act.ASKS, Act.WANTS) and (_KIN_AT_END.search(sentence) or _calls_titled(sentence)):
        return True
    found = _KIN_CALLED.match(sentence)
    if found is None:
        return False
    rest = found["rest"]
    return rest is None or (act in (Act.ASKS, Act.WANTS) and _THEIRS.match(rest) is None)


def _calls_titled(sentence: str) -> bool:
    """기사님, or 기사님 with a verb that honours: else the title may stand for who is talked about."""
    found = _TITLED.match(sentence)
    return found is not None and (
        sentence[found.end() :].lstrip()[:1] in ",!~" or _HONOURS_YOU.search(sentence) is not None
    )


def _calls_stranger(found: re.Match[str] | None, taken: set[str]) -> bool:
    if found is None or found[1].casefold() in taken:
        return False
    closed = TAILS[split(found[1][-1])[2]] != ""
    return closed == (found[2] == "아") and _NO_NAMES_KO.search(found[1]) is None
