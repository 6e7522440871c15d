"""A model of a 7B's shape without its knowledge: random weights, a few layers, half a gigabyte in Q4_K and one in Q8_0.

What it says means nothing; how long a token takes is what a 7B takes, layer by layer. Its vocabulary is the demo
model's, taken from that file. Every layer holds the same numbers, but each has its own place in file and memory.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter

from hearth_reflex.llm.config import demo_model_file

_CONTEXT = 8192
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How weights lie in a file: `block` of them in `size` bytes, which begin with `scales` in 16 bits each. The scales
    are such that weights lie around zero, and no answer runs away; all other bits may be anything."""

    type: GGMLQuantizationType
    block: int
    size: int
    scales: tuple[float, ...]

    def matrix(self, random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
        """Random weights, as bytes (rows, bytes of a row)."""
        blocks = random.integers(0, 256, (rows, columns // self.block, self.size), np.uint8)
        begun = np.array(self.scales, np.float16).view(np.uint8)
        blocks[:, :, : len(begun)] = begun
        return blocks.reshape(rows, -1)


WEIGHTS = {
    "q4_k": Weights(GGMLQuantizationType.Q4_K, block=256, size=144, scales=(1e-4, 7.5e-4)),
    "q8_0": Weights(GGMLQuantizationType.Q8_0, block=32, size=34, scales=(1e-4,)),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a model; by default a 7B's, but for the layers, of which that has 32. Widths are multiples of 256."""

    width: int = 4096
    inner: int = 11008
    heads: int = 32
    layers: int = 3


_SEVEN_B = Shape()


def write_random_model(path: Path, *, shape: Shape = _SEVEN_B, weights: str = "q4_k") -> None:
    """A GGUF file at `path`; `weights` is a name of WEIGHTS."""
    writer = GGUFWriter(path, "llama")
    writer.add_name("random-7b-shape")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    _add_tensors(writer, shape, WEIGHTS[weights], words=_add_vocabulary(writer))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_vocabulary(writer: GGUFWriter) -> int:
    fields = GGUFReader(demo_model_file()).fields

    def told(name: str) -> Any:
        return fields[f"tokenizer.ggml.{name}"].contents()

    tokens = told("tokens")
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model(told("model"))
    writer.add_tokenizer_pre(told("pre"))
    writer.add_token_list(tokens)
    writer.add_token_types(told("token_type"))
    writer.add_token_merges(told("merges"))
    writer.add_bos_token_id(told("bos_token_id"))
    writer.add_eos_token_id(told("eos_token_id"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(_TEMPLATE)
    return len(tokens)


def _add_tensors(writer: GGUFWriter, shape: Shape, weights: Weights, *, words: int) -> None:
    random = np.random.default_rng(7)
    width, inner = shape.width, shape.inner
    attention = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (width, width))
    sizes = attention | {"ffn_gate": (inner, width), "ffn_up": (inner, width), "ffn_down": (width, inner)}
    matrices = {name: weights.matrix(random, *size) for name, size in sizes.items()}
    ones = np.ones(width, np.float32)
    _add_matrix(writer, "token_embd", weights.matrix(random, words, width), weights)
    writer.add_tensor("output_norm.weight", ones)
    for layer in range(shape.layers):
        writer.add_tensor(f"blk.{layer}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{layer}.ffn_norm.weight", ones)
        for name, matrix in matrices.items():
            _add_matrix(writer, f"blk.{layer}.{name}", matrix, weights)


def _add_matrix(writer: GGUFWriter, name: str, matrix: np.ndarray, weights: Weights) -> None:
    writer.add_tensor(f"{name}.weight", matrix, raw_dtype=weights.type)
