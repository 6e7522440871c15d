"""The model of pictures and words: CLIP and its like, by sentence-transformers.

For the embedder's process alone; torch is imported when the first picture or caption comes. Pictures are points
already: nothing is unpacked here. Weights are safetensors, and no code that comes with a model is run.
"""

import threading
from collections.abc import Sequence
from typing import Any

from hearth_reflex.rag.engines import Vectors, cleaned, stays_here

_AT_ONCE = 8


class PictureModel:
    """Args:
    source: a folder, or an id of the hub.
    """

    def __init__(self, source: str, *, threads: int) -> None:
        self._source, self._threads = source, threads
        self._loading = threading.Lock()
        self._model: Any = None

    @property
    def is_loaded(self) -> bool:
        return self._model is not None

    def see(self, sizes: Sequence[Sequence[int]], points: bytes) -> Vectors:
        """Args:
        sizes: width and height of each picture.
        points: of all of them, three bytes each.
        """
        from PIL import Image

        pictures, at = list[Any](), 0
        for width, height in sizes:
            end = at + width * height * 3
            pictures.append(Image.frombytes("RGB", (width, height), points[at:end]))
            at = end
        return self._encoded(pictures)

    def imagine(self, texts: Sequence[str]) -> Vectors:
        return self._encoded([cleaned(text) for text in texts])

    def _encoded(self, inputs: list[Any]) -> Vectors:
        return self._ready().encode(
            inputs, batch_size=_AT_ONCE, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )

    def _ready(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = _loaded(self._source, threads=self._threads)
            return self._model


def _loaded(source: str, *, threads: int) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    return SentenceTransformer(
        source,
        device="cpu",
        trust_remote_code=False,
        local_files_only=stays_here(source),
        model_kwargs={"dtype": torch.float32, "use_safetensors": True},
    )
