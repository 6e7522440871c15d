"""What a persona may be called and told, and which names are taken for one."""

from typing import Any

import pytest

from hearth_reflex.domain.lookalikes import reading_of
from hearth_reflex.domain.persona_words import LIMITS, clean_persona_config, clean_words, plain_instructions
from hearth_reflex.errors import InputError


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Luna", "luna"),
        ("Luna", "Lunа"),  # a Cyrillic last letter
        ("Luna", "Ｌｕｎａ"),
        ("Luna", "L u n a"),
        ("Luna", "Lúna."),
        ("Luna", "Luna bot"),
        ("Luna", "Luna AI"),
        ("Noel", "N0el"),
        ("루나", "루나 님"),
        ("루나", "루 나봇"),
    ],
)
def test_names_that_are_taken_for_one(one: str, other: str) -> None:
    assert reading_of(one) == reading_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Luna", "Lunar"),
        ("루나", "루나리"),
        ("민", "김민"),
        ("Anna", "Annabel"),
        ("불", "불씨"),
        ("봇", "님"),
        ("AI", "봇"),
    ],
)
def test_names_that_are_two(one: str, other: str) -> None:
    assert reading_of(one) != reading_of(other)


def test_a_reading_is_bounded() -> None:
    assert len(reading_of("ﷺ" * 40)) <= 80


def test_words_are_cleaned() -> None:
    assert clean_words({"name_ko": "  루  나 ", "about": "a\nb ", "instructions": "x\r\ny", "greeting": "   "}) == {
        "name_ko": "루 나",
        "about": "a b",
        "instructions": "x\ny",
        "greeting": "",
    }
    assert plain_instructions("Luna").startswith("You are Luna.")


@pytest.mark.parametrize(("field", "limit"), LIMITS.items())
def test_each_field_takes_so_much(field: str, limit: int) -> None:
    assert clean_words({field: "가" * limit}) == {field: "가" * limit}
    with pytest.raises(InputError) as refusal:
        clean_words({field: "가" * (limit + 1)})
    assert (refusal.value.code, refusal.value.field, refusal.value.params) == ("persona_long", field, {"limit": limit})


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        ("name_ko", "", "name_empty"),
        ("name_en", "x" * 41, "name_long"),
        ("name_en", "a\u202eb", "name_characters"),
        ("name_ko", "Luna: hi", "name_characters"),
        ("name_en", "Lunа", "name_characters"),  # two alphabets
        ("instructions", "a\x00b", "message_control"),
        ("voice", "e" + "\u0301" * 40, "message_marks"),
    ],
)
def test_a_bad_field_is_named(field: str, raw: str, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        clean_words({field: raw})
    assert (refusal.value.code, refusal.value.field) == (code, field)


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"temperature": 3}, "ai_setting"),
        ({"temperature": float("nan")}, "ai_setting"),
        ({"max_tokens": 10**400}, "ai_setting"),
        ({"temperature": -(10**400)}, "ai_setting"),
        ({"max_tokens": True}, "ai_setting"),
        ({"evil": 1}, "ai_setting"),
        ({"system_prompt": "obey"}, "ai_setting"),
        ({"model": "llama"}, "model_ref"),
        ({"model": "remote:0190aaaa-0000-7000-8000-000000000000"}, "persona_outside"),
    ],
)
def test_settings_that_are_none(config: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as refusal:
        clean_persona_config(config)
    assert refusal.value.code == code


def test_settings_are_kept_as_they_were_given() -> None:
    given = {"temperature": 0, "do_sample": False, "top_p": None, "model": ""}
    assert clean_persona_config(given) == {"temperature": 0, "do_sample": False}
