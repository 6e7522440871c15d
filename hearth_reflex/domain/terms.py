"""What of a text goes into the full-text index, and what of a question is looked for there. Terms only: no database.

A text becomes a set of terms, letters and digits alone:
- of a stretch of Hangul, spaces left out, every two syllables that follow each other, and its last one: so 저녁밥 and
  저녁 밥 are the same, and one syllable is found as the beginning of a term;
- of each Hangul word its stems behind their first letters, as ㅈㄴㅂ0저녁밥: the beginning ㅈㄴ finds it by 초성, and
  ㅈㄴㅂ0 finds all stems of three syllables with these first letters, among which a typo is looked for;
- of two Hangul words side by side their first letters together;
- of Chinese and Japanese every two signs; of everything else the words, in small letters without accents.

A question becomes an expression of terms that every good answer fulfils (`strict`), and the single terms (`loose`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.korean import fold, initials, is_lead, sound_alikes

TERMS_VERSION = 1  # raise it when texts become other terms: what was indexed before is then indexed anew
QUERY_MAX = 200
TEXT_MAX = 40_000  # letters of one message that are indexed
_WORDS_MAX = 8
_WORD_MAX = 32
_GRAMS_MAX = 16
_JAMO_MAX = 8
STEM_MARK = "0"  # between the first letters and the stem; a digit, because every index takes it for part of a word

# English words that say nothing of what is looked for, where others stand beside them.
_LITTLE = frozenset(
    ["a", "an", "and", "are", "at", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to", "with"]
)

_HANGUL, _JAMO, _HAN = "가-힣", "ㄱ-ㆎ", "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(
    rf"(?P<hangul>[{_HANGUL}]+)|(?P<jamo>[{_JAMO}]+)|(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HANGUL}{_JAMO}{_HAN}]+)"
)
_GAP = re.compile(r"[ \t\u00a0]+")


class Script(Enum):
    HANGUL = "hangul"
    JAMO = "jamo"  # consonants or vowels that stand alone: first letters, or laughter
    HAN = "han"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the index; with `prefix` all that begin like it."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Expression", ...]


Expression = Term | All | AnyOf


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question, folded."""

    text: str
    script: Script

    @property
    def stems(self) -> tuple[str, ...]:
        return stems(self.text) if self.script is Script.HANGUL else (self.text,)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for. `text` is folded, with single spaces; `words` are what of it can be looked for."""

    text: str
    words: tuple[Word, ...]


def ask(raw: str) -> Question:
    """A question of at most 200 letters and 8 words; what is beyond is left out."""
    text = " ".join(fold(raw[:QUERY_MAX]).split())
    words = [Word(run[:_WORD_MAX], script) for script, run, _ in _runs(text)]
    half_typed = len(words) > 1 and words[-1].script is Script.JAMO and text[-1:] == words[-1].text[-1:]
    if half_typed and text[-len(words[-1].text) - 1 : -len(words[-1].text)] not in ("", " "):
        words.pop()  # the beginning of a syllable that is still being typed
    telling = [word for word in words if word.text not in _LITTLE] or words
    return Question(text=text, words=tuple(dict.fromkeys(telling))[:_WORDS_MAX])


def terms_of(text: str) -> list[str]:
    """The terms of a text, each once."""
    found: dict[str, None] = {}
    stretch, before = "", ""
    for script, run, joined in _runs(fold(text[:TEXT_MAX])):
        if script is not Script.HANGUL or not joined:
            found.update(dict.fromkeys(_grams(stretch)))
            stretch, before = "", ""
        if script is Script.HANGUL:
            stretch += run
            before = _add_word(found, run[:_WORD_MAX], before)
        else:
            found.update(dict.fromkeys(_other_terms(script, run)))
    found.update(dict.fromkeys(_grams(stretch)))
    return list(found)


def strict(question: Question) -> Expression | None:
    """Every word, in this or another form. None when nothing in it can be looked for."""
    parts = tuple(part for word in question.words if (part := of_word(word)))
    return All(parts) if parts else None


def keen(question: Question) -> Expression | None:
    """What few of many good answers fulfil: all words behind each other, however spaced; of first letters, that
    they are a whole stem. None where there is no such thing."""
    words = question.words
    if any(word.script is Script.JAMO for word in words):
        whole = [_whole_stem(word) if word.script is Script.JAMO else of_word(word) for word in words]
        return All(tuple(part for part in whole if part))
    if len(words) < 2 or any(word.script is not Script.HANGUL for word in words):
        return None
    return All(tuple(Term(gram) for gram in _pairs("".join(word.text for word in words))[: 2 * _GRAMS_MAX]))


def loose(question: Question) -> list[Expression]:
    """What single traits of it there are, each for itself: pairs of syllables, stems, words."""
    found: dict[Expression, None] = {}
    for word in question.words:
        if word.script is Script.HANGUL:
            found.update(dict.fromkeys(Term(gram) for gram in _pairs(word.text)[:_GRAMS_MAX]))
            found.update(dict.fromkeys(Term(stem_term(stem)) for stem in word.stems))
        elif part := of_word(word):
            found[part] = None
    return list(found)


def alike(word: Word) -> list[Term]:
    """Stems as long as this word's, with first letters that sound like its own: where a typo hides."""
    if word.script is not Script.HANGUL:
        return []
    leads = dict.fromkeys(lead for stem in word.stems if 2 <= len(stem) <= 6 for lead in sound_alikes(initials(stem)))
    return [Term(lead + STEM_MARK, prefix=True) for lead in leads]


