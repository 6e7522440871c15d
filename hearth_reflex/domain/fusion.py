"""One order out of two: what legs of vectors and a leg of words found, weighed against each other. Numbers and words.

All legs are brought to one measure first: of a cosine counts how far it stands out from the cosines of the crowd, as
one by itself says little. Passages in the question's language are held against the leg that asked in that language, the
others against the one that asked across (`compass.py`). What the words say counts as far as the best passage covers the
question at all; between two languages hardly any are shared, so there their lack is not held against a passage, and
names and borrowed words count as they sound (`sounds.py`). The figures are fitted: docs/decisions/0020 and 0022.

Method: a convex combination of normalised scores, which keeps how sure a leg is, in place of one of ranks, which throws
it away: S. Bruch, S. Gai, A. Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM TOIS 42 (2023).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from statistics import fmean

from hearth_reflex.domain.compared import folded, korean_share, plain, spaced
from hearth_reflex.domain.endings import stems, without_particle
from hearth_reflex.domain.korean import fold
from hearth_reflex.domain.meanings import UNKNOWN, Meanings, covered_across, has_any
from hearth_reflex.domain.queries import Query
from hearth_reflex.domain.rarity import rarity
from hearth_reflex.domain.repeats import Distinct
from hearth_reflex.domain.sounds import heard, sounds_of, sounds_said

_OTHER_LANGUAGE = 0.6  # the share of Hangul by which a question and a passage of two languages differ
_FOREMOST = 10  # of a leg's finds that may stand out, at most the first third; behind them is the crowd
_FEW = 4  # finds that are no crowd
STRANGERS = 0.29  # the crowd where there are too few to tell, of the default model; compass.py tells it for any
_SPREAD = 0.05  # of a cosine above the crowd
_FARTHEST = 6.0  # spreads: no model's scale counts beyond
_WORDS_WEIGHT, _COVER_WEIGHT = 0.3, 1.0
_ACROSS = 0.1  # what a passage of another language is given in place of words
_TRANSLATED = 2.0  # and for what it says of the question in its own language
_SOUND_WEIGHT = 0.5  # and for names and borrowed words that it has as they sound
# How likely a passage is about the question: the constant, across languages, the cosine, how far it stands out, cover.
_LIKELY = (-2.61, 0.37, 0.67, 1.11, 0.85)
_LIKELY_UNSEEN = (
    -2.76,
    2.32,
)  # the constant and cover, where vectors found others: it is not near, or not embedded yet
_LIKELY_TRANSLATED = (-1.5, 2.3)  # the same, at least, of what says some of it in the other language
_LIKELY_BY_WORDS = (-2.2, 4.4)  # the same, where there are no vectors
_LOOKED_AT = 5  # of the best, when it is asked whether anything was found
NOTHING = 0.3  # where even the likeliest is less likely, nothing was found
UNSURE = 0.45  # the same, where an answer is to be made of it
PADDING = 0.15  # what is less likely is no more than padding


@dataclass(frozen=True, slots=True)
class Candidate:
    """What at least one leg found; None where a leg did not find it.

    Attributes:
        vector: its cosine to the question.
        across: its cosine to the question as it would be put in the other language.
        words: its BM25 score.
        translated: that of the question's words in the other language.
    """

    key: str
    text: str
    vector: float | None = None
    across: float | None = None
    words: float | None = None
    translated: float | None = None

    @property
    def is_only_near(self) -> bool:
        """Whether its meaning alone brought it, by vectors or a dictionary. What no leg found was read because it has
        the words."""
        near = (self.vector, self.across, self.translated)
        return self.words is None and any(score is not None for score in near)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place.

    Attributes:
        fused: what the order follows.
        likely: 0 to 1, how likely it is about the question at all.
    """

    candidate: Candidate
    fused: float
    likely: float


