"""What a word may be in the other language, by a dictionary between Korean and English that lies beside this file.

`ko_en.tsv` has a Korean word a line, then a tab, then its English ones with commas between them, the usual ones first.
It was written for Hearth, without a look at any set of questions by which the search is measured. For the embedder's
process alone.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import takewhile, zip_longest
from pathlib import Path

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.korean import fold
from hearth_reflex.domain.meanings import Meanings
from hearth_reflex.rag.morphemes import Morphemes, stem

FILE = Path(__file__).with_name("ko_en.tsv")
_MEANINGS_MAX = 8  # of one word
_READINGS_MAX = 3  # that one written word may have
_RUN_MAX = 3  # words that may be one of the dictionary
_LONGEST = 24  # letters of a word that is looked up
_SHORTEST = 4  # letters of a beginning that stands for other forms of a word
# Words that end in 다 and are no verbs: of a verb the stem is looked for, without it.
_WHOLE = frozenset(
    re.findall("[가-힣]+", "바다 판다 베란다 사이다 소다 식소다 베이킹소다 과탄산소다 수다 마다 날마다 해마다 어쩌다")
)
# English words that stand in nearly every text: what has others is known by those.
_SMALL = frozenset(
    re.findall("[a-z]+", "a an the in on at of to up out off for with down over by from and or be one s")
)
_HANGUL = re.compile("[가-힣]+")
_LATIN = re.compile("[a-z]+")


class Lexicon:
    """Args:
    file: the dictionary; read once, when this is made.
    """

    def __init__(self, file: Path = FILE) -> None:
        self._english: dict[str, list[str]] = {}  # by Korean words, verbs without their 다
        ranked: dict[str, list[tuple[int, int, str]]] = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            korean, _, told = line.partition("\t")
            english = [part.strip() for part in told.split(",")]
            self._english.setdefault(_root(korean), []).extend(english)
            for place, one in enumerate(english):
                ranked.setdefault(_stems_of(one), []).append((place, len(english), korean))
        # By the stems of English words: dictionary forms, those first that mean this before anything else.
        self._korean = {english: [korean for *_, korean in sorted(its)] for english, its in ranked.items()}

    def meanings(self, words: Sequence[str], morphemes: Morphemes) -> Meanings:
        """What full text looks for in the other language, and for each of these words of a question the word itself
        and what it may be there; a word that is too long is nothing.

        Args:
            words: as they were typed, in order.
        """
        plain = [fold(word).replace("’", "'") if len(word) <= _LONGEST else "" for word in words]
        found = [self._of(plain[at : at + _RUN_MAX], morphemes) for at in range(len(plain))]
        in_turn = [one for turn in zip_longest(*(its.values() for its in found)) for one in turn if one is not None]
        line = dict.fromkeys(part for said in morphemes.words(in_turn) for part in _looked_for(said.split()))
        each = tuple((word, *its) if word else () for word, its in zip(plain, found, strict=True))
        return Meanings(" ".join(line), each)

    def _of(self, run: Sequence[str], morphemes: Morphemes) -> dict[str, str]:
        """Meanings of the first of these words, alone and with those behind it, by what of them is seen in a text."""
        found: list[str] = []
        for count in range(len(run), 0, -1):
            words = run[:count]
            if all(map(_HANGUL.fullmatch, words)):
                found += self._of_korean("".join(words), morphemes if count == 1 else None)
            else:
                found += self._korean.get(" ".join(map(_stems_of, words)), [])
        seen: dict[str, str] = {}
        for one in found:
            seen.setdefault(_beginning(one), one)
        return dict(list(seen.items())[:_MEANINGS_MAX])

    def _of_korean(self, word: str, morphemes: Morphemes | None) -> list[str]:
        """Args:
        morphemes: to take apart what rules do not know; None where it must be one word of the dictionary.
        """
        roots: Iterable[str] = self._roots(word)
        if not roots and morphemes is not None:
            roots = self._parts(word) or [one for one in morphemes.words([word])[0].split() if one in self._english]
        return [english for root in roots for english in self._english[root]]

    def _roots(self, word: str) -> list[str]:
        """Which words of the dictionary a written word may be."""
        likely = [word, *stems(word)]
        likely += [one[:-1] for one in likely if len(one) > 2 and one[-1] in "하되"]
        likely += [f"{one}하" for one in likely]
        return [one for one in dict.fromkeys(likely) if one in self._english][:_READINGS_MAX]

    def _parts(self, word: str) -> list[str]:
        """Both words of the dictionary of which a compound is made."""
        for at in range(2, len(word) - 1):
            head, tails = word[:at], (word[at:], *stems(word[at:]))
            tail = next((one for one in tails if len(one) > 1 and one in self._english), "")
            if head in self._english and tail:
                return [head, tail]
        return []


def _root(korean: str) -> str:
    joined = korean.replace(" ", "")
    return joined[:-1] if joined.endswith("다") and len(joined) > 1 and joined not in _WHOLE else joined


def _looked_for(parts: list[str]) -> list[str]:
    """Without verbs as dictionaries have them, whose stem stands beside them: no talk has them so."""
    return [part for part in parts if part not in _SMALL and not _is_written_out(part, parts)]


def _is_written_out(part: str, parts: list[str]) -> bool:
    return part.endswith("다") and any(part != one and part.startswith(one) for one in parts)


def _telling(english: str) -> list[str]:
    """Its words without small ones; all of them where there are no others."""
    words = _LATIN.findall(english)
    return [word for word in words if word not in _SMALL] or words


@cache
def _stems_of(english: str) -> str:
    return " ".join(map(stem, _telling(english)))


@cache
def _beginning(meaning: str) -> str:
    """By what of it a meaning is seen in a text."""
    if _HANGUL.search(meaning):
        root = _root(meaning)
        return root[:-1] if root[-1] in "하되" and len(root) > 2 else root
    return " ".join(map(_beginning_of, _telling(meaning)))


def _beginning_of(word: str) -> str:
    """What its forms have in common ("batter" of battery and batteries), if that is long enough to tell it."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, stem(word), strict=False)))
    return word[:alike] if alike >= _SHORTEST else word
