"""What one might ask next, from the words of an answer alone: no model is asked, so a small one cannot get it wrong.

Nouns that the answer brings up and the question did not are what people ask about; a list, a piece of code or a long
text have questions of their own. The result is words for the box, in the language of the answer. Values in, values out.
"""

import re
from collections import Counter

from hearth_reflex.domain.endings import without_particle

MOST = 3
LOOKED_AT = 6_000  # letters of an answer, and of a question
LONG = 700  # letters from which on a summary helps
TOPIC_MAX = 24  # letters

_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_STRONG = re.compile(r"\*\*([^*\n]{2,40}?)\*\*|^#{1,4}[ \t]+(.{2,40})$", re.MULTILINE)
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+\S", re.MULTILINE)
_LINK = re.compile(r"https?://\S+|\[[^\]\n]*\]\([^)\n]*\)|`[^`\n]*`")
_HANGUL = re.compile(r"[가-힣]")
_HANGUL_WORD = re.compile(r"(?<![가-힣A-Za-z])[가-힣]{2,12}(?![가-힣A-Za-z])")
_LATIN_WORD = re.compile(r"(?<![\w'@-])[A-Za-z][A-Za-z-]{3,22}(?![\w'-])")
# A noun for certain: behind a word that leads one in, and before one that no adjective stands before.
_LATIN_NOUN = re.compile(
    r"\b(?P<mark>the|a|an|of|its|their|his|her)[ ](?P<word>[a-z][a-z-]{3,21})(?=[,.;:]|[ ](?:of|in|on|is|are|was|and|"
    r"or|that|which|who|for|to|at|with|from|by|as|has|can|will)\b|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
_PLAIN_TOPIC = re.compile(r"[A-Za-z0-9가-힣]+(?:[ -][A-Za-z0-9가-힣]+){0,3}")

# Only what stands before these is a noun for certain: behind a verb there is none of them.
_NOUN_MARKS = ("에서는", "에서", "에게", "으로", "이란", "이라는", "를", "을", "의", "와", "과", "에는")
_VERB_ENDS = "있없했됐였겠하되않싶같많좋크작어아려"  # the last syllable of what is a verb's stem, or an adjective's
_KO_LITTLE = """
이것 그것 저것 여기 거기 우리 저희 당신 여러분 자신 때문 경우 정도 사이 다음 이번 지금 오늘 하나 무엇 모두 이후 이전
"""
_EN_LITTLE = """
about above after again also although always among another answer because been before being below best between both
cannot could course does doing done down during each either else even ever every example first from give given good
great have having here however into its itself just kind know large least less like little long look made make makes
making many maybe mean means might more most much must need never next nothing often once only other others over part
people perhaps place please possible quite rather really right said same second several shall should simple since some
someone something sometimes soon still such sure take than that their them then there therefore these they thing
things think this those though three through thus time together took toward under until upon used uses using usually
very want well went were what whatever when where whether which while whole will with within without work would year
years your yours yourself
"""
_LITTLE = frozenset((_KO_LITTLE + _EN_LITTLE).split())
_NOUN_WORTH = 2  # how often a word must be said otherwise, to count as much as one that is a noun for certain
_EN_ENDS = ("ly", "ing", "ed", "ous", "ful", "ive", "ish")

_KO = {
    "more": "{topic}에 대해 더 자세히 알려 줘",
    "also": "{topic} 이야기도 들려 줘",
    "list": "그중에서 무엇부터 보면 좋을까?",
    "code": "이 코드를 한 줄씩 설명해 줘",
    "short": "방금 답을 세 줄로 줄여 줘",
    "other": "다른 쪽에서 보면 어떨까?",
}
_EN = {
    "more": "Tell me more about {topic}",
    "also": "And what about {topic}?",
    "list": "Which of these should I look at first?",
    "code": "Explain this code line by line",
    "short": "Say that again in three lines",
    "other": "What would speak against that?",
}


def follow_ups(question: str, answer: str) -> list[str]:
    """Two or three questions that may follow `answer`; none behind an answer that says next to nothing."""
    question, answer = question[:LOOKED_AT], answer[:LOOKED_AT]
    prose = _LINK.sub(" ", _CODE.sub(" ", answer))
    if len(prose.split()) < 4 and not _CODE.search(answer):
        return []
    korean = _is_korean(prose) if prose.strip() else _is_korean(question)
    known = question.casefold()
    found = (_korean if korean else _english)(prose)
    topics = [topic for topic in found if topic.casefold().removeprefix("the ") not in known]
    return _worded(_KO if korean else _EN, topics, answer)


def _worded(words: dict[str, str], topics: list[str], answer: str) -> list[str]:
    found = [words["more"].format(topic=topics[0])] if topics else []
    if _CODE.search(answer):
        found.append(words["code"])
    elif len(_LIST_ITEM.findall(answer)) >= 3:
        found.append(words["list"])
    if len(topics) > 1:
        found.append(words["also"].format(topic=topics[1]))
    if len(answer) >= LONG:
        found.append(words["short"])
    if len(found) < 2:
        found.append(words["other"])
    return found[:MOST]


def _is_korean(text: str) -> bool:
    letters = sum(1 for letter in text if letter.isalpha())
    return letters > 0 and len(_HANGUL.findall(text)) * 3 >= letters


def _korean(text: str) -> list[str]:
    """Nouns, those that are set off or said most often first."""
    counts = Counter[str]()
    for word in _HANGUL_WORD.findall(text):
        if noun := _noun(word):
            counts[noun] += 1
    return _ranked(counts, text)


def _noun(word: str) -> str:
    mark = next((mark for mark in _NOUN_MARKS if word.endswith(mark) and len(word) >= len(mark) + 2), "")
    stem = word[: -len(mark)] if mark else ""
    if not stem or stem[-1] in _VERB_ENDS or stem in _LITTLE:
        return ""
    shorter = without_particle(stem)
    return shorter if len(shorter) >= 2 and stem.endswith("들") else stem


def _english(text: str) -> list[str]:
    """Words that stand as nouns do, "the role of", before those that are only said often; else whatever is said."""
    said = Counter(word for found in _LATIN_WORD.findall(text) if _telling(word := found.casefold()))
    leads = {noun["word"].casefold(): noun["mark"].casefold() for noun in _LATIN_NOUN.finditer(text)}
    worth = {
        (f"the {word}" if leads.get(word, "of") != "of" else word): count + (_NOUN_WORTH if word in leads else 0)
        for word, count in said.items()
        if word in leads or count > 1
    }
    return _ranked(Counter(worth) or said, text)


def _telling(word: str) -> bool:
    return word not in _LITTLE and not word.endswith(_EN_ENDS)


def _ranked(counts: Counter[str], text: str) -> list[str]:
    """What is set off in bold or as a heading, then what is said more than once, then long words, which say more."""
    strong = [part for found in _STRONG.findall(text) for part in found if part]
    topics = [plain[0] for part in strong if (plain := _PLAIN_TOPIC.fullmatch(part.strip(" :.,")))]
    by_worth = sorted(counts, key=lambda word: (-counts[word], -len(word)))
    return [topic for topic in dict.fromkeys([*topics, *by_worth]) if len(topic) <= TOPIC_MAX]
