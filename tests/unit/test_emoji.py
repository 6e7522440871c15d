"""One emoji, and nothing else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.emoji import QUICK, one_emoji
from hearth_reflex.errors import InputError


@pytest.mark.parametrize("emoji", [*QUICK, "👍🏽", "👨‍👩‍👧‍👦", "🇰🇷", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "©️"])
def test_an_emoji_is_itself(emoji: str) -> None:
    assert one_emoji(emoji) == emoji


@pytest.mark.parametrize(("typed", "kept"), [("❤", "❤️"), ("👍️", "👍"), ("☕️", "☕")])
def test_one_emoji_has_one_form(typed: str, kept: str) -> None:
    assert one_emoji(typed) == kept


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "a",
        "1",
        "👍👍",
        "👍 ",
        "🏽",
        "🇰",
        "\u200d",
        "\ufe0f",
        ":+1:",
        "<b>",
        "javascript:alert(1)",
        "👍" * 5000,
    ],
)
def test_nothing_else_is_one(raw: str) -> None:
    with pytest.raises(InputError) as refusal:
        one_emoji(raw)
    assert refusal.value.code == "reaction_emoji"


@given(st.text(max_size=12))
def test_any_text_is_looked_at(raw: str) -> None:
    with suppress(InputError):
        assert one_emoji(one_emoji(raw)) == one_emoji(raw)
