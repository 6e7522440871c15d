"""Takes a GGUF file's facts from its head: a program of its own, `python -m hearth_reflex.llm.gguf_reading FILE`.

It prints one JSON object (see `model_facts.ModelFacts`) or ends with a code. A file may come from anywhere, so it is
read in a short-lived process with limits on memory and time, after `gguf_header` has looked at it with plain bytes.
Loads no weights, renders no template; runs nothing that is in the file.
"""

import hashlib
import json
import os
import resource
import struct
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy would make a thread a core for nothing

from gguf import GGUFReader, GGUFValueType, LlamaFileType, ReaderField, ReaderTensor

from hearth_reflex.errors import ModelBrokenError, ModelMissingError
from hearth_reflex.llm.gguf_header import read_header
from hearth_reflex.llm.templates import BY_MARKS, choose_template

BROKEN_EXIT, MISSING_EXIT = 3, 4
MEMORY_BYTES = 2_000_000_000
CPU_SECONDS = 60
_MOST = 2**53  # larger numbers are no figures of a model, and no JavaScript number either
_LONGEST_TEXT = 200
_CONTROL = 3  # the token type of control tokens
_MARKS = {mark.encode(): mark for template in BY_MARKS for mark in template.marks}

# Architectures that do not write on word by word, as llama.cpp names them.
_ENCODERS = frozenset(
    {"modern-bert", "nomic-bert", "nomic-bert-moe", "neo-bert", "jina-bert-v2", "jina-bert-v3", "eurobert", "bert"}
    | {"gemma-embedding", "llama-embed", "t5", "t5encoder", "wavtokenizer-dec", "dream", "llada", "llada-moe"}
)
_PROJECTOR = "clip"


class _Head(GGUFReader):
    """A reader that walks over long lists instead of making an object of each entry: a vocabulary has a million.

    `lengths` and `marks` tell what was walked over: entries of each list, and at which place of the token list a
    control mark of our templates stands.
    """

    def __init__(self, path: Path) -> None:
        self.lengths: dict[int, int] = {}
        self.marks: dict[int, dict[str, int]] = {}
        super().__init__(path)

    def _get_field_parts(self, orig_offs: int, raw_type: int) -> Any:
        if raw_type != GGUFValueType.ARRAY:
            return super()._get_field_parts(orig_offs, raw_type)
        kind, length = struct.unpack_from("<IQ", memoryview(cast("Any", self.data)), orig_offs)
        if kind != GGUFValueType.STRING:
            numbers = self._get(orig_offs + 12, self.gguf_scalar_to_np[GGUFValueType(kind)], length)
            return 12 + numbers.nbytes, [numbers], [0], [GGUFValueType.ARRAY, GGUFValueType(kind)]
        end = self._walk(orig_offs, length)
        return end - orig_offs, [], [], [GGUFValueType.ARRAY, GGUFValueType.STRING]

    def _walk(self, start: int, length: int) -> int:
        at, marks, data = start + 12, dict[str, int](), memoryview(cast("Any", self.data))
        for index in range(length):
            (size,) = struct.unpack_from("<Q", data, at)
            mark = _MARKS.get(bytes(data[at + 8 : at + 8 + size])) if size < 32 else None
            if mark is not None:
                marks[mark] = index
            at += 8 + size
        self.lengths[start], self.marks[start] = length, marks
        return at


class _Fields:
    """What a file says, by key, made harmless: numbers within bounds, texts short and of one line."""

    def __init__(self, fields: Mapping[str, ReaderField]) -> None:
        self._fields = fields

    def place(self, key: str) -> int:
        """Where the value of a list begins in the file; -1 when there is no such field."""
        field = self._fields.get(key)
        return field.offset + 8 + len(key.encode()) + 4 if field else -1

    def raw(self, key: str) -> str:
        field = self._fields.get(key)
        return str(field.contents()) if field and field.types == [GGUFValueType.STRING] else ""

    def text(self, key: str) -> str:
        return " ".join("".join(c if c.isprintable() else " " for c in self.raw(key)).split())[:_LONGEST_TEXT]

    def number(self, key: str) -> int:
        numbers = self.numbers(key)
        return max(numbers, default=0)

    def numbers(self, key: str) -> list[int]:
        """One number or a list of them: some models have one a layer."""
        field = self._fields.get(key)
        if field is None or not field.data or field.types[-1] == GGUFValueType.STRING:
            return []
        part = field.parts[field.data[0]]
        return [min(max(int(number), 0), _MOST) for number in cast("list[float]", part.tolist())]


