"""A model of a 7B's shape without its knowledge: random weights in Q4_K, a few layers, about half a gigabyte.

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
_BLOCK, _BLOCK_BYTES = 256, 144  # Q4_K: two scales in 16 bits, 12 bytes of finer ones, 4 bits a weight
_SCALE, _OFFSET = 1e-4, 7.5e-4  # so that weights lie around zero, and no answer runs away
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a model; by default a 7B's, but for the layers, of which that has 32. Widths are multiples of 256."""

    width: int = 4096
    inner: int = 11008
    heads: int = 32
    layers: int = 3


_SEVEN_B = Shape()


def write_random_model(path: Path, *, shape: Shape = _SEVEN_B) -> None:
    """A GGUF file at `path`."""
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
    _add_tensors(writer, shape, words=_add_vocabulary(writer))
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


def _add_tensors(writer: GGUFWriter, shape: Shape, *, words: int) -> None:
    random = np.random.default_rng(7)
    width, inner = shape.width, shape.inner
    attention = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), (width, width))
    sizes = attention | {"ffn_gate": (inner, width), "ffn_up": (inner, width), "ffn_down": (width, inner)}
    matrices = {name: random_weights(random, *size) for name, size in sizes.items()}
    ones = np.ones(width, np.float32)
    _add_matrix(writer, "token_embd", random_weights(random, words, width))
    writer.add_tensor("output_norm.weight", ones)
    for layer in range(shape.layers):
        writer.add_tensor(f"blk.{layer}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{layer}.ffn_norm.weight", ones)
        for name, matrix in matrices.items():
            _add_matrix(writer, f"blk.{layer}.{name}", matrix)


def _add_matrix(writer: GGUFWriter, name: str, matrix: np.ndarray) -> None:
    writer.add_tensor(f"{name}.weight", matrix, raw_dtype=GGMLQuantizationType.Q4_K)


def random_weights(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Blocks of Q4_K as they lie in a file: all of a block's bits may be anything, but for its two scales."""
    blocks = random.integers(0, 256, (rows, columns // _BLOCK, _BLOCK_BYTES), np.uint8)
    blocks[:, :, :4] = np.array([_SCALE, _OFFSET], np.float16).view(np.uint8)
    return blocks.reshape(rows, -1)
