"""Settings of the model that speaks, of the process it runs in, and of the hub that others are fetched from."""

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, field_validator

from hearth_reflex.settings.house import HouseSettings, whole_path


class ModelSettings(HouseSettings):
    model_path: Path | None = Field(
        default=None,
        description="A GGUF file of a chat model. Empty: the small English-only demo model that is installed along.",
    )
    mmproj_path: Path | None = Field(
        default=None, description="The GGUF file of the projector that lets HEARTH_MODEL_PATH see pictures."
    )
    models_dir: Path = Field(
        default_factory=lambda data: data["data_dir"] / "models",
        description="Folder of GGUF files to choose from. Empty: `models` in the data folder.",
    )
    models_loaded: int = Field(
        default=1, ge=1, le=8, description="Local models that may be in memory at once; the least recent one leaves."
    )
    model_idle_minutes: float = Field(
        default=0,
        ge=0,
        le=10_000,
        description="Minutes without a reply after which a model leaves the memory. 0: never.",
    )
    hub_enabled: bool = Field(
        default=False,
        description="Let who keeps the house fetch models from the Hugging Face Hub; nothing else leaves the house.",
    )
    hub_url: str = Field(default="", description="Another server of the hub's kind. Empty: the Hugging Face Hub.")
    hub_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("HEARTH_HUB_TOKEN", "HF_TOKEN", "HUGGING_FACE_TOKEN"),
        description="Token for models of the hub that ask for one. Never shown, never logged.",
    )
    skip_model_loading: bool = Field(
        default=False,
        validation_alias=AliasChoices("HEARTH_SKIP_MODEL_LOADING", "SKIP_MODEL_LOADING"),
        description="Start without a model: people chat, nobody answers.",
    )
    n_ctx: int = Field(default=4096, ge=512, le=131_072, description="Tokens that prompt and answer may take together.")
    n_batch: int = Field(default=512, ge=32, le=4096, description="Most prompt tokens that are read in one step.")
    n_seq: int = Field(
        default=8, ge=1, le=32, description="Answers that are written side by side; the context is shared among them."
    )
    kv_disk_mb: int = Field(
        default=512,
        ge=0,
        le=100_000,
        description="Disk, in MB, for what the model has read of rooms that are quiet now. 0: none.",
    )
    n_threads: int = Field(
        default=0,
        ge=0,
        le=256,
        validation_alias=AliasChoices("HEARTH_N_THREADS", "CPU_THREADS"),
        description="Threads of the engine. 0: one less than the machine has cores, and at least one.",
    )
    n_gpu_layers: int = Field(
        default=0, ge=-1, le=1000, description="Layers put on a GPU, where llama.cpp was built for one. -1: all."
    )
    use_mmap: bool = Field(default=True, description="Map the model file instead of reading it into memory.")
    use_mlock: bool = Field(default=False, description="Keep the model from being swapped out.")
    engine_memory_mb: int = Field(
        default=0, ge=0, description="Memory the engine process may take, in MB. 0: no limit is set."
    )

    @field_validator("model_path", "mmproj_path", "models_dir")
    @classmethod
    def _whole_paths(cls, path: Path | None) -> Path | None:
        return whole_path(path)
