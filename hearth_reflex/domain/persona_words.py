"""What a persona is made of, checked: names, words about it, what it is told, how it speaks, how its answers are drawn.

Values in, values out. Whether a name is free is not known here.
"""

from collections.abc import Mapping
from typing import Any

from hearth_reflex.domain.ai_config import read_config
from hearth_reflex.domain.refs import parse_ref
from hearth_reflex.domain.text import clean_message, clean_name
from hearth_reflex.errors import InputError

NAME_MAX = 40
NAMES = ("name_ko", "name_en")
LIMITS = {"about": 300, "instructions": 20_000, "greeting": 2_000, "voice": 200}
_ONE_LINE = ("about", "voice")


def clean_words(given: Mapping[str, str]) -> dict[str, str]:
    """Some of a persona's fields as they are kept; nothing is added.

    Raises:
        InputError: with the field: `name_empty`, `name_long`, `name_characters`; `persona_long`, more than the field
            takes; a character that no message may have.
    """
    return {field: clean_field(field, raw) for field, raw in given.items()}


def clean_field(field: str, raw: str) -> str:
    """One of them. Raises as `clean_words`."""
    try:
        if field in NAMES:
            return clean_name(raw, limit=NAME_MAX)
        text = clean_message(
            " ".join(raw.split()) if field in _ONE_LINE else raw, limit=LIMITS[field], may_be_empty=True
        )
    except InputError as error:
        if error.code == "message_long":
            raise InputError("persona_long", field=field, limit=LIMITS[field]) from None
        raise InputError(error.code, field=field, **error.params) from None
    return text


def plain_instructions(name: str) -> str:
    """What a persona is told of which nothing else is known."""
    return f"You are {name}. Answer whoever spoke last, in their language."


def clean_persona_config(raw: Mapping[str, Any]) -> dict[str, Any]:
    """How its answers are drawn, as it is kept.

    Raises:
        InputError: `ai_setting`; `model_ref`; `persona_outside`: where a room's words go is chosen for the room alone.
    """
    config = read_config(raw)
    if config.system_prompt:
        raise InputError("ai_setting", field="system_prompt")  # its instructions are that
    if parse_ref(config.model).kind == "remote":
        raise InputError("persona_outside", field="model")
    return config.as_json()
