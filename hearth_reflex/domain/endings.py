"""What hangs on a Korean word and is no part of it: particles behind nouns, endings behind verbs.

A light stemmer, not a grammar: it knows no dictionary, so it may take too much (고양이 -> 고양). Both the index and the
question go through it, and whole words are looked for as well, so that this costs an odd hit and loses none. The lists
follow the particles (조사) and endings (어미) of the Standard Korean Language Dictionary's grammar tables, those that
occur in talk; contractions follow article 34 to 38 of the Hangul spelling rules (한글 맞춤법).
"""

from functools import lru_cache

from hearth_reflex.domain.korean import TAILS, VOWELS, is_syllable, join, split

STEMS_MAX = 4
# Behind nouns, in talk.
_PARTICLES = """
에게서는 에서부터 으로부터 한테서는 이었어요 이라도요 이라든지 까지도요 에서는요 에게서 에서는 에서도 에서의 에서만
에서요 한테서 한테는 한테도 에게는 에게도 까지는 까지도 까지만 까지요 부터는 부터요 으로는 으로도 으로요 이라고
이라는 이라도 이라면 이라서 이나마 이든지 이니까 이랑은 이에요 이었어 입니다 인데요 이네요 이지만 보다는 보다도
처럼은 처럼요 만큼은 만큼도 대로는 밖에는 마다요 들한테 들에게 들이랑 들하고 들까지 에서 에게 한테 께서 까지 부터
으로 이라 이랑 이나 이며 이고 이면 이든 이야 이네 이지 인데 인가 인지 였어 예요 라고 라는 라도 라면 라서 라며 하고
하며 처럼 같은 같이 마저 조차 보다 만큼 대로 밖에 마다 든지 나마 커녕 에는 에도 에만 에요 로는 로도 로요 와는 과는
와도 과도 랑은 랑도 들은 들이 들을 들도 들의 들과 들만 만은 만이 만도 뿐인 뿐만 은 는 이 가 을 를 의 에 도 만 와 과
랑 로 나 야 아 요 께 들 뿐
"""
# Behind the stems of verbs. A letter alone at the beginning is the tail of the syllable before.
_ENDINGS = """
습니다 습니까 ㅂ니다 ㅂ니까 ㅂ시다 읍시다 는데요 은데요 ㄴ데요 는다고 ㄴ다고 다고요 거든요 잖아요 잖아 으려고 려고요
려고 으러 러 으니까 니까 으면서 면서 으면 면 으며 며 으나 지만 지마 지요 지 죠 는데 은데 ㄴ데 는지 은지 ㄴ지 ㄹ지
을지 는다 ㄴ다 다가 다고 다며 다 고서 고요 고 거나 거든 게요 게 네요 네 나요 니 냐 자고 자마자 자 도록 던데 던 든지
ㄹ까요 을까요 ㄹ까 을까 ㄹ게요 을게요 ㄹ게 을게 ㄹ래요 을래요 ㄹ래 을래 ㄹ걸 을걸 ㄹ수록 을수록 ㄹ 을 는 은 ㄴ 기
기는 기도 기로 길 음 ㅁ 으세요 세요 으셔서 셔서 으시 구나 는구나 군요 군 더라 더라고 라고 으라고 려면 으려면 려다
으려다 든가 는가 ㄴ가
"""
# Behind the form that ends in 아 or 어: 먹어서, 마셔요, 해도
_BEHIND_INFINITIVE = "주세요 줄래 줘요 서요 야지 야해 봤어 서는 서도 야 서 요 도 라 줘"


def _length(part: str) -> float:
    return sum(1.0 if is_syllable(letter) else 0.5 for letter in part)


def _by_last(parts: str) -> dict[str, tuple[str, ...]]:
    """Parts by their last letter, the longest first."""
    found: dict[str, list[str]] = {}
    for part in sorted(parts.split(), key=_length, reverse=True):
        found.setdefault(part[-1], []).append(part)
    return {last: tuple(its) for last, its in found.items()}


