"""Who is told of what is said elsewhere: the stricter of the room's level and the person's own rule."""

import pytest

from hearth_reflex.domain.attention import Loudness, is_told, loudness

ALL, CALLS, NOTHING = Loudness.EVERYTHING, Loudness.CALLS, Loudness.NOTHING


@pytest.mark.parametrize(
    ("room_level", "own_rule", "expected"),
    [
        ("all", "all", ALL),
        ("all", "mentions", CALLS),
        ("mentions", "all", CALLS),
        ("mentions", "mentions", CALLS),
        ("none", "all", NOTHING),
        ("all", "none", NOTHING),
        ("mentions", "none", NOTHING),
        ("none", "mentions", NOTHING),
        ("of another house", "all", ALL),
    ],
)
def test_the_stricter_counts(room_level: str, own_rule: str, expected: Loudness) -> None:
    assert loudness(room_level=room_level, own_rule=own_rule, quiet=False) is expected
    assert loudness(room_level=room_level, own_rule=own_rule, quiet=True) is NOTHING


@pytest.mark.parametrize(
    ("loud", "called", "spoken"), [(ALL, True, True), (CALLS, True, False), (NOTHING, False, False)]
)
def test_what_reaches_them(loud: Loudness, called: bool, spoken: bool) -> None:
    assert is_told(loud, personal=True) is called
    assert is_told(loud, personal=False) is spoken
