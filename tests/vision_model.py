"""A model that sees, small and random: a GGUF of two layers and a projector beside it, about 9 MB, written in a second.

What it says means nothing, but it is really read, encoded and decoded by llama.cpp. Its vocabulary is the demo model's,
taken from that file; its weights come from a fixed seed, so that every run says the same. There are three kinds, for
the three ways in which models take a picture:

- `plain`: each cell of the picture is a position of its own (LLaVA);
- `grid`: the cells lie in rows and columns, and take fewer positions than cells (Qwen2-VL);
- `whole`: the cells see each other, so all must be read in one step (Gemma 3).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from gguf import GGUFReader, GGUFWriter

from hearth_reflex.llm.config import demo_model_file

_WIDTH, _INNER, _HEADS, _KV_HEADS, _HEAD, _LAYERS = 64, 128, 4, 2, 16, 2
_EYE, _EYE_INNER, _EYE_LAYERS, _SIDE, _PATCH = 32, 64, 2, 56, 14

PICTURE_TOKENS = (_SIDE // _PATCH) ** 2
WHOLE_TOKENS = 16

Kind = Literal["plain", "grid", "whole"]
_PROJECTORS: dict[Kind, str] = {"plain": "mlp", "grid": "qwen2vl_merger", "whole": "gemma3"}
_MERGED = 4  # patches that a grid's cell is made of


@dataclass(frozen=True)
class VisionModel:
    model: Path
    projector: Path


def write_vision_model(folder: Path, *, width: int = _WIDTH, kind: Kind = "plain") -> VisionModel:
    """Write the model and its projector; another `width` makes a pair that fits no other."""
    folder.mkdir(parents=True, exist_ok=True)
    made = VisionModel(folder / "tiny-vision.gguf", folder / "tiny-projector.gguf")
    _write_model(made.model, width, kind)
    _write_projector(made.projector, width, kind)
    return made


class _Weights:
    def __init__(self, path: Path, architecture: str) -> None:
        self.writer = GGUFWriter(path, architecture)
        self._random = np.random.default_rng(7)

    def noise(self, name: str, *shape: int, half: bool = False) -> None:
        values = self._random.standard_normal(shape) * 0.2
        self.writer.add_tensor(name, values.astype(np.float16 if half else np.float32))

    def ones(self, name: str, size: int) -> None:
        self.writer.add_tensor(name, np.ones(size, np.float32))

    def zeros(self, name: str, size: int) -> None:
        self.writer.add_tensor(name, np.zeros(size, np.float32))

    def close(self) -> None:
        self.writer.write_header_to_file()
        self.writer.write_kv_data_to_file()
        self.writer.write_tensors_to_file()
        self.writer.close()


def _write_model(path: Path, width: int, kind: Kind) -> None:
    weights = _Weights(path, "qwen2vl" if kind == "grid" else "llama")
    writer = weights.writer
    writer.add_name("tiny-vision")
    writer.add_context_length(4096)
    writer.add_embedding_length(width)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1e4)
    writer.add_rope_dimension_count(width // _HEADS)
    if kind == "grid":
        writer.add_rope_dimension_sections([2, 3, 3, 0])
    size = _add_vocabulary(writer)
    weights.noise("token_embd.weight", size, width, half=True)
    weights.ones("output_norm.weight", width)
    for layer in range(_LAYERS):
        _add_layer(weights, f"blk.{layer}.", width, biased=kind == "grid")
    weights.close()


def _add_vocabulary(writer: GGUFWriter) -> int:
    tokens, types, merges = _vocabulary()
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    return len(tokens)


@cache
def _vocabulary() -> list[Any]:
    """The demo model's tokens, their types and merges."""
    fields = GGUFReader(demo_model_file()).fields
    return [fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type", "merges")]


def _add_layer(weights: _Weights, prefix: str, width: int, *, biased: bool) -> None:
    weights.ones(prefix + "attn_norm.weight", width)
    weights.ones(prefix + "ffn_norm.weight", width)
    kv = width // _HEADS * _KV_HEADS
    weights.noise(prefix + "attn_q.weight", width, width)
    weights.noise(prefix + "attn_k.weight", kv, width)
    weights.noise(prefix + "attn_v.weight", kv, width)
    weights.noise(prefix + "attn_output.weight", width, width)
    for name, size in (("attn_q", width), ("attn_k", kv), ("attn_v", kv)) if biased else ():
        weights.zeros(f"{prefix}{name}.bias", size)
    weights.noise(prefix + "ffn_gate.weight", _INNER, width)
    weights.noise(prefix + "ffn_up.weight", _INNER, width)
    weights.noise(prefix + "ffn_down.weight", width, _INNER)


def _write_projector(path: Path, width: int, kind: Kind) -> None:
    weights = _Weights(path, "clip")
    writer = weights.writer
    writer.add_type("mmproj")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", _PROJECTORS[kind])
    writer.add_bool("clip.use_gelu", True)
    # Gemma's projector takes sixteen patches together.
    side = _SIDE * 4 if kind == "whole" else _SIDE
    sizes = {
        "image_size": side,
        "patch_size": _PATCH,
        "embedding_length": _EYE,
        "feed_forward_length": _EYE_INNER,
        "block_count": _EYE_LAYERS,
        "projection_dim": width,
        "attention.head_count": 2,
    }
    for name, value in sizes.items():
        writer.add_uint32("clip.vision." + name, value)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
    writer.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
    writer.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])
    _add_eye(weights, kind, patches=(side // _PATCH) ** 2)
    _ADD_PROJECTION[kind](weights, width)
    weights.close()


def _add_eye(weights: _Weights, kind: Kind, *, patches: int) -> None:
    weights.noise("v.patch_embd.weight", _EYE, 3, _PATCH, _PATCH, half=True)
    if kind == "plain":
        weights.noise("v.class_embd", _EYE)
        _add_norm(weights, "v.pre_ln")
    if kind == "grid":
        weights.noise("v.patch_embd.weight.1", _EYE, 3, _PATCH, _PATCH, half=True)
    else:
        weights.noise("v.position_embd.weight", patches + (kind == "plain"), _EYE)
    if kind != "plain":
        _add_norm(weights, "v.post_ln")
    for layer in range(_EYE_LAYERS):
        _add_eye_layer(weights, f"v.blk.{layer}.")


def _add_eye_layer(weights: _Weights, prefix: str) -> None:
    for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
        _add_linear(weights, prefix + name, _EYE, _EYE)
    for name in ("ln1", "ln2"):
        _add_norm(weights, prefix + name)
    _add_linear(weights, prefix + "ffn_up", _EYE_INNER, _EYE)
    _add_linear(weights, prefix + "ffn_down", _EYE, _EYE_INNER)


def _project_plain(weights: _Weights, width: int) -> None:
    _add_linear(weights, "mm.0", width, _EYE)
    _add_linear(weights, "mm.2", width, width)


def _project_grid(weights: _Weights, width: int) -> None:
    _add_linear(weights, "mm.0", _EYE * _MERGED, _EYE * _MERGED)
    _add_linear(weights, "mm.2", width, _EYE * _MERGED)


def _project_whole(weights: _Weights, width: int) -> None:
    weights.noise("mm.input_projection.weight", _EYE, width)
    weights.ones("mm.soft_emb_norm.weight", _EYE)


_ADD_PROJECTION = {"plain": _project_plain, "grid": _project_grid, "whole": _project_whole}


def _add_norm(weights: _Weights, name: str) -> None:
    weights.ones(name + ".weight", _EYE)
    weights.zeros(name + ".bias", _EYE)


def _add_linear(weights: _Weights, name: str, out: int, into: int) -> None:
    weights.noise(name + ".weight", out, into)
    weights.zeros(name + ".bias", out)
