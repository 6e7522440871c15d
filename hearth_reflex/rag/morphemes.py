"""What of a text full text compares: morphemes of Korean, stems of English, pairs of Chinese and Japanese signs.

A text becomes one line with spaces between its words; what is put into the index and what is asked of it go the same
way. Of Hangul the morphemes that mean something (nouns, stems of verbs and adjectives, adverbs) and each written word
as it stands. Loads Kiwi at the first Hangul that it meets; for the embedder's process alone.
"""

import importlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

WORDS_VERSION = 1  # raise it when texts become other words: the index is then made anew
TEXT_MAX = 40_000
_WORD_MAX = 40  # as long as the index takes them
_HANGUL, _HAN = "가-힣", "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_HAS_HANGUL = re.compile(f"[{_HANGUL}]")
_RUN = re.compile(rf"(?P<hangul>[{_HANGUL}]+)|(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HANGUL}{_HAN}]+)")
# Tags of Kiwi whose morphemes tell something: nouns, roots, verbs, adjectives, adverbs. Endings and particles do not.
_TELLING = ("NNG", "NNP", "NR", "XR", "VV", "VA", "MAG")


class Morphemes:
    """Args:
    threads: that Kiwi may use at once.
    """

    def __init__(self, *, threads: int) -> None:
        self._threads = threads
        self._kiwi: Any = None

    def words(self, texts: Sequence[str]) -> list[str]:
        clean = [unicodedata.normalize("NFC", text[:TEXT_MAX]) for text in texts]
        korean = [text for text in clean if _HAS_HANGUL.search(text)]
        told = iter(self._morphemes(korean))
        return [" ".join([*(next(told) if _HAS_HANGUL.search(text) else []), *_surface(text)]) for text in clean]

    def _morphemes(self, texts: list[str]) -> Iterator[list[str]]:
        if not texts:
            return
        if self._kiwi is None:
            # A second and some hundred megabytes, for houses that write Korean or ask in English what may be said so.
            self._kiwi = importlib.import_module("kiwipiepy").Kiwi(num_workers=self._threads)
        for tokens in self._kiwi.tokenize(texts):
            yield [token.form for token in tokens if _tells(token)]


def _tells(token: Any) -> bool:
    return token.tag.split("-")[0] in _TELLING and _HAS_HANGUL.search(token.form) is not None


def _surface(text: str) -> Iterator[str]:
    """The words as they stand, in small letters; of English ones the stems."""
    for run in _RUN.finditer(text):
        word = run.group().lower()
        if run.lastgroup == "han":
            yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif run.lastgroup == "hangul":
            yield word[:_WORD_MAX]
        else:
            yield stem(word[:_WORD_MAX])


_stemmer: Any = importlib.import_module("snowballstemmer").stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return _stemmer.stemWord(word) if word.isalpha() else word
