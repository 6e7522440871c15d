"""Words of two scripts that sound alike: names and borrowed words stand in Korean as in English, written otherwise.

Each word is brought to what is heard of it: consonants that Korean does not tell apart become one letter, vowels five,
and what Korean puts in so that a foreign word can be said (으) goes out. A guess, for ranking, and never for deciding
who somebody is. Methods: the sounds of letters as in the Revised Romanization of Korean (2000); words by the consonants
that are heard as in R. C. Russell's Soundex (US patent 1,261,167, 1918).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.korean import LEADS, TAILS, VOWELS, is_syllable, split

_LEAST = 3  # letters of a Latin word that is compared
_MOST = 24  # of either
_LEAD = dict(zip(LEADS, "kknttlmppss-cccktph", strict=True))
_VOWEL = dict(zip(VOWELS, "aeaeoeoeoaeeouoeiu-ii", strict=True))
_TAIL = dict(zip(TAILS, "-kkknnntllllllllmppttnttktp-", strict=True))
# What is written in English and what is heard of it, in the order in which it is replaced.
_HEARD = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"tch|ch"), "j"),
    (re.compile(r"sh|sch"), "s"),
    (re.compile(r"th"), "t"),
    (re.compile(r"ck|qu|q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"ng(?![aeiou])"), "n"),
    (re.compile(r"gh"), ""),
    (re.compile(r"(?<=[aeiou])h(?![aeiou])"), ""),
    (re.compile(r"[eo]r(?![aeiouy])"), "o"),
    (re.compile(r"r(?![aeiouy])"), ""),
    (re.compile(r"(?<=[^aeiou])e\b"), ""),
    (re.compile(r"y(?=[aeiou])|w"), ""),
    (re.compile(r"eo|ou|oa|ow|aw|au"), "o"),
    (re.compile(r"ae|ai|ay|ei"), "e"),
    (re.compile(r"eu"), ""),
    (re.compile(r"ee|ea|ie|y"), "i"),
    (re.compile(r"(?<!o)u(?=[^aeiou](?![aeiou]))"), "o"),
    (re.compile(r"oo"), "u"),
)
_SAME = str.maketrans("bfvdgqjzr", "ppptkkccl")
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiou]")
_OWNED = re.compile("['’]s?$")
_LATIN = re.compile("[A-Za-z]+")
_HANGUL = re.compile("[가-힣]+")


Sounds = Mapping[str, Sequence[tuple[str, str]]]


def sounds_of(words: Iterable[str]) -> Sounds:
    """For `heard`: the words with what is heard of each, by its consonants."""
    found: dict[str, list[tuple[str, str]]] = {}
    for word in words:
        for bones, sound in _sounds(word):
            found.setdefault(bones, []).append((word, sound))
    return found


def heard(sounds: Sounds, texts: Sequence[str], *, hangul: bool) -> dict[str, list[bool]]:
    """Of the words that stand in any of the texts as they sound: in which.

    Args:
        hangul: whether the texts' Korean words are compared, else their Latin ones; words of the same script are no
            matter of sound.
    """
    asked = [(word, own, bones) for bones, its in sounds.items() for word, own in its if _is_hangul(word) != hangul]
    found: dict[str, list[bool]] = {}
    for at, text in enumerate(texts if asked else ()):
        said = sounds_said(text, hangul=hangul)
        for word, own, bones in asked:
            if any(_alike(own, sound, len(bones)) for sound in said.get(bones, ())):
                found.setdefault(word, [False] * len(texts))[at] = True
    return found


@lru_cache(maxsize=200)  # each is ten times its text
def sounds_said(text: str, *, hangul: bool) -> Mapping[str, Sequence[str]]:
    """All that is heard of a text's words, by their consonants: kept, for a text is compared with many questions."""
    found: dict[str, dict[str, None]] = {}
    for token in dict.fromkeys(text.split()):
        for bones, sound in _sounds_in(token, hangul=hangul):
            found.setdefault(bones, {})[sound] = None
    return {bones: tuple(its) for bones, its in found.items()}


@lru_cache(maxsize=50_000)
def _sounds_in(token: str, *, hangul: bool) -> tuple[tuple[str, str], ...]:
    """Of the words between two spaces."""
    words = (_HANGUL if hangul else _LATIN).findall(token[:_MOST])
    return tuple(sound for word in words for sound in _sounds(word))


def _sounds(word: str) -> tuple[tuple[str, str], ...]:
    """(consonants, all that is heard) of a word, and of it without what may hang on it."""
    if not 1 < len(word) <= _MOST:
        return ()
    if _is_hangul(word):
        said = [_of_korean(stem) for stem in dict.fromkeys((word, *stems(word))) if len(stem) > 1]
    else:
        said = [_of_latin(_OWNED.sub("", word.casefold()))]
    return tuple((bones, sound) for sound in dict.fromkeys(said) if (bones := _VOWELS.sub("", sound)))


def _is_hangul(word: str) -> bool:
    return all(map(is_syllable, word))


def _of_korean(word: str) -> str:
    letters: list[str] = []
    for syllable in word:
        lead, vowel, tail = split(syllable)
        letters += (_LEAD[LEADS[lead]], _VOWEL[VOWELS[vowel]], _TAIL[TAILS[tail]])
    return _TWICE.sub(r"\1", "".join(letters).replace("-", ""))


def _of_latin(word: str) -> str:
    """ "" of what is no such word."""
    if len(word) < _LEAST or not _LATIN.fullmatch(word):
        return ""
    for written, sound in _HEARD:
        word = written.sub(sound, word)
    return _TWICE.sub(r"\1", word.translate(_SAME))


@lru_cache(maxsize=50_000)
def _alike(one: str, other: str, consonants: int) -> bool:
    """Of two words with the same consonants: whether their vowels are the same; of three consonants or more one vowel
    may differ."""
    if consonants < 3:
        return one == other and len(one) > 2
    return _steps("".join(_VOWELS.findall(one)), "".join(_VOWELS.findall(other))) <= 1


def _steps(one: str, other: str) -> int:
    """How many letters must be put in, taken out or exchanged (Levenshtein's distance)."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, row[0] = row[0], place
        for at, its in enumerate(other, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (letter != its))
    return row[-1]
