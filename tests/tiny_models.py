"""Models as others write them, a few kilobytes each, made of chance numbers: folders that transformers can load.

Made without torch, so that only the process that is to load them does.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

_LETTERS = "abcdefghijklmnopqrstuvwxyz가나다라마바사아자차카타파하물밸브잠근색등대"
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_WIDTH, _INNER, _LONGEST = 16, 32, 64
_SIDE, _PATCH = 32, 8

Numbers = NDArray[np.float32]


def cross_encoder(folder: Path, *, labels: int = 1, safe: bool = True) -> Path:
    """A BERT that says one number (or `labels`) of two texts; `safe`: its weights are safetensors, and are there."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _tokenizer(folder)
    (folder / "config.json").write_text(json.dumps(_bert(vocabulary, labels)))
    weights = folder / "model.safetensors"
    weights.unlink(missing_ok=True)
    if safe:
        save_file(_weights(vocabulary, labels), weights, metadata={"format": "pt"})
    else:
        (folder / "pytorch_model.bin").write_bytes(b"\x80\x02}q\x00.")
    return folder


def clip(folder: Path) -> Path:
    """A CLIP of pictures of 32 points a side."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _tokenizer(folder)
    half = {
        "hidden_size": _WIDTH,
        "intermediate_size": _INNER,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "projection_dim": _WIDTH,
    }
    text = {"model_type": "clip_text_model", "vocab_size": vocabulary, "max_position_embeddings": _LONGEST}
    signs = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    sight = {"model_type": "clip_vision_model", "image_size": _SIDE, "patch_size": _PATCH}
    about = {
        "architectures": ["CLIPModel"],
        "model_type": "clip",
        "projection_dim": _WIDTH,
        "text_config": half | text | signs,
        "vision_config": half | sight,
    }
    sizes = {"size": {"shortest_edge": _SIDE}, "crop_size": {"height": _SIDE, "width": _SIDE}}
    seen = {"image_processor_type": "CLIPImageProcessor", "processor_class": "CLIPProcessor"}
    (folder / "config.json").write_text(json.dumps(about))
    (folder / "preprocessor_config.json").write_text(json.dumps(seen | sizes))
    save_file(_halves(vocabulary), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _tokenizer(folder: Path) -> int:
    """Takes words apart into letters. Returns how many signs it knows."""
    vocabulary = dict.fromkeys((*_SPECIAL, *_LETTERS, *(f"##{letter}" for letter in _LETTERS)))
    numbers = {sign: number for number, sign in enumerate(vocabulary)}
    tokenizer: Any = Tokenizer(WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", numbers["[CLS]"]), ("[SEP]", numbers["[SEP]"])],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    named = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": _LONGEST} | named
    (folder / "tokenizer_config.json").write_text(json.dumps(about))
    return len(numbers)


def _bert(vocabulary: int, labels: int) -> dict[str, Any]:
    names = {str(number): f"LABEL_{number}" for number in range(labels)}
    return {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "vocab_size": vocabulary,
        "hidden_size": _WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": _INNER,
        "max_position_embeddings": _LONGEST,
        "type_vocab_size": 2,
        "pad_token_id": 0,
        "id2label": names,
        "label2id": {name: int(number) for number, name in names.items()},
    }


def _weights(vocabulary: int, labels: int) -> dict[str, Numbers]:
    layer = "bert.encoder.layer.0"
    shapes = {
        "bert.embeddings.word_embeddings": (vocabulary, _WIDTH),
        "bert.embeddings.position_embeddings": (_LONGEST, _WIDTH),
        "bert.embeddings.token_type_embeddings": (2, _WIDTH),
    }
    linear = {
        **{f"{layer}.attention.self.{part}": (_WIDTH, _WIDTH) for part in ("query", "key", "value")},
        f"{layer}.attention.output.dense": (_WIDTH, _WIDTH),
        f"{layer}.intermediate.dense": (_INNER, _WIDTH),
        f"{layer}.output.dense": (_WIDTH, _INNER),
        "bert.pooler.dense": (_WIDTH, _WIDTH),
        "classifier": (labels, _WIDTH),
    }
    norms = ("bert.embeddings.LayerNorm", f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm")
    chance = np.random.default_rng(7)
    made = {f"{name}.weight": _drawn(chance, *shape) for name, shape in (shapes | linear).items()}
    made |= {f"{name}.bias": np.zeros(shape[0], np.float32) for name, shape in linear.items()}
    made |= {f"{name}.weight": np.ones(_WIDTH, np.float32) for name in norms}
    return made | {f"{name}.bias": np.zeros(_WIDTH, np.float32) for name in norms}


def _halves(vocabulary: int) -> dict[str, Numbers]:
    chance = np.random.default_rng(11)
    text, sight = "text_model", "vision_model"
    made = {
        "logit_scale": np.array(2.6592, np.float32),
        "text_projection.weight": _drawn(chance, _WIDTH, _WIDTH),
        "visual_projection.weight": _drawn(chance, _WIDTH, _WIDTH),
        f"{text}.embeddings.token_embedding.weight": _drawn(chance, vocabulary, _WIDTH),
        f"{text}.embeddings.position_embedding.weight": _drawn(chance, _LONGEST, _WIDTH),
        f"{sight}.embeddings.class_embedding": _drawn(chance, _WIDTH),
        f"{sight}.embeddings.patch_embedding.weight": _drawn(chance, _WIDTH, 3, _PATCH, _PATCH),
        f"{sight}.embeddings.position_embedding.weight": _drawn(chance, (_SIDE // _PATCH) ** 2 + 1, _WIDTH),
    }
    norms = [f"{text}.final_layer_norm", f"{sight}.pre_layrnorm", f"{sight}.post_layernorm"]
    for part in (text, sight):
        layer = f"{part}.encoder.layers.0"
        linear = {f"{layer}.self_attn.{name}_proj": (_WIDTH, _WIDTH) for name in ("q", "k", "v", "out")}
        linear |= {f"{layer}.mlp.fc1": (_INNER, _WIDTH), f"{layer}.mlp.fc2": (_WIDTH, _INNER)}
        made |= {f"{name}.weight": _drawn(chance, *shape) for name, shape in linear.items()}
        made |= {f"{name}.bias": np.zeros(shape[0], np.float32) for name, shape in linear.items()}
        norms += [f"{layer}.layer_norm1", f"{layer}.layer_norm2"]
    made |= {f"{name}.weight": np.ones(_WIDTH, np.float32) for name in norms}
    return made | {f"{name}.bias": np.zeros(_WIDTH, np.float32) for name in norms}


def _drawn(chance: np.random.Generator, *shape: int) -> Numbers:
    return chance.normal(0.0, 0.5, shape).astype(np.float32)
