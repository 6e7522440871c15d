"""What the operator may set, and the one place that reads the environment.

Every knob is an environment variable `HEARTH_<NAME>` or a line of `.env` in the project's folder. This package knows
names, defaults and what is unusable; it opens no database, loads no model and imports nothing of the house but its
errors. `docs/settings.md` is written from the descriptions here. `house`, `model` and `knowing` hold a part each.
"""

from typing import Any, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator

from hearth_reflex.errors import SettingsError
from hearth_reflex.settings.house import PROJECT_DIR, SECRET_MIN_CHARS, any_case
from hearth_reflex.settings.knowing import KnowingSettings

__all__ = ["PROJECT_DIR", "SECRET_MIN_CHARS", "Settings", "environment_names", "load_settings"]


class Settings(KnowingSettings):
    """All settings, checked. Raises pydantic's ValidationError; `load_settings` puts that into plain words."""

    # Replies
    answers_per_person: int = Field(
        default=3, ge=1, le=100, description="Answers that one person may have on their way, waiting ones counted."
    )
    answers_waiting: int = Field(
        default=32, ge=1, le=1000, description="Answers that may wait in line, of all people together."
    )
    tokens_a_day_person: int = Field(
        default=0, ge=0, le=10**9, description="Tokens, read and written, a day and person. 0: no limit."
    )
    tokens_a_day_room: int = Field(default=0, ge=0, le=10**9, description="The same for a room. 0: no limit.")
    reply_max_tokens: int = Field(default=512, ge=1, le=8192, description="Longest answer, in tokens.")
    reply_temperature: float = Field(
        default=0.7, ge=0, le=2, description="0 always takes the likeliest word; higher is freer."
    )
    reply_context_turns: int = Field(
        default=40,
        ge=10,
        le=500,
        description="Most turns of the talk that a prompt holds; the token budget may allow fewer.",
    )

    # Logs
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least serious event that is written."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="`console` for people, `json` for machines: one object a line."
    )

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _any_log_case(cls, word: object) -> object:
        return any_case(word)


def load_settings(**given: Any) -> Settings:
    """The settings of this process; `given` wins over the environment. SettingsError has words for the operator."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("\n".join(_in_words(error))) from error


def environment_names() -> dict[str, tuple[str, ...]]:
    """Field name to the environment variables that set it, the preferred one first."""
    return {name: _names_of(name, field.validation_alias) for name, field in Settings.model_fields.items()}


def _names_of(name: str, alias: object) -> tuple[str, ...]:
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (f"HEARTH_{name.upper()}",)


def _in_words(error: ValidationError) -> list[str]:
    # A default that leans on a bad value is not a mistake of its own.
    own = [problem for problem in error.errors() if problem["type"] != "default_factory_not_called"]
    return [_sentence(problem["loc"], problem["msg"].removeprefix("Value error, ")) for problem in own]


def _sentence(place: tuple[int | str, ...], words: str) -> str:
    if not place:
        return words
    name = str(place[0])
    # An aliased field is reported by the variable's name, any other by the field's.
    return f"{environment_names().get(name, (name,))[0]}: {words}"
