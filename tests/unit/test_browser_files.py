"""What the browser makes of an upload's end, of a file's name and of its size."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUNNER = Path(__file__).with_name("uploads_runner.mjs")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    node = [str(Path(sys.executable).parent / "node"), str(RUNNER)]
    return json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)


def test_a_file_that_was_taken_is_its_view(told: dict[str, Any]) -> None:
    assert told["outcomes"]["kept"] == {"view": {"id": "f1"}, "parts": [0.5]}


@pytest.mark.parametrize(
    ("how", "kind", "words", "wait"),
    [
        ("refused", "refused", "빈 파일이에요.", 0),
        ("busy", "busy", "잠시만요.", 7),
        ("fallen", "offline", "", 0),
        ("unreachable", "offline", "", 0),
        ("nonsense", "refused", "", 0),
        ("aborted", "aborted", "", 0),
    ],
)
def test_every_other_end_says_whether_to_try_again(
    told: dict[str, Any], how: str, kind: str, words: str, wait: int
) -> None:
    ended = told["outcomes"][how]
    assert (ended["kind"], ended["words"], ended["wait"]) == (kind, words, wait)


def test_a_request_names_room_and_file_and_the_readers_language(told: dict[str, Any]) -> None:
    assert told["asked"][0] == {
        "method": "POST",
        "path": "/api/rooms/room%201/files?name=cat.png",
        "language": "ko",
        "body": 10,
    }
    assert told["asked"][-1]["path"].endswith("?name=%20%EA%B0%80%20%23%3F%26.png")


def test_a_name_keeps_its_end(told: dict[str, Any]) -> None:
    for name, (head, tail) in told["names"]:
        assert head + tail == name
    long = dict(told["names"])["아주 길고 긴 파일 이름 그 두 번째 판.hwp"]
    assert long[1] == "그 두 번째 판.hwp"


def test_sizes_in_words(told: dict[str, Any]) -> None:
    assert [english for english, _ in told["sizes"]] == ["0 bytes", "1 byte", "999 bytes", "1 kB", "1.5 MB", "3.3 GB"]
    assert [korean for _, korean in told["sizes"]][2:] == ["999바이트", "1kB", "1.5MB", "3.3GB"]
