"""What a word may be in the other language, by a dictionary between Korean and English that lies beside this file.

`ko_en.tsv` has a Korean word a line, then a tab, then its English ones with commas between them. It was written for
Hearth, without a look at any set of questions by which the search is measured. For the embedder's process alone.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile, zip_longest
from pathlib import Path

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.meanings import Meanings
from hearth_reflex.rag.morphemes import Morphemes, stem

FILE = Path(__file__).with_name("ko_en.tsv")
_MEANINGS_MAX = 8  # of one word
_READINGS_MAX = 3  # that one written word may have
_LONGEST = 24  # letters of a word that is looked up
_SHORTEST = 4  # letters of a beginning that stands for other forms of a word
# English words that stand in nearly every text: they are not looked for.
_SMALL = frozenset(re.findall("[a-z]+", "a an the in on at of to up out off for with down over by from and or be one"))
_HANGUL = re.compile("[가-힣]+")
_LATIN = re.compile("[a-z]+")


class Lexicon:
    """Args:
    file: the dictionary; read once, when this is made.
    """

    def __init__(self, file: Path = FILE) -> None:
        self._english: dict[str, list[str]] = {}  # by Korean words, those that end in 다 without it
        self._korean: dict[str, list[str]] = {}  # by the stems of English words: dictionary forms
        for line in file.read_text(encoding="utf-8").splitlines():
            korean, _, english = line.partition("\t")
            for one in (part.strip() for part in english.split(",")):
                self._english.setdefault(_root(korean), []).append(one)
                self._korean.setdefault(_stems_of(one), []).append(korean)

    def meanings(self, words: Sequence[str], morphemes: Morphemes) -> Meanings:
        """What each of these words of a question may be in the other language, besides itself.

        Args:
            words: as they were typed, in order.
        """
        plain = [word.lower() if len(word) <= _LONGEST else "" for word in words]
        latin = [_stems_of(word) for word in plain]
        found: list[tuple[str, ...]] = []
        for at, (word, own) in enumerate(zip(plain, latin, strict=True)):
            pair = self._korean.get(f"{own} {latin[at + 1]}", []) if at + 1 < len(plain) else []
            its = [*self._of_korean(word, morphemes), *pair, *self._korean.get(own, [])]
            found.append(tuple(dict.fromkeys(its))[:_MEANINGS_MAX])
        in_turn = [one for turn in zip_longest(*found) for one in turn if one is not None]
        line = dict.fromkeys(part for said in morphemes.words(in_turn) for part in _looked_for(said.split()))
        each = ((word, *map(_beginning, its)) for word, its in zip(plain, found, strict=True))
        return Meanings(" ".join(line), tuple(tuple(dict.fromkeys(one)) for one in each))

    def _of_korean(self, word: str, morphemes: Morphemes) -> list[str]:
        if not _HANGUL.fullmatch(word):
            return []
        roots = self._roots(word) or [one for one in morphemes.words([word])[0].split() if one in self._english]
        return [english for root in roots for english in self._english[root]]

    def _roots(self, word: str) -> list[str]:
        """Which words of the dictionary a written word may be; of a compound that it does not have, both parts."""
        likely = [word, *stems(word)]
        likely += [one[:-1] for one in likely if len(one) > 2 and one[-1] in "하되"]
        likely += [f"{one}하" for one in likely]
        known = [one for one in dict.fromkeys(likely) if one in self._english][:_READINGS_MAX]
        if known:
            return known
        for at in range(2, len(word) - 1):
            head, tails = word[:at], (word[at:], *stems(word[at:]))
            if head in self._english and (tail := next((one for one in tails if one in self._english), "")):
                return [head, tail]
        return []


def _root(korean: str) -> str:
    joined = korean.replace(" ", "")
    return joined[:-1] if joined.endswith("다") and len(joined) > 1 else joined


def _looked_for(parts: list[str]) -> list[str]:
    """Without verbs as dictionaries have them, whose stem stands beside them: no talk has them so."""
    return [part for part in parts if part not in _SMALL and not _is_written_out(part, parts)]


def _is_written_out(part: str, parts: list[str]) -> bool:
    return part.endswith("다") and any(part != one and part.startswith(one) for one in parts)


def _stems_of(english: str) -> str:
    return " ".join(stem(part) for part in _LATIN.findall(english.replace("'s", "")))


@cache
def _beginning(meaning: str) -> str:
    """By what of it a meaning is seen in a text."""
    if _HANGUL.search(meaning):
        root = _root(meaning)
        return root[:-1] if root[-1] in "하되" and len(root) > 2 else root
    parts = _LATIN.findall(meaning)
    return " ".join(map(_beginning_of, parts))


def _beginning_of(word: str) -> str:
    """What its forms have in common ("batter" of battery and batteries), if that is long enough to tell it."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, stem(word), strict=False)))
    return word[:alike] if alike >= _SHORTEST else word