def fuse(
    query: Query,
    candidates: Sequence[Candidate],
    *,
    strangers: float = STRANGERS,
    meanings: Meanings = UNKNOWN,
) -> list[Ranked]:
    """All candidates, the best first.

    Args:
        meanings: what the question's words may be in the other language.
        strangers: the cosine of two texts that have nothing to do with each other, of the model that was asked. One
            below the default's counts as that: the spread is fixed, and a model of wider cosines must not gain by it.
    """
    strangers = max(STRANGERS, strangers)
    foreign = [is_foreign(query, one.text) for one in candidates]
    cosines = [one.across if other else one.vector for one, other in zip(candidates, foreign, strict=True)]
    crowd = {
        language: _crowd([one for one, other in zip(cosines, foreign, strict=True) if other is language], strangers)
        for language in (False, True)
    }
    best = max((one.words or 0.0 for one in candidates), default=0.0)
    texts = [folded(one.text) for one in candidates]
    covers = _covered(query.keywords, texts)
    abroad = _abroad(meanings, candidates, foreign)
    reach = max(covers, default=0.0)  # how much of the question the words explain at best
    sounds = _heard(query, texts, foreign)
    by_words = all(cosine is None for cosine in cosines)
    ranked: list[Ranked] = []
    for at, (one, other, cosine) in enumerate(zip(candidates, foreign, cosines, strict=True)):
        near = crowd[other] if cosine is None else cosine
        apart = max(-1.0, min(_FARTHEST, (near - crowd[other]) / _SPREAD))
        share = (one.words or 0.0) / best if best else 0.0
        across = _ACROSS + _SOUND_WEIGHT * sounds[at] if other else 0.0
        said = max(across, reach * (_WORDS_WEIGHT * share + _COVER_WEIGHT * covers[at])) + abroad[at].worth
        cover = max(covers[at], abroad[at].cover)
        fused = apart + said
        if cosine is None:
            likely = _by_words(cover, *(_LIKELY_BY_WORDS if by_words else _LIKELY_UNSEEN))
        else:
            likely = _likelihood(near, apart, cover, other=other)
        if one.translated is not None and abroad[at].cover:
            likely = max(likely, _by_words(cover, *_LIKELY_TRANSLATED))
        ranked.append(Ranked(one, fused, likely))
    return sorted(ranked, key=lambda one: (-one.fused, one.candidate.key))


def prepare(query: Query, texts: Iterable[str]) -> None:
    """Makes what `fuse` and `without_repeats` compare of texts, while others are still looked for."""
    for text in texts:
        plain(text)
        if is_foreign(query, text):
            spaced(text)
            sounds_said(folded(text), hangul=_by_hangul(query))


def is_foreign(query: Query, text: str) -> bool:
    """Whether a text is in another language than the question."""
    return abs(korean_share(text) - query.hangul) >= _OTHER_LANGUAGE


def _by_hangul(query: Query) -> bool:
    """Whether of texts in another language Korean words may sound like the question's."""
    return query.hangul <= 0.5


@dataclass(frozen=True, slots=True)
class _Abroad:
    """How much of a question a passage says in its own, other language, and what that is worth in the order."""

    cover: float = 0.0
    worth: float = 0.0


def _abroad(meanings: Meanings, candidates: Sequence[Candidate], foreign: Sequence[bool]) -> list[_Abroad]:
    there = [at for at, other in enumerate(foreign) if other]
    covers = covered_across(meanings, [spaced(candidates[at].text) for at in there])
    best = max((candidates[at].translated or 0.0 for at in there), default=0.0)
    reach = max(covers, default=0.0)
    found = [_Abroad()] * len(candidates)
    for at, cover in zip(there, covers, strict=True):
        share = (candidates[at].translated or 0.0) / best if best else 0.0
        worth = _TRANSLATED * reach * (_WORDS_WEIGHT * share + _COVER_WEIGHT * cover)
        found[at] = _Abroad(cover, worth)
    return found


def selected(ranked: Sequence[Ranked], *, limit: int, least: float = NOTHING) -> list[Ranked]:
    """The best, each said once, and of those only what is likely enough; nothing where nothing is.

    Args:
        least: how likely the likeliest must be; 0 for all, likely or not.
    """
    if not is_found(ranked, least=least):
        return []
    likely = [one for one in ranked if one.likely >= min(least, PADDING)]
    return without_repeats(likely, limit=limit)


