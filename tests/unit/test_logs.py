"""Log lines: what the AI does can be found by one word, on a terminal and in JSON."""

import json
from collections.abc import Iterator

import pytest
import structlog

from hearth_reflex.logs import configure_logs

TAGS = [
    ("info", "reply.asked", "AI_DEBUG"),
    ("debug", "llm.batch_written", "AI_DEBUG"),
    ("info", "reply.done", "AI_SUCCESS"),
    ("info", "engine.loaded", "AI_SUCCESS"),
    ("warning", "reply.failed", "AI_ERROR"),
    ("error", "engine.fell", "AI_ERROR"),
    ("info", "house.open", None),
    ("error", "door.broke", None),
    ("info", "replyish", None),
]


@pytest.fixture(autouse=True)
def structlog_as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def written(capsys: pytest.CaptureFixture[str], *, log_format: str, level: str, event: str) -> str:
    configure_logs(level="debug", for_people=log_format == "console")
    getattr(structlog.get_logger("x"), level)(event, figure=7)
    return capsys.readouterr().err


@pytest.mark.parametrize(("level", "event", "tag"), TAGS)
def test_json_has_a_tag_of_its_own(capsys: pytest.CaptureFixture[str], level: str, event: str, tag: str | None) -> None:
    line = json.loads(written(capsys, log_format="json", level=level, event=event))
    assert (line["event"], line.get("tag"), line["figure"]) == (event, tag, 7)


@pytest.mark.parametrize(("level", "event", "tag"), TAGS)
def test_a_terminal_shows_it_before_the_event(
    capsys: pytest.CaptureFixture[str], level: str, event: str, tag: str | None
) -> None:
    line = written(capsys, log_format="console", level=level, event=event)
    assert (f"[{tag}] {event}" in line) if tag else (event in line and "[AI_" not in line)