_NOUN_PARTS = _by_last(_PARTICLES)
_WHOLE_PARTICLES = frozenset(_PARTICLES.split())
_VERB_PARTS = _by_last(_ENDINGS)
_TALK_PARTS = tuple(_BEHIND_INFINITIVE.split())
_OPENED = {"ㅕ": "ㅣ", "ㅘ": "ㅗ", "ㅝ": "ㅜ", "ㅙ": "ㅚ"}  # 마셔 -> 마시, 와 -> 오, 줘 -> 주, 돼 -> 되
_DOUBLE_S, _NONE = TAILS.index("ㅆ"), 0
_LEAD_H, _LEAD_NONE = 18, 11  # ㅎ, and the ㅇ that is not heard


def is_particle(word: str) -> bool:
    """Whether it is nothing but what hangs on a noun."""
    return word in _WHOLE_PARTICLES


@lru_cache(maxsize=20_000)
def stems(word: str) -> tuple[str, ...]:
    """What a word may be without its particle or ending, the likeliest first; the word itself when nothing hangs on it.

    Args:
        word: Hangul syllables alone.
    """
    noun, verb = without_particle(word), _without_ending(word)
    found = [noun, verb]
    if verb[-1] in "하되" and len(verb) > 2:  # 청소했어 -> 청소하 -> 청소
        found.append(verb[:-1])
    if verb[-1] == "시" and len(verb) > 2:  # 바꾸셨어 -> 바꾸시 -> 바꾸
        found.append(verb[:-1])
    if len(noun) > 2 and (shorter := without_particle(noun)) != noun and len(shorter) > 1:
        found.append(shorter)
    return tuple(dict.fromkeys(found))[:STEMS_MAX]


def without_particle(word: str) -> str:
    for particle in _NOUN_PARTS.get(word[-1], ()):
        if len(word) > len(particle) and word.endswith(particle):
            return word[: -len(particle)]
    return word


def _without_ending(word: str) -> str:
    """The stem of a verb, however it is inflected: 먹었어, 먹고, 먹을까 -> 먹; 마셨어요 -> 마시."""
    past = _before_past(word)
    if past:
        return past
    last = word[-1]
    for ending in _VERB_PARTS.get(last, ()) + _VERB_PARTS.get(TAILS[split(last)[2]], ()):
        stem = _cut(word, ending)
        if stem:
            return _before_past(stem) or stem
    for ending in _TALK_PARTS:
        if len(word) > len(ending) and word.endswith(ending):
            stem = _opened(word[: -len(ending)])
            return stem or word[: -len(ending)]
    return _opened(word) or word


def _before_past(word: str) -> str:
    """What stands before 았, 었, 겠 and their contractions; "" when there is none."""
    for place, syllable in enumerate(word):
        lead, vowel, tail = split(syllable)
        if tail != _DOUBLE_S or syllable == "있":
            continue
        if place and (syllable == "겠" or (lead == _LEAD_NONE and VOWELS[vowel] in "ㅏㅓ")):
            return word[:place]
        if syllable == "였" and place:  # 하였 is 하, 끓였 is 끓이
            return word[:place] if word[place - 1] == "하" else word[:place] + "이"
        return word[:place] + _plain(lead, vowel)
    return ""


def _opened(word: str) -> str:
    """The stem in a form that ends in 아 or 어: 먹어 -> 먹, 마셔 -> 마시, 해 -> 하; "" when it is no such form."""
    lead, vowel, tail = split(word[-1])
    if tail != _NONE:
        return ""
    if lead == _LEAD_NONE and VOWELS[vowel] in "ㅏㅓ" and len(word) > 1:
        return word[:-1]
    plain = _plain(lead, vowel)
    return word[:-1] + plain if plain != word[-1] else ""


def _plain(lead: int, vowel: int) -> str:
    """A syllable in which stem and ending have grown together, as the stem alone."""
    if lead == _LEAD_H and VOWELS[vowel] == "ㅐ":
        return "하"
    opened = _OPENED.get(VOWELS[vowel])
    return join(lead, VOWELS.index(opened) if opened else vowel)


def _cut(word: str, ending: str) -> str:
    if is_syllable(ending[0]):
        return word[: -len(ending)] if len(word) > len(ending) and word.endswith(ending) else ""
    rest = ending[1:]
    head = word[: len(word) - len(rest)]
    if not head or not word.endswith(rest):
        return ""
    lead, vowel, tail = split(head[-1])
    if TAILS[tail] != ending[0] or (not rest and (len(head) == 1 or head[-1] in "을를은는")):
        return ""
    return head[:-1] + join(lead, vowel)
