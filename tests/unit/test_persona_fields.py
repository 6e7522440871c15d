"""What the form of a persona sends of what is written in it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hearth_reflex.domain.ai_config import kept_config, read_config

RUNNER = Path(__file__).with_name("persona_runner.mjs")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    node = [str(Path(sys.executable).parent / "node"), str(RUNNER)]
    return json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)


def test_all_boxes_begin_empty(told: dict[str, Any]) -> None:
    assert set(told["empty"].values()) == {""}


def test_what_is_kept_stands_in_the_boxes_a_zero_too(told: dict[str, Any]) -> None:
    assert (told["written"]["temperature"], told["written"]["max_tokens"], told["written"]["top_p"]) == ("0", "64", "")


def test_what_was_not_touched_stays_what_has_no_box_too(told: dict[str, Any]) -> None:
    config = told["unchanged"]["config"]
    assert read_config(config) == kept_config(
        {"temperature": 0, "max_tokens": 64, "context_turns": 8, "do_sample": False}
    )
    assert (told["unchanged"]["name_ko"], told["unchanged"]["voice"]) == ("달지기", "짧게")


def test_an_emptied_number_is_the_houses_again(told: dict[str, Any]) -> None:
    config = read_config(told["given_back"])
    assert (config.temperature, config.max_tokens, config.context_turns) == (None, None, 8)


def test_numbers_are_sent_as_numbers(told: dict[str, Any]) -> None:
    config = read_config(told["drawn"])
    assert (config.temperature, config.top_p, config.model) == (0.7, 0.9, "local:m1")


def test_one_name_is_enough(told: dict[str, Any]) -> None:
    assert told["one_name"] == [["달", "달"], ["달", "달"]]
    assert told["blank_name"] == "Moon"