def stem_term(stem: str) -> str:
    return f"{initials(stem)}{STEM_MARK}{stem}"


def _runs(text: str) -> Iterator[tuple[Script, str, bool]]:
    """(script, letters, whether only spaces are between it and the run before) of each stretch of one script."""
    end = 0
    for match in _RUN.finditer(text):
        gap = text[end : match.start()]
        yield Script(match.lastgroup), match[0], not gap or _GAP.fullmatch(gap) is not None
        end = match.end()


def _add_word(found: dict[str, None], word: str, before: str) -> str:
    """Adds the stems of one word, and its first letters with those of the word before. Returns its own."""
    own = stems(word)
    found.update(dict.fromkeys(stem_term(stem) for stem in own))
    if before:
        found[before + initials(own[0])] = None
    return initials(own[0])


def _other_terms(script: Script, run: str) -> list[str]:
    if script is Script.HAN:
        return _grams(run)
    return [run[:_JAMO_MAX] if script is Script.JAMO else run[:_WORD_MAX]]


def _grams(stretch: str) -> list[str]:
    return [*_pairs(stretch), stretch[-1:]] if stretch else []


def _pairs(stretch: str) -> list[str]:
    return [stretch[place : place + 2] for place in range(len(stretch) - 1)]


def _whole_stem(word: Word) -> Term:
    return Term(word.text[:_JAMO_MAX] + STEM_MARK, prefix=True)


def of_word(word: Word) -> Expression | None:
    if word.script is Script.WORD:
        return Term(word.text, prefix=len(word.text) > 1)
    if word.script is Script.JAMO:
        lone = len(word.text) == 1 and is_lead(word.text)  # one letter begins a tenth of all words
        return None if lone else Term(word.text[:_JAMO_MAX], prefix=True)
    if len(word.text) == 1:
        return Term(word.text, prefix=True)
    pairs = _pairs(word.text)[: 2 * _GRAMS_MAX]
    if word.script is Script.HAN:
        return All(tuple(Term(pair) for pair in pairs))
    longer = [All(tuple(Term(pair) for pair in _pairs(stem))) for stem in word.stems if len(stem) > 1]
    whole = All(tuple(Term(pair) for pair in pairs))
    return AnyOf(tuple(dict.fromkeys([whole, *longer, *(Term(stem_term(stem)) for stem in word.stems)])))
