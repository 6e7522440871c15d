"""Small GGUF files for tests, written with the `gguf` package: models, projectors, encoders, split and broken ones.

They are whole files with true facts and random weights; none of them says anything sensible.
"""

import struct
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, LlamaFileType

LAYERS, HEADS, KV_HEADS, HEAD_DIM, WIDTH, FORWARD = 2, 4, 2, 16, 64, 128
TOKENS = ["<unk>", "<|im_start|>", "<|im_end|>", "불", "씨", *(f"t{number}" for number in range(59))]
CONTROL, NORMAL = 3, 1
KV_TOKEN_BYTES = LAYERS * KV_HEADS * (HEAD_DIM + HEAD_DIM) * 2


def model(
    path: Path,
    *,
    name: str = "Tiny 1k",
    architecture: str = "llama",
    template: str = "",
    file_type: int | None = LlamaFileType.MOSTLY_F16,
    marks: bool = True,
    numbers: dict[str, int] | None = None,
    kv_heads: int | list[int] = KV_HEADS,
) -> Path:
    """A chat model of two layers. `numbers` are further fields below the architecture's name."""
    writer = GGUFWriter(path, architecture)
    writer.add_name(name)
    writer.add_license("apache-2.0")
    writer.add_context_length(1024)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    if file_type is not None:
        writer.add_file_type(file_type)
    for key, value in (numbers or {}).items():
        writer.add_uint32(f"{architecture}.{key}", value)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([CONTROL if marks and token.startswith("<|") else NORMAL for token in TOKENS])
    if template:
        writer.add_chat_template(template)
    _weights(writer)
    return _written(writer, path)


def _weights(writer: GGUFWriter) -> None:
    draw = np.random.default_rng(0)
    writer.add_tensor("token_embd.weight", draw.standard_normal((len(TOKENS), WIDTH)).astype(np.float16))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    shapes = {
        "attn_q": (HEADS * HEAD_DIM, WIDTH),
        "attn_k": (KV_HEADS * HEAD_DIM, WIDTH),
        "attn_v": (KV_HEADS * HEAD_DIM, WIDTH),
        "attn_output": (WIDTH, HEADS * HEAD_DIM),
        "ffn_gate": (FORWARD, WIDTH),
        "ffn_up": (FORWARD, WIDTH),
        "ffn_down": (WIDTH, FORWARD),
    }
    for layer in range(LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{norm}.weight", np.ones(WIDTH, np.float32))
        for part, shape in shapes.items():
            writer.add_tensor(f"blk.{layer}.{part}.weight", draw.standard_normal(shape).astype(np.float32))


def parameters() -> int:
    layer = 2 * WIDTH + 2 * WIDTH * HEADS * HEAD_DIM + 2 * WIDTH * KV_HEADS * HEAD_DIM + 3 * WIDTH * FORWARD
    return len(TOKENS) * WIDTH + WIDTH + LAYERS * layer


def projector(path: Path, *, projection: int = WIDTH) -> Path:
    """The head of a projector of pictures, with one tensor."""
    writer = GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_uint32("clip.vision.projection_dim", projection)
    writer.add_tensor("mm.0.weight", np.ones((projection, 8), np.float32))
    return _written(writer, path)


def encoder(path: Path) -> Path:
    """A model for vectors of texts, of an architecture that also speaks: only how it pools tells."""
    return model(path, name="Tiny vectors", numbers={"pooling_type": 1})


def split(folder: Path, stem: str, *, parts: int = 3, empty_first: bool = False) -> list[Path]:
    """A model in several files, as llama.cpp's own tool cuts them; all facts are in the first."""
    paths = [folder / f"{stem}-{number:05}-of-{parts:05}.gguf" for number in range(1, parts + 1)]
    for number, path in enumerate(paths):
        writer = GGUFWriter(path, "llama")
        if number == 0:
            writer.add_name("Tiny in parts")
            writer.add_context_length(1024)
            writer.add_embedding_length(WIDTH)
            writer.add_block_count(LAYERS)
            writer.add_head_count(HEADS)
        else:
            writer.kv_data[0].clear()  # later parts say nothing of the model
        writer.add_uint16("split.no", number)
        writer.add_uint16("split.count", parts)
        if number or not empty_first:
            writer.add_tensor(f"part.{number}.weight", np.ones((WIDTH, 10), np.float32))
        _written(writer, path)
    return paths


def _written(writer: GGUFWriter, path: Path) -> Path:
    writer.write_header_to_file(path)
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def header(*, tensors: int = 1, entries: int = 1, rest: bytes = b"") -> bytes:
    """The first bytes of a file that says it holds so much."""
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, entries) + rest


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


HUGE = 2**63 - 1
HOSTILE = {
    "empty": b"",
    "zeros": bytes(4096),
    "words": b"This is no model, but it says so at some length.\n" * 100,
    "magic alone": b"GGUF",
    "version of tomorrow": b"GGUF" + struct.pack("<IQQ", 99, 1, 1) + bytes(64),
    "huge counts": header(tensors=HUGE, entries=HUGE, rest=bytes(4096)),
    "a million entries": header(tensors=1, entries=1_000_000, rest=bytes(64)),
    "huge string": header(rest=struct.pack("<Q", HUGE) + bytes(64)),
    "huge array": header(rest=text("a") + struct.pack("<IIQ", 9, 8, HUGE) + bytes(64)),
    "huge array of numbers": header(rest=text("a") + struct.pack("<IIQ", 9, 4, HUGE) + bytes(64)),
    "array in an array": header(rest=text("a") + struct.pack("<IIQ", 9, 9, 1) + bytes(64)),
    "unknown kind": header(rest=text("a") + struct.pack("<I", 77) + bytes(64)),
    "key that is no text": header(
        rest=struct.pack("<Q", 4) + b"\xff\xfe\x00\x01" + struct.pack("<II", 4, 1) + bytes(64)
    ),
}