def is_found(ranked: Sequence[Ranked], *, least: float) -> bool:
    """Whether anything is about the question at all, by the best of those in fused order."""
    return max((one.likely for one in ranked[:_LOOKED_AT]), default=-1.0) >= least


def without_repeats(ranked: Sequence[Ranked], *, limit: int) -> list[Ranked]:
    """The first of those that say nearly the same."""
    kept: list[Ranked] = []
    distinct = Distinct()
    for one in ranked:
        if distinct.takes(one.candidate.text):
            kept.append(one)
            if len(kept) == limit:
                break
    return kept


def coverage(words: Sequence[str], texts: Sequence[str]) -> list[float]:
    """How much of the words each text has, 0 to 1; a word that few of the texts have counts more."""
    return _covered(words, [folded(text) for text in texts])


def _covered(words: Sequence[str], texts: Sequence[str]) -> list[float]:
    has = {word: _where_it_stands(forms_of(word), texts) for word in words}
    weights = {word: rarity(sum(found), len(texts)) for word, found in has.items()}
    total = sum(weights.values())
    if not total:
        return [0.0] * len(texts)
    return [sum(weights[word] for word in words if has[word][at]) / total for at in range(len(texts))]


def _heard(query: Query, texts: Sequence[str], foreign: Sequence[bool]) -> list[float]:
    """Of the question's words that are heard in any passage of another language, how much each of those has."""
    abroad = [text for text, other in zip(texts, foreign, strict=True) if other]
    found = heard(sounds_of(query.keywords), abroad, hangul=_by_hangul(query)) if abroad else {}
    weights = {word: rarity(sum(there), len(abroad)) for word, there in found.items()}
    total = sum(weights.values())
    shares = iter(
        [sum(weights[word] for word, there in found.items() if there[at]) / total for at in range(len(abroad))]
        if total
        else [0.0] * len(abroad)
    )
    return [next(shares) if other else 0.0 for other in foreign]


def forms_of(word: str) -> tuple[str, ...]:
    """What of a word may stand in a text: as it is, without its particle or ending, an English one without its tail."""
    plain = fold(word)
    if any("가" <= letter <= "힣" for letter in plain):
        noun = without_particle(plain)
        return tuple(dict.fromkeys([plain, *(stem for stem in stems(plain) if len(stem) > 1 or stem == noun)]))
    for tail in ("ing", "ed", "es", "s"):
        if plain.endswith(tail) and len(plain) - len(tail) >= 4:
            return plain, plain.removesuffix(tail)
    return (plain,)


def _where_it_stands(forms: Sequence[str], texts: Sequence[str]) -> list[bool]:
    return [has_any(forms, text) for text in texts]


def _crowd(cosines: Sequence[float | None], strangers: float) -> float:
    """The mean of what does not stand out."""
    ordered = sorted((cosine for cosine in cosines if cosine is not None), reverse=True)
    if len(ordered) < _FEW:
        return strangers
    return fmean(ordered[min(_FOREMOST, len(ordered) // 3) :])


def _likelihood(cosine: float, apart: float, cover: float, *, other: bool) -> float:
    constant, across, near, stands_out, covered = _LIKELY
    return _logistic(constant + across * other + near * cosine + stands_out * apart + covered * cover)


def _by_words(cover: float, constant: float, covered: float) -> float:
    return _logistic(constant + covered * cover)


def _logistic(sure: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, sure))))


def in_reading_order(places: Sequence[tuple[str, int]]) -> list[int]:
    """Where neighbours go: the places of passages (document, position), given best first, so that pieces of a document
    that follow each other stand together, in the order of reading, where the better one stood."""
    left = dict.fromkeys(range(len(places)))
    at: Mapping[tuple[str, int], int] = {place: number for number, place in enumerate(places)}
    order: list[int] = []
    for number in range(len(places)):
        if number not in left:
            continue
        document, position = places[number]
        while document and at.get((document, position - 1), -1) in left:
            position -= 1
        while (following := at.get((document, position), -1) if document else number) in left:
            order.append(following)
            del left[following]
            position += 1
    return order
