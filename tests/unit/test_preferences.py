"""What a person has set: usable whatever stands in the row, refused when it is nonsense."""

from typing import Any

import pytest

from hearth_reflex.domain.device import device_of
from hearth_reflex.domain.preferences import Preferences, changed, chosen, preferences_of
from hearth_reflex.errors import InputError


def test_an_empty_row_is_the_defaults() -> None:
    assert preferences_of({}) == Preferences()


@pytest.mark.parametrize(
    "row",
    [
        {"theme": "neon"},
        {"sound": "yes"},
        {"quiet_from": 1440},
        {"quiet_from": -1},
        {"quiet_to": True},
        {"unheard_of": 1},
        {"locale": None},
        {"font_size": ["large"]},
    ],
)
def test_what_is_unknown_becomes_the_default_and_is_refused_when_set(row: dict[str, Any]) -> None:
    assert preferences_of(row) == Preferences()
    with pytest.raises(InputError) as refusal:
        changed({}, row)
    assert refusal.value.code == "preference"


def test_only_what_was_chosen_is_kept() -> None:
    kept = changed({"theme": "dark", "old": 1}, {"sound": True, "quiet_from": 1380})
    assert kept == {"theme": "dark", "sound": True, "quiet_from": 1380}
    assert chosen(kept) == kept
    assert preferences_of(kept) == Preferences(theme="dark", sound=True, quiet_from=1380)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605.1 Version/19.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox · Linux"),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_browser_is_known_by_a_few_words(agent: str | None, device: str) -> None:
    assert device_of(agent) == device
