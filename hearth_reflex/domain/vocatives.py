"""Who is spoken to in a sentence: a name that calls somebody is told from one that is only talked about.

Korean calls with 아/야, 님, 씨, or with the bare name in front of a request or a question; a particle of subject or
object behind the name makes it a thing that is talked about (호격 조사, 격 조사: Standard Korean Language Dictionary's
grammar). In talk the name also stands for "you": 불씨는 어떻게 생각해? English sets a name that calls off by a comma,
or by what follows it: a question in inverted order or a plain verb. Values in, values out; knows no room.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from hearth_reflex.domain import acts_en
from hearth_reflex.domain.acts import Act, act_of
from hearth_reflex.domain.korean import is_syllable, jamo, one_off
from hearth_reflex.domain.sentences import has_hangul


class Call(StrEnum):
    """What a sentence does with a name."""

    TO = "to"
    ABOUT = "about"
    NOT = "not"


# A name begins a word here: not behind an @, in a link or a longer word.
NOT_BEHIND = r"(?<![\w@#./가-힣-])"
_ADDRESSING = (Act.ASKS, Act.WANTS, Act.HUSHES, Act.GREETS, Act.THANKS)
# What people say before the name of whom they call.
KO_BEFORE = (
    r"(?:(?:야|헤이|어이|저기요?|있잖아|안녕|안뇽|하이|ㅎㅇ|자|아|어|오|와|음|근데|그런데|그럼|그러면|그리고|"
    r"혹시|참|아참|아니|네|응|"
    r"고마워|고맙다|땡큐|미안|미안해|오케이|ㅇㅋ|좋아|우리|친애하는|hey|hi|ok|okay|hello|yo)[\s,!~]+){0,3}"
)
EN_BEFORE = (
    r"(?:(?:hey|hi|hello|hiya|yo|ok|okay|so|and|but|oh|ah|well|thanks|thank you|thx|sorry|no|yes|yeah|yep|please|dear|"
    r"good (?:morning|evening|night|afternoon)|morning|alright|right|now|then|um+|hm+|also|btw|psst|oi|attention|"
    r"calling)[\s,!.]+){0,3}"
)
_HONOURS = r"(?:\s?(?:님|씨|쨩|군|양))?"
_VOCATIVE = re.compile(rf"(?:이)?{_HONOURS}(?:[아야]+|이여|여)(?=[\s,.!?~…:;ㅋㅎㅠㅜ^]|$)")
_SET_OFF = re.compile(rf"(?:이)?{_HONOURS}(?=\s*(?:[,!~:;.?]|$))")
_FREE = re.compile(rf"(?:이)?{_HONOURS}(?=\s)")
_AS_YOU = re.compile(rf"(?:이)?{_HONOURS}(?:은|는|도|라면|이라면)\s")
_OF_YOU = re.compile(r"의?\s(?:의견|생각|추천|선택)(?:은|이|도|엔|에는)?(?:\?|$|\s)")
_AS_DOER = re.compile(rf"(?:이)?{_HONOURS}(?:가|이|께서)\s")
_TO_WHOM = re.compile(rf"{_HONOURS}(?:한테|에게|께)\s(?:질문|부탁|하나\s물|물어볼게|물어\s볼게|묻)")
# Asked of "불씨는": what it thinks, knows, likes, can do. Not what happened to it.
_YOUR_MIND = re.compile(
    r"생각|어때|어떠|알아|아니\?|아나|아세요|아시|좋아해|좋아하|싫어하|할래|ㄹ래|래\?|래요|싶|수\s?있|줄\s?알|"
    r"몇\s?살|할\s?거|이름|누구|뭐\s?하|뭐해|뭐야|"
    r"괜찮|의견|추천|고를|고르|될까|까요?\??$|실래|세요\?|시나요"
)
# Behind a bare name: what belongs to it, so that not it is called.
_BELONGS = re.compile(
    r"^(?:말|답|대답|답변|얘기|이야기|이름|때문|덕분|목소리|말투|생각엔|기능|설정|버전|업데이트|프로필|성격|같|"
    r"처럼|빼|없|있|쪽|자체|최고|짱|진짜|너무|"
    r"되게|엄청|정말|완전|또|아까|오늘\s?(?:왜|좀)|왜\s?(?:저|이|그|대답|말|안|답)|언제\s?(?:왔|생|켜|꺼|나)|"
    r"어디\s?(?:갔|있|간)|이거|얘|걔|쟤|씨|"
    r"조심|남|꺼|살|튀|지피|피우|붙)"
)
# What people say of somebody to others: 귀찮지 않냐, 웃기지?
_JUDGED = re.compile(
    r"지\s?않(?:냐|아|니|나|을까)|(?:귀찮|웃기|웃긴|귀엽|귀여|똑똑|이상하|무섭|시끄럽|빠르|느리|착하|짜증|대단|"
    r"신기|멍청|별로)\S*\??$"
)
_COPULA_BEFORE = re.compile(r"(?:이게|이거|그게|그거|저게|저거|얘가|얘는|쟤가|쟤는|걔가|[은는이가])\s*$")
_EN_VERB_OF_IT = re.compile(
    r"^(?:is|was|has|had|does|did|can|could|will|would|should|might|may|must|who)(?:n't)?\b|^(?:won't|can't)\b"
)
_PLURAL_AUX = re.compile(r"^(?:are|do|don't|have|were|am|haven't|aren't|shall)\b")
_PRONOUN_BEHIND = re.compile(r"^\w+(?:n't)?\s+(?:you|u|ya|i|we|they|he|she|it|there|these|those)\b")
_EN_ORDER = re.compile(
    rf"^(?:please\s+|just\s+|now\s+|quick\s+|pls\s+|plz\s+)?(?:{acts_en.VERBS}|{acts_en.MORE_VERBS})\b|"
    rf"^you(?:'\w+)?\b|^your\b"
)
_EN_WH = re.compile(
    r"^(?:what|whats|where|wheres|when|whens|why|whys|how|hows|which|who's|whose|whos|any|how about|what about|"
    r"thoughts|ideas|suggestions|opinions?|advice|help|tips|recommendations)\b"
)
_EN_OBJECT_BEFORE = re.compile(
    r"\b(?:ask|asks|asked|asking|tell|tells|told|telling|try|tried|use|used|using|met|meet|call|called|hear|"
    r"heard|see|saw|seen|"
    r"like|likes|liked|love|loves|loved|hate|about|without|to|with|for|of|by|from|than|at|on|in|named|is|was|are|"
    r"the|an|a|and|or|vs|my|"
    r"our|your|this|that|does|did|do|has|had|can|could|will|would|should|if|because|when|what|how|why|says|as|"
    r"not|have|let|made|"
    r"make|ping|thank|blame|trust|believe|mute|invite|add|remove|know|knows|even|only|just|maybe|dear old|"
    r"glowing|last|one)\s*$"
)
_EN_FOR = re.compile(r"\b(?:question|one|job|task|challenge|request|message|note) for\s*$")


def call_of(sentence: str, names: Iterable[str], *, typos: bool = False) -> Call:
    """What `sentence` does with somebody of these names.

    Args:
        typos: a name that calls at the beginning may have one letter wrong.
    """
    found = [_call_of(sentence, name) for name in names if name]
    if Call.TO in found:
        return Call.TO
    if Call.ABOUT in found:
        return Call.ABOUT
    return Call.TO if typos and any(_nearly(sentence, name) for name in names) else Call.NOT


def without_names(sentence: str, names: Iterable[str]) -> str:
    """A sentence without these names and what hangs on them, so that its act can be seen."""
    for name in names:
        sentence = _pattern(name).sub(" ", sentence)
    return " ".join(sentence.split()).lstrip(" ,!~:;.").strip()


@lru_cache(maxsize=1000)
def _pattern(name: str) -> re.Pattern[str]:
    if _ends_in_hangul(name):
        hanging = rf"이?{_HONOURS}(?:[아야]+|이여)?(?![\w가-힣])"
    else:
        hanging = rf"(?:{_HONOURS}[아야]+(?![\w가-힣]))?"
    return re.compile(rf"{NOT_BEHIND}{re.escape(name)}{hanging}", re.IGNORECASE)


@lru_cache(maxsize=1000)
def _places(name: str) -> re.Pattern[str]:
    # Behind a Latin name Korean particles may follow; letters, a domain or a hyphen make it another word.
    right = "" if _ends_in_hangul(name) else r"(?![A-Za-z0-9_]|[.-][\w])"
    return re.compile(rf"{NOT_BEHIND}{re.escape(name)}{right}", re.IGNORECASE)


@lru_cache(maxsize=4000)
def _call_of(sentence: str, name: str) -> Call:
    found = Call.NOT
    if name.casefold() not in sentence.casefold():
        return found  # most names are not in it: their patterns are not even made
    for place in _places(name).finditer(sentence):
        before, behind = sentence[: place.start()], sentence[place.end() :]
        if _ends_in_hangul(name) and _is_longer_word(behind):
            continue
        korean = _ends_in_hangul(name) or (has_hangul(sentence) and not behind.startswith("'"))
        if (_calls_in_korean if korean else _calls_in_english)(before, behind, sentence, name):
            return Call.TO
        found = Call.ABOUT
    return found


_PARTICLE_OR_END = re.compile(
    r"$|[^\w가-힣]|이?\s?(?:님|씨|쨩)|이?[아야]+(?![가-힣])"
    r"|이?(?:은|는|이|가|을|를|의|도|만|랑|하고|한테|에게|께|와|과|로|으로|처럼|보다|까지|부터|조차|마저|나|든|든지|네)"
    r"(?:는|도|만|요|서|로|서는|부터|까지)?(?![가-힣])"
    r"|이?(?:라|랑|었|였|예|에요|네요|인|ㄴ|ㅋ|ㅎ|ㅠ)|이?입니|이?여(?![가-힣])|이?야말로|지\b|덕|때문|말"
)


def _is_longer_word(behind: str) -> bool:
    """Whether the name is only the beginning of another Hangul word."""
    return _PARTICLE_OR_END.match(behind) is None


def _calls_in_korean(before: str, behind: str, sentence: str, name: str) -> bool:
    first = re.fullmatch(KO_BEFORE, before.casefold()) is not None
    act = act_of(without_names(sentence, (name,)))
    if _VOCATIVE.match(behind):
        ends = re.fullmatch(r"\S*\W*", behind) is not None
        return first or not (ends and _COPULA_BEFORE.search(before))
    if _SET_OFF.match(behind):
        alone = re.fullmatch(r"\S*\W*", behind) is not None
        if first:
            return act in (Act.ASKS, Act.WANTS) if behind.lstrip().startswith(":") else True
        return alone and act in _ADDRESSING and not _COPULA_BEFORE.search(before) and before.rstrip()[-1:] not in "의"
    rest = re.sub(r"^\S*\s+", "", behind.lstrip() if not behind[:1].strip() else behind)
    if _OF_YOU.match(behind):
        return act is Act.ASKS
    if _TO_WHOM.match(behind):
        return first
    if _AS_YOU.match(behind):
        return act is Act.WANTS or act is Act.HUSHES or (act is Act.ASKS and _YOUR_MIND.search(rest) is not None)
    if _AS_DOER.match(behind):
        return act is Act.WANTS
    if first and _FREE.match(behind):
        said = re.sub(rf"^{_HONOURS}\s*", "", behind)
        judged = act is Act.ASKS and _JUDGED.search(said) is not None
        return act in _ADDRESSING and act is not Act.THANKS and not judged and _BELONGS.match(said.strip()) is None
    return False


def _calls_in_english(before: str, behind: str, sentence: str, name: str) -> bool:
    lead, rest = before.casefold(), behind.casefold()
    if rest.startswith("'"):
        return False
    first = re.fullmatch(EN_BEFORE, lead) is not None
    act, said = act_of(without_names(sentence, (name,))), rest.strip()
    if first:
        return _opens_with_call(rest, said, act)
    if _EN_FOR.search(lead):
        return True
    if re.fullmatch(r"[\s,!?.~:)]*", rest):  # at the end
        if lead.rstrip().endswith(","):
            return True
        return act in _ADDRESSING and _EN_OBJECT_BEFORE.search(lead) is None
    if re.match(r"\s*[,?!]", rest):
        short = len(lead.split()) <= 3 and _EN_OBJECT_BEFORE.search(lead) is None
        return act in (Act.ASKS, Act.WANTS) and (short or lead.rstrip().endswith(","))
    return rest.lstrip().startswith("?")


def _opens_with_call(rest: str, said: str, act: Act) -> bool:
    """A sentence that begins with the name: what follows says whether it is called."""
    if re.match(r"\s*(?:[,!?~]|[.:;]*\s*$|\.\.|-\s)", rest):
        return not (rest.lstrip().startswith(",") and re.match(r",\s+(?:who|which|whose)\s+(?:is|was)\b", said))
    if re.match(r"\s*:", rest):
        return act in (Act.ASKS, Act.WANTS)
    if _EN_ORDER.match(said) or _EN_WH.match(said) or _PLURAL_AUX.match(said):
        return True
    if _EN_VERB_OF_IT.match(said):
        return _PRONOUN_BEHIND.match(said) is not None or rest.rstrip().endswith("?")
    if re.match(r"(?:\w+ed|(?!thanks|yes|pls)\w+s|and|or|vs)\b", said):
        return False
    return act in (Act.ASKS, Act.THANKS, Act.GREETS, Act.WANTS)


@lru_cache(maxsize=2000)
def _nearly(sentence: str, name: str) -> bool:
    """Whether it begins with a call by a name that has one letter wrong."""
    if _ends_in_hangul(name):
        found = re.match(rf"{KO_BEFORE}([가-힣]{{{len(name)}}})(?:님)?(?:아|야)(?=[\s,.!?~]|$)", sentence)
    else:
        found = re.match(r"(?:(?:hey|hi|ok|hello)\s+)?([A-Za-z]{4,24}),\s", sentence, re.IGNORECASE)
    typed = found[1].casefold() if found else ""
    mine = name.casefold()
    size = len(jamo(mine))
    return bool(typed) and size >= 5 and typed != mine and one_off(jamo(typed), jamo(mine))


def _ends_in_hangul(name: str) -> bool:
    return is_syllable(name[-1])