def facts_of(path: Path) -> dict[str, Any]:
    """Raises ModelMissingError or ModelBrokenError, and whatever a broken file makes the reader raise."""
    read_header(path, speaks=False)
    head = _Head(path)
    fields = _Fields(head.fields)
    architecture = fields.text("general.architecture")
    about = _Fields(_below(head.fields, architecture))
    layers = about.number("block_count")
    return {
        "kind": _kind(architecture, about),
        "architecture": architecture,
        "name": fields.text("general.name"),
        "licence": fields.text("general.license"),
        "parameters": sum(_elements(tensor) for tensor in head.tensors),
        "quantisation": _quantisation(fields, head.tensors),
        "context_tokens": about.number("context_length"),
        "layers": layers,
        "heads": about.number("attention.head_count"),
        "kv_heads": about.number("attention.head_count_kv"),
        "embedding": about.number("embedding_length"),
        "feed_forward": about.number("feed_forward_length"),
        "projection": about.number("vision.projection_dim"),
        "vocabulary": _vocabulary(head, fields, about),
        "kv_token_bytes": _kv_token_bytes(about, layers),
        "weight_bytes": sum(min(int(tensor.n_bytes), _MOST) for tensor in head.tensors),
        "parts": max(1, fields.number("split.count")),
        "part": fields.number("split.no"),
        **_template(head, fields),
    }


def _below(fields: Mapping[str, ReaderField], prefix: str) -> dict[str, ReaderField]:
    return {key.removeprefix(f"{prefix}."): field for key, field in fields.items() if key.startswith(f"{prefix}.")}


def _kind(architecture: str, about: _Fields) -> str:
    if architecture == _PROJECTOR:
        return "projector"
    # A model for vectors of whole texts tells how it pools them.
    return "encoder" if architecture in _ENCODERS or about.number("pooling_type") else "speaks"


def _elements(tensor: ReaderTensor) -> int:
    return min(int(tensor.n_elements), _MOST)


def _quantisation(fields: _Fields, tensors: list[ReaderTensor]) -> str:
    """What the file says it is; else the type that most of its numbers have."""
    told = fields.numbers("general.file_type")
    if told and told[0] in set(LlamaFileType):
        return LlamaFileType(told[0]).name.removeprefix("MOSTLY_").removeprefix("ALL_")
    counted: Counter[str] = Counter()
    for tensor in tensors:
        counted[tensor.tensor_type.name] += _elements(tensor)
    return counted.most_common(1)[0][0] if counted else ""


def _vocabulary(head: _Head, fields: _Fields, about: _Fields) -> int:
    listed = head.lengths.get(fields.place("tokenizer.ggml.tokens"), 0)
    return listed or about.number("vocab_size")


def _kv_token_bytes(about: _Fields, layers: int) -> int:
    """Bytes that one token takes in the KV cache: K and V of 16 bits, for each layer its KV heads × head dimension."""
    heads = about.number("attention.head_count")
    by_layer = about.numbers("attention.head_count_kv") or [heads]
    all_heads = sum(by_layer) if len(by_layer) > 1 else by_layer[0] * layers
    own = about.number("embedding_length") // heads if heads else 0
    key, value = (about.number(f"attention.{name}_length") or own for name in ("key", "value"))
    return min(all_heads * (key + value) * 2, _MOST)


def _template(head: _Head, fields: _Fields) -> dict[str, str]:
    """The sha256 of the template inside, and which of ours would be used. Its text is looked at by nobody."""
    source = fields.raw("tokenizer.chat_template")
    marks = head.marks.get(fields.place("tokenizer.ggml.tokens"), {})
    types = fields.numbers("tokenizer.ggml.token_type")

    def is_control_token(mark: str) -> bool:
        place = marks.get(mark)
        return place is not None and place < len(types) and types[place] == _CONTROL

    digest = hashlib.sha256(source.encode()).hexdigest() if source else ""
    return {"template_sha256": digest, "template_id": choose_template(source, is_control_token).template_id}


def _limit() -> None:
    # Of private memory only: the mapped file does not count, however large it is.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    _limit()
    try:
        sys.stdout.write(json.dumps(facts_of(Path(sys.argv[1]))))
    except ModelMissingError:
        return MISSING_EXIT
    except (ModelBrokenError, ArithmeticError, LookupError, TypeError, ValueError, OSError, struct.error, MemoryError):
        # The reader trusts its file: a broken one makes it fail in many ways, and all mean the same.
        return BROKEN_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main())
