"""Character cards of other programs (Tavern V1 and V2) and what becomes of them here. Values in, values out.

A card is data: its words are kept as plain text, of the macros only the names of the two who talk are filled in, and
what else a card may carry (lore books, scripts of extensions) is left behind.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

from hearth_reflex.domain.ai_config import kept_config
from hearth_reflex.domain.persona_words import LIMITS, NAME_MAX
from hearth_reflex.domain.text import without_controls
from hearth_reflex.errors import InputError

SPEC = "chara_card_v2"
MOST_BYTES = 2_000_000  # of JSON: what is read of it takes many times as much memory
_TEXT_MOST = 200_000  # characters that are looked at of one field: no field here keeps a tenth of them
_OURS = "hearth"  # below `extensions`: what Tavern has no field for
# Who the persona talks with is a circle of people, not one user: a card's "{{user}}" is whoever is there.
_SOMEBODY = {"ko": "손님", "en": "the guest"}
_CHAR = re.compile(r"\{\{char\}\}|<bot>|<char>", re.IGNORECASE)
_USER = re.compile(r"\{\{user\}\}|<user>", re.IGNORECASE)
_ORIGINAL = re.compile(r"\{\{original\}\}", re.IGNORECASE)
_START = re.compile(r"<start>", re.IGNORECASE)
_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says of a persona. Names are as they were written: whether they can be had is not known here."""

    name_ko: str
    name_en: str
    about: str = ""
    instructions: str = field(default="", repr=False)
    greeting: str = field(default="", repr=False)
    voice: str = ""
    config: dict[str, Any] = field(default_factory=dict[str, Any])


def read_card(raw: bytes, *, name: str = "") -> Card:
    """A card from its JSON.

    Args:
        name: what it is to be called here, in place of the card's own name.

    Raises:
        InputError: `card_unreadable`, no card; `card_nameless`; `name_long`; `card_large`; `persona_long`.
    """
    if len(raw) > MOST_BYTES:
        raise InputError("card_large", field="file", limit=MOST_BYTES // 1_000_000)
    data = _data(_parsed(raw))
    ours = _table(_table(data, "extensions"), _OURS)
    called = name.strip() or _line(data, "name")
    name_ko, name_en = (name.strip() or _line(ours, key) or called for key in ("name_ko", "name_en"))
    if not called and not (name_ko and name_en):
        raise InputError("card_nameless", field="name")
    for key, given in (("name_ko", name_ko), ("name_en", name_en)):
        if len(given) > NAME_MAX * 4:  # before it is filled in, perhaps once for every eight letters of the card
            raise InputError("name_long", field=key, limit=NAME_MAX)
    fill = _filler(data, name_ko=name_ko, name_en=name_en)
    return Card(
        name_ko=name_ko,
        name_en=name_en,
        about=_shortened(" ".join(fill(_text(data, "creator_notes")).split()), LIMITS["about"]),
        instructions=_instructions(data, fill),
        greeting=_shortened(fill(_text(data, "first_mes")), LIMITS["greeting"]),
        voice=_shortened(_line(ours, "voice"), LIMITS["voice"]),
        config=_settings(_table(ours, "config")),
    )


def write_card(card: Card) -> dict[str, Any]:
    """The V2 card that `read_card` makes the same persona of."""
    ours = {"name_ko": card.name_ko, "name_en": card.name_en, "voice": card.voice, "config": card.config}
    data: dict[str, Any] = {
        "name": card.name_en,
        "description": card.instructions,
        "first_mes": card.greeting,
        "creator_notes": card.about,
        "extensions": {_OURS: ours},
        "tags": [],
        "alternate_greetings": [],
    }
    empty = ("personality", "scenario", "mes_example", "system_prompt", "post_history_instructions", "creator")
    return {
        "spec": SPEC,
        "spec_version": "2.0",
        "data": data | dict.fromkeys((*empty, "character_version"), ""),
    }


def _parsed(raw: bytes) -> object:
    try:
        # Numbers are of no use here, and a million digits would take a while to read.
        return json.loads(raw.decode("utf-8-sig"), parse_int=_small, parse_constant=_unreadable)
    except (ValueError, RecursionError):
        _unreadable()


def _small(digits: str) -> int:
    return int(digits) if len(digits) < 20 else 0


def _unreadable(_: str = "") -> NoReturn:
    raise InputError("card_unreadable", field="file")


def _data(card: object) -> dict[str, Any]:
    """Where the fields stand: V1 has them at the top, V2 (and what came after) below `data`."""
    if not isinstance(card, dict):
        _unreadable()
    top = cast("dict[str, Any]", card)
    data = _table(top, "data") if "spec" in top else top
    if not any(isinstance(data.get(key), str) for key in ("name", "description", "first_mes")):
        _unreadable()
    return data


def _instructions(data: Mapping[str, Any], fill: Callable[[str], str]) -> str:
    """One text of what Tavern keeps in several fields. Examples are left out where they do not fit.

    Raises InputError `persona_long`.
    """
    named = (("", "system_prompt"), ("", "description"), ("Personality", "personality"), ("Scenario", "scenario"))
    named = (*named, ("", "post_history_instructions"))
    parts = [f"{head}: {text}" if head else text for head, key in named if (text := fill(_text(data, key)))]
    examples = _START.sub("---", fill(_text(data, "mes_example")))
    whole = "\n\n".join(parts)
    if len(whole) > LIMITS["instructions"]:
        raise InputError("persona_long", field="instructions", limit=LIMITS["instructions"])
    more = "\n\n".join([*parts, f"How it talks:\n{examples}"]) if examples else whole
    return more if len(more) <= LIMITS["instructions"] else whole


def _filler(data: Mapping[str, Any], *, name_ko: str, name_en: str) -> Callable[[str], str]:
    """Fills the names in. A card with Hangul in it speaks Korean."""
    said = " ".join(_text(data, key) for key in ("first_mes", "description"))
    korean = bool(_HANGUL.search(said))
    char, user = (name_ko, _SOMEBODY["ko"]) if korean else (name_en, _SOMEBODY["en"])

    def fill(text: str) -> str:
        text = _ORIGINAL.sub("", text)
        text = _CHAR.sub(lambda _: char, text)
        return _USER.sub(lambda _: user, text).strip()[:_TEXT_MOST]

    return fill


def _settings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a card of this house; a model is one of the house that wrote it, and stays there."""
    kept = kept_config(raw).as_json()
    return {name: value for name, value in kept.items() if name not in ("model", "system_prompt")}


def _table(of: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = of.get(key)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _text(of: Mapping[str, Any], key: str) -> str:
    found = of.get(key)
    text = found[:_TEXT_MOST].replace("\r\n", "\n").replace("\r", "\n") if isinstance(found, str) else ""
    return without_controls(text).strip()


def _line(of: Mapping[str, Any], key: str) -> str:
    return " ".join(_text(of, key).split())


def _shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut where a paragraph or a sentence ends if one does in the last half."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    ends = [cut.rfind(mark) + len(mark.rstrip()) for mark in ("\n", ". ", "! ", "? ", "다. ", "요. ")]
    end = max(ends)
    return cut[:end].rstrip() if end > limit // 2 else cut.rstrip()
