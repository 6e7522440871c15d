"""The fire of a room is a pure function of what goes on in it: asked in Node, where it runs as in the browser."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

RUNNER = Path(__file__).with_name("flame_runner.mjs")
NOW = 1_800_000_000_000
MINUTE = 60_000


def ask(*rooms: dict[str, Any], texts: list[str] | None = None) -> dict[str, Any]:
    node = Path(sys.executable).parent / "node"
    given = json.dumps({"rooms": rooms, "texts": texts or []})
    done = subprocess.run([str(node), str(RUNNER)], input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def room(*, here: int = 3, said: Sequence[tuple[float, str]] = (), **changes: Any) -> dict[str, Any]:
    """A room by day; `said` holds (minutes ago, text)."""
    heard = [{"at": NOW - ago * MINUTE, "text": text} for ago, text in said]
    return {"here": here, "said": heard, "joinedAt": 0, "thinking": False, "now": NOW, "hour": 14, **changes}


def flames(*rooms: dict[str, Any]) -> list[dict[str, Any]]:
    return ask(*rooms)["flames"]


def test_five_rooms_five_fires() -> None:
    empty, silent, quiet, busy, thinking = flames(
        room(here=0, said=[(1, "안녕")]),
        room(said=[(20, "잘 자요")]),
        room(here=1, said=[(6, "여기 앉을게요")]),
        room(here=5, said=[(minute / 4, "ㅋㅋㅋ 너무 좋아") for minute in range(12)]),
        room(said=[(1, "@불씨야")], thinking=True),
    )
    assert [fire["state"] for fire in (empty, silent, quiet, busy, thinking)] == [
        "embers",
        "embers",
        "calm",
        "lively",
        "thinking",
    ]
    assert empty["height"] == silent["height"] < quiet["height"] < busy["height"] <= 1
    assert empty["seconds"] > quiet["seconds"] > busy["seconds"] > 0


def test_it_is_the_same_for_the_same_room() -> None:
    same = room(here=4, said=[(1, "hello"), (2, "고마워요")])
    one, other = flames(same, same)
    assert one == other


def test_more_people_a_quicker_talk_and_warmer_words_make_it_higher() -> None:
    alone, together, quick, warm, cold = flames(
        room(here=1, said=[(3, "네")]),
        room(here=6, said=[(3, "네")]),
        room(here=1, said=[(0.2 * n, "네") for n in range(8)]),
        room(here=1, said=[(3, "고마워요, 정말 좋아요")]),
        room(here=1, said=[(3, "짜증 나고 화나")]),
    )
    assert together["height"] > alone["height"]
    assert quick["height"] > alone["height"]
    assert warm["height"] > alone["height"] > cold["height"]


def test_silence_leaves_embers_and_a_word_wakes_them() -> None:
    before, after, woken = flames(
        room(said=[(14.9, "음")]), room(said=[(15.1, "음")]), room(said=[(15.1, "음"), (0, "다시 왔어요")])
    )
    assert before["state"] != "embers"
    assert after["state"] == "embers"
    assert woken["state"] != "embers"


def test_it_glows_more_by_night_and_burns_no_higher() -> None:
    day, night = flames(room(said=[(1, "네")], hour=14), room(said=[(1, "네")], hour=22))
    assert night["glow"] > day["glow"]
    assert night["height"] == day["height"]


def test_who_sits_down_puts_a_log_on() -> None:
    none, fresh, burnt = flames(room(), room(joinedAt=NOW - 1000), room(joinedAt=NOW - 10_000))
    assert [none["log"], fresh["log"], burnt["log"]] == [False, True, False]


def test_all_values_stay_in_bounds() -> None:
    crowd = room(here=5000, said=[(0, "사랑 love ❤ 고마워")] * 200)
    cold = room(here=1, said=[(0, "hate 최악 짜증")] * 200)
    for fire in flames(crowd, cold):
        assert 0 < fire["height"] <= 1
        assert 0 < fire["glow"] <= 1
        assert 0.9 <= fire["seconds"] <= 2.4


def test_words_are_warm_or_cold_in_both_languages_also_when_pasted_in_parts() -> None:
    texts = [
        "고마워요",
        "thank you!",
        "최악이야",
        "I hate this",
        "오늘 비가 와요",
        normalize("NFD", "고마워요"),
        "좋지만 싫어",
    ]
    assert ask(texts=texts)["warmths"] == [1, 1, -1, -1, 0, 1, 0]
