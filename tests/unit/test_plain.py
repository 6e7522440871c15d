"""The words of a message without the marks of Markdown, as quotes, notes, pins and hits show them; in Node."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUNNER = Path(__file__).with_name("plain_runner.mjs")


def run(name: str, given: Any) -> Any:
    node = Path(sys.executable).parent / "node"
    asked = json.dumps([[name, given]])
    done = subprocess.run([str(node), str(RUNNER)], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)[0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**굵게**는 그대로", "굵게는 그대로"),
        ("*기울임*은 __둘__ ~~셋~~ `넷`", "기울임은 둘 셋 넷"),
        ("# 장보기\n- 우유\n- [x] 빵\n1. 하나", "장보기 우유 빵 하나"),
        ("> 옮긴 말\n대답", "옮긴 말 대답"),
        ("[여기](https://example.org/a_b_c) 봐요", "여기 봐요"),
        ("보세요 [여기](https://example.org/cut", "보세요 여기"),
        ("```python\nprint('a')\n```\n끝", "print('a') 끝"),
        ("앞\n---\n뒤", "앞 뒤"),
        ("| a | b |\n|:--|:-:|\n| 1 | 2 |", "a · b 1 · 2"),
        ("2 * 3 * 4 = 24, a*b*c, snake_case_name", "2 * 3 * 4 = 24, a*b*c, snake_case_name"),
        ("", ""),
    ],
)
def test_marks_go_and_words_stay(text: str, shown: str) -> None:
    assert run("plain", text) == shown


def test_where_there_is_room_lines_stay() -> None:
    assert run("plainLines", "# 장보기\n\n- 우유\n- **빵**  둘\n") == "장보기\n우유\n빵 둘"


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([["…그 ", 0], ["불씨", 1], ["는 **따뜻", 0], ["해", 1], ["요**", 0]],
         [["…그 ", 0], ["불씨", 1], ["는 따뜻", 0], ["해", 1], ["요", 0]]),
        ([["**", 0], ["굵게", 1], ["**는", 0]], [["굵게", 1], ["는", 0]]),
        ([["[장보기](https://example.org/", 0], ["장보기", 1], [")", 0]], [["장보기", 0]]),
        ([["제목\n- ", 0], ["우유", 1]], [["제목 ", 0], ["우유", 1]]),
        ([["\ue000가짜\ue001 ", 0], ["참", 1]], [["가짜 ", 0], ["참", 1]]),
    ],
)  # fmt: skip
def test_what_was_looked_for_stays_marked(parts: list[list[Any]], shown: list[list[Any]]) -> None:
    left = run("plainParts", [{"text": text, "hit": bool(hit)} for text, hit in parts])
    assert [[part["text"], int(part["hit"])] for part in left] == shown
