"""docs/settings.md, written from the settings themselves so that it cannot say anything else."""

from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from hearth_reflex.settings import PROJECT_DIR, Settings, environment_names

PATH = PROJECT_DIR / "docs" / "settings.md"

HEAD = """# Settings

Each is an environment variable, or a line `NAME=value` of a file `.env` in the project's folder; the environment wins.
`./hearth` hands them all on. What cannot be used is refused at the start, with the name and the reason.

This page is written by `./hearth settings-doc`; a test fails when it is out of date.
"""

GROUPS: dict[str, tuple[str, ...]] = {
    "The house": ("data_dir", "environment", "secret_key", "default_locale"),
    "Network": ("host", "port", "public_url", "allowed_origins"),
    "Database and Redis": ("database_url", "redis_url"),
    "People and limits": (
        "session_days",
        "guest_session_days",
        "message_max_chars",
        "frame_limit_bytes",
        "messages_per_second",
        "messages_burst",
        "rooms_burst",
        "events_per_second",
        "events_burst",
        "file_max_mb",
        "files_person_mb",
        "files_house_mb",
        "files_burst",
    ),
    "The model": (
        "model_path",
        "mmproj_path",
        "models_dir",
        "models_loaded",
        "model_idle_minutes",
        "skip_model_loading",
        "n_ctx",
        "n_batch",
        "n_seq",
        "kv_disk_mb",
        "n_threads",
        "n_gpu_layers",
        "use_mmap",
        "use_mlock",
        "engine_memory_mb",
    ),
    "The hub": ("hub_enabled", "hub_url", "hub_token"),
    "What the house knows": (
        "document_max_mb",
        "documents_burst",
        "documents_at_once",
        "cite_extracts",
        "skip_embedding",
        "embedder",
        "embedder_companion",
        "reranker",
        "clip",
        "embedder_memory_mb",
        "embedder_idle_minutes",
        "caption_pictures",
        "index_uri",
    ),
    "Replies": (
        "answers_per_person",
        "answers_waiting",
        "tokens_a_day_person",
        "tokens_a_day_room",
        "reply_max_tokens",
        "reply_temperature",
        "reply_context_turns",
    ),
    "Logs": ("log_level", "log_format"),
}


def text() -> str:
    return "\n".join([HEAD, *(_section(title, names) for title, names in GROUPS.items())])


def _section(title: str, names: tuple[str, ...]) -> str:
    rows = "\n".join(_row(name, Settings.model_fields[name]) for name in names)
    return f"## {title}\n\n| name | default | what it does |\n|---|---|---|\n{rows}\n"


def _row(name: str, field: FieldInfo) -> str:
    preferred, *others = environment_names()[name]
    also = f" Also read: {', '.join(f'`{other}`' for other in others)}." if others else ""
    return f"| `{preferred}` | {_shown(field.default)} | {field.description}{also} |"


def _shown(default: Any) -> str:
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    if isinstance(value, bool):
        value = str(value).lower()
    # An empty default is told in the description.
    return f"`{value}`" if isinstance(value, (str, int, float)) and value != "" else _path_or_nothing(default)


def _path_or_nothing(default: Any) -> str:
    return f"`{default}`" if hasattr(default, "parts") else ""
