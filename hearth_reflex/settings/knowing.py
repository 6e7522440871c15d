"""Settings of what the house knows: documents, their readers, the embedder and the index."""

from typing import Literal

from pydantic import Field

from hearth_reflex.settings.model import ModelSettings


class KnowingSettings(ModelSettings):
    document_max_mb: int = Field(
        default=100, ge=1, le=10_000, description="Largest document that people may put into a library, in MB."
    )
    documents_burst: int = Field(
        default=60, ge=1, le=100_000, description="Documents a person may bring at once; then one every ten seconds."
    )
    documents_at_once: int = Field(
        default=1, ge=1, le=16, description="Documents that one process of the house reads side by side."
    )
    skip_embedding: bool = Field(
        default=False,
        description="Start without finding by meaning: nothing is embedded. Messages are still found by their words.",
    )
    embedder: str = Field(
        default="",
        max_length=300,
        description="What finds by meaning. Empty: the multilingual model that is installed along. `light`: the same "
        "without PyTorch. Else a folder or an id of the hub, for sentence-transformers; see `HEARTH_HUB_ENABLED`.",
    )
    embedder_companion: bool = Field(
        default=True,
        description="Let a second encoder help the one that is installed along: more is found in other words and "
        "between Korean and English. It takes 150 MB of memory. When this is changed, all is embedded anew.",
    )
    reranker: str = Field(
        default="",
        max_length=300,
        description="A cross-encoder for a second look at what was found: a folder or an id of the hub, for "
        "sentence-transformers. Empty: none. See `HEARTH_HUB_ENABLED`.",
    )
    clip: str = Field(
        default="",
        max_length=300,
        description="A model of pictures and words, as CLIP, that finds pictures by how they look: a folder or an id "
        "of the hub, for sentence-transformers. Empty: none. See `HEARTH_HUB_ENABLED`.",
    )
    embedder_memory_mb: int = Field(
        default=5000, ge=0, description="Memory the embedder's process may take, in MB. 0: no limit is set."
    )
    embedder_idle_minutes: float = Field(
        default=10,
        ge=0,
        le=10_000,
        description="Minutes without work after which the embedder leaves the memory. 0: never.",
    )
    cite_extracts: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="When the house answers from documents with sentences of theirs in place of a model: `auto` where "
        "the model is too small to read for others, `always`, or `never`.",
    )
    caption_pictures: bool = Field(
        default=True,
        description="Let the house's default model, where it sees and stays in the house, say what is on pictures of "
        "which nobody has said anything.",
    )
    index_uri: str = Field(
        default="",
        repr=False,
        description="Where the index of meanings lies: a folder, or `s3://`, `gs://`, `az://`. Empty: `index` in the "
        "data folder.",
    )
