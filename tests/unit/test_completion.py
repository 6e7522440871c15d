"""What the composer completes, and how a name is found by a few letters: asked in Node, as the browser does it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BROWSER = Path(__file__).parents[2] / "assets/hearth"
PROGRAM = """
const hangul = await import({hangul});
const completion = await import({completion});
const calls = {calls};
const rankedNames = (query, names) => hangul.ranked(query, names, (name) => [name]);
const functions = {{ ...hangul, ...completion, ranked: rankedNames }};
console.log(JSON.stringify(calls.map(([name, ...given]) => functions[name](...given) ?? null)));
"""


def ask(*calls: tuple[Any, ...]) -> list[Any]:
    node = Path(sys.executable).parent / "node"
    modules = {name: json.dumps((BROWSER / f"{name}.js").as_uri()) for name in ("hangul", "completion")}
    program = PROGRAM.format(calls=json.dumps(calls), **modules)
    command = [str(node), "--input-type=module", "-e", program]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_names_are_found_by_first_consonants_parts_and_half_syllables() -> None:
    names = ["미나", "진우", "엄마", "Jun Park", "이진"]
    asked = ["ㅁㄴ", "ㅈ", "지", "마", "park", "jp", "ㅇㅁ", "", "없음"]
    found = ask(*(("ranked", query, names) for query in asked))
    assert found == [
        ["미나"],
        ["진우", "이진"],
        ["진우", "이진"],
        ["엄마"],
        ["Jun Park"],
        [],
        ["엄마"],
        names,
        [],
    ]


def test_letters_in_parts_find_whole_ones() -> None:
    assert ask(("place", "미나", "미나리"), ("place", "미 나", "우리미나")) == [0, 2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@", {"mark": "@", "query": "", "from": 0}),
        ("안녕 @미", {"mark": "@", "query": "미", "from": 3}),
        ("(@ㅁ", {"mark": "@", "query": "ㅁ", "from": 1}),
        ("a@b", None),
        ("@미나 ", None),
        ("우리가 #1", None),
        ("#거", {"mark": "#", "query": "거", "from": 0}),
        (":s", None),
        (":sm", {"mark": ":", "query": "sm", "from": 0}),
        (":하트", {"mark": ":", "query": "하트", "from": 0}),
        ("10:30", None),
        (":-)", None),
        ("/", {"mark": "/", "query": "", "from": 0}),
        ("/qu", {"mark": "/", "query": "qu", "from": 0}),
        ("a /qu", None),
        ("/usr/bin", None),
        ("`@미", None),
        ("```\n@미", None),
        ("```\na\n```\n@미", {"mark": "@", "query": "미", "from": 10}),
    ],
)
def test_what_is_being_written(text: str, found: dict[str, Any] | None) -> None:
    assert ask(("wanted", text, len(text))) == [found]


def test_a_completion_takes_the_place_of_what_was_written_and_leaves_the_rest() -> None:
    text = "안녕 @ㅁ 잘 지내?"
    (done,) = ask(("completed", text, 5, {"from": 3}, "@미나"))
    assert done == {"text": "안녕 @미나 잘 지내?", "caret": 7}


def test_a_command_and_what_is_none() -> None:
    told = ask(("command", "/quiet 1h"), ("command", "/HELP"), ("command", "//no"), ("command", "no /help"))
    assert told == [{"name": "quiet", "rest": "1h"}, {"name": "help", "rest": ""}, None, None]


def test_a_second_slash_says_what_would_be_a_command() -> None:
    told = ask(("spoken", "//sing a song"), ("spoken", "//host/path"), ("spoken", "// a remark"), ("spoken", "no"))
    assert told == ["/sing a song", "//host/path", "// a remark", "no"]
