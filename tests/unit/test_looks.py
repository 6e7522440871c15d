"""Colours of personas: each has one that it likes, and no two of a room wear the same while there are enough."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.looks import LOOKS, look_among, look_of

STYLES = Path(__file__).resolve().parents[2] / "assets" / "hearth"
looks = st.integers(0, LOOKS - 1)

# WCAG AA for text of this size
LEAST_CONTRAST = 4.5


def tokens(theme: str) -> dict[str, str]:
    """The colours of one theme, by name."""
    css = (STYLES / "tokens.css").read_text(encoding="utf-8")
    (block,) = re.findall(rf"^{re.escape(theme)} \{{\n(.*?)^\}}", css, re.DOTALL | re.MULTILINE)
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@given(st.uuids())
def test_a_persona_always_likes_the_same_colour_and_never_the_houses_own(uuid: object) -> None:
    assert look_of(str(uuid)) == look_of(str(uuid).upper())
    assert 1 <= look_of(str(uuid)) < LOOKS
    assert look_of(str(uuid), is_default=True) == 0


@given(looks, st.sets(looks, max_size=LOOKS - 1))
def test_it_wears_what_nobody_beside_it_wears(favourite: int, taken: set[int]) -> None:
    worn = look_among(favourite, taken)
    assert worn not in taken
    assert worn == favourite or favourite in taken


def test_where_all_are_worn_it_is_the_favourite() -> None:
    assert look_among(5, range(LOOKS)) == 5


@pytest.mark.parametrize("theme", [":root,\n.light", ".dark"])
@pytest.mark.parametrize("look", range(LOOKS))
def test_every_colour_can_be_read_in_both_themes(theme: str, look: int) -> None:
    known = tokens(theme)
    accent, soft = known[f"look-{look}"], known[f"look-{look}-soft"]
    for ground in (known["bg"], known["surface"], soft):
        assert contrast(accent, ground) >= LEAST_CONTRAST
    for words in ("text", "muted", "link", "danger"):
        assert contrast(known[words], soft) >= LEAST_CONTRAST


@pytest.mark.parametrize("look", range(LOOKS))
def test_every_colour_has_a_class(look: int) -> None:
    css = (STYLES / "row.css").read_text(encoding="utf-8")
    assert f".look-{look} {{" in css
    assert f"var(--look-{look}-soft)" in css
