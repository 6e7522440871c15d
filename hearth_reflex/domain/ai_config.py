"""What may be set of an answer, and whose word counts: the message's own settings, over the AI session's, over the
persona's, over the person's, over the house's. Values in, values out; knows no table and no model.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from hearth_reflex.domain.generation import Sampling
from hearth_reflex.errors import InputError

SYSTEM_PROMPT_MAX = 20_000  # characters
MODEL_MAX = 60


@dataclass(frozen=True, slots=True)
class AiConfig:
    """None and "" say nothing: the next one's word counts. `do_sample` False takes the likeliest token each time.

    Units: `max_tokens` tokens of the answer; `context_turns` messages of history.
    """

    model: str = ""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    system_prompt: str = ""
    context_turns: int | None = None
    do_sample: bool | None = None

    def over(self, other: "AiConfig") -> "AiConfig":
        """This one, with `other`'s word where it says nothing."""
        said = {name: value for name, value in asdict(self).items() if value is not None and value != ""}
        return replace(other, **said)

    def sampling(self, house: Sampling) -> Sampling:
        """How tokens are drawn: `house` with what is set here, clamped."""
        chosen = {
            name: value for name in ("temperature", "top_p", "max_tokens") if (value := getattr(self, name)) is not None
        }
        drawn = replace(house, **chosen)
        return (replace(drawn, temperature=0.0) if self.do_sample is False else drawn).clamped()

    def as_json(self) -> dict[str, Any]:
        """What is set, to be kept; the rest is left out."""
        return {name: value for name, value in asdict(self).items() if value is not None and value != ""}


_LIMITS: dict[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "top_p": (0.01, 1.0),
    "max_tokens": (1, 8192),
    "context_turns": (1, 500),
}
_WHOLE = ("max_tokens", "context_turns")
_NAMES = {field.name for field in fields(AiConfig)}


def read_config(raw: Mapping[str, Any]) -> AiConfig:
    """What a client set. None and "" take a setting back.

    Raises:
        InputError: `ai_setting` with the field, an unknown name or a value that is none.
    """
    for name, value in raw.items():
        if name not in _NAMES or not (value is None or value == "" or _is_good(name, value)):
            raise InputError("ai_setting", field=name[:40] if name.isprintable() else None)
    return AiConfig(**{name: value for name, value in raw.items() if value is not None and value != ""})


def kept_config(kept: Mapping[str, Any]) -> AiConfig:
    """What a row holds. A value that is not known (an older house, a card from elsewhere) says nothing."""
    return AiConfig(**{name: value for name, value in kept.items() if name in _NAMES and _is_good(name, value)})


def _is_good(name: str, value: Any) -> bool:
    if name == "do_sample":
        return isinstance(value, bool)
    if name == "model":
        return isinstance(value, str) and len(value) <= MODEL_MAX
    if name == "system_prompt":
        return isinstance(value, str) and len(value) <= SYSTEM_PROMPT_MAX
    if isinstance(value, bool) or not isinstance(value, int if name in _WHOLE else (int, float)):
        return False
    low, high = _LIMITS[name]
    return low <= value <= high
