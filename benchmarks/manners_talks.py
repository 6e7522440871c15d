"""Labelled talks: how a set is read. JSON lines in, talks out; knows no rule of manners.

A line holds `id`, `room`, `speaker`, `text`, perhaps `reply_to` (an `id` of the same room) and `should_answer`. Lines
of an AI are not judged: their speaker is called as one of AI_NAMES, or has `"is_ai": true`, or is named in a line
`{"personas": [...]}`, for one `room` or for all. `to_another` marks a line for another person; where a set has no such
key, lines that call a person with an @ or by name, or answer a person's message, and are not to be answered, count so.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOUSE = ("불씨", "Ember")  # by convention: both are names of one persona
AI_NAMES = {
    "불씨",
    "ember",
    "엠버",
    "ai",
    "assistant",
    "bot",
    "hearth",
}  # whoever speaks under one of these is that one
ALL_ROOMS = "*"


@dataclass(slots=True)
class Line:
    """One line of a talk.

    Attributes:
        persona: the number of the AI that said it; None for a person.
        asker: of an AI's line: whom it answers.
        should_answer: None for what is not judged.
    """

    id: str
    speaker: str
    text: str
    reply_to: str = ""
    should_answer: bool | None = None
    to_another: bool = False
    persona: int | None = None
    asker: str = ""


@dataclass(slots=True)
class Talk:
    """What was said in one room, in order. `personas` holds the Korean and the English name of each AI."""

    room: str
    personas: list[tuple[str, str]]
    lines: list[Line] = field(default_factory=list[Line])

    def people(self) -> list[str]:
        return list(dict.fromkeys(line.speaker for line in self.lines if line.persona is None))


def read_talks(file: Path) -> list[Talk]:
    """All talks of a set, by room, in the order in which rooms appear."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    named = _named(rows)
    rooms: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if "text" in row:
            rooms.setdefault(str(row.get("room", "")), []).append(row)
    return [_talk(room, lines, named.get(room) or named.get(ALL_ROOMS) or []) for room, lines in rooms.items()]


def halves(talks: list[Talk]) -> dict[str, list[Talk]]:
    """Every other room: what rules are made by, and what they have not seen."""
    return {"tuning": talks[::2], "unseen": talks[1::2]}


def _named(rows: list[dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        names = row.get("personas") or ([row["persona"]] if isinstance(row.get("persona"), str) else [])
        for name in names if isinstance(names, list) else [names]:
            known = found.setdefault(str(row.get("room") or ALL_ROOMS), [])
            pair = _pair(str(name.get("name", "")) if isinstance(name, dict) else str(name))
            if pair not in known:
                known.append(pair)
    return found


def _pair(name: str) -> tuple[str, str]:
    return HOUSE if _is_house(name) else (name, name)


def _is_house(speaker: str) -> bool:
    return re.sub(r"\s*\(.*\)$", "", speaker).strip().casefold() in AI_NAMES


def _talk(room: str, rows: list[dict[str, Any]], named: list[tuple[str, str]]) -> Talk:
    personas = list(named)
    for row in rows:
        speaker = str(row["speaker"])
        if row.get("is_ai") or _is_house(speaker):
            pair = _pair(speaker)
            personas += [] if pair in personas else [pair]
    talk = Talk(room, personas or [HOUSE])
    for number, row in enumerate(rows):
        talk.lines.append(_line(row, number, talk))
    _assume_answers(talk)
    _assume_answered(talk)
    _mark_askers(talk)
    _mark_others(talk, labelled=any("to_another" in row or "addressee" in row for row in rows))
    return talk


def _line(row: dict[str, Any], number: int, talk: Talk) -> Line:
    speaker = str(row["speaker"])
    pair = _pair(speaker)
    persona = next((at for at, names in enumerate(talk.personas) if speaker in names or pair == names), None)
    answered, label = row.get("reply_to"), row.get("should_answer")
    return Line(
        id=str(row.get("id", number)),
        speaker=speaker,
        text=str(row["text"]),
        reply_to="" if answered is None else str(answered),
        should_answer=bool(label) if label is not None and persona is None else None,
        to_another=bool(row.get("to_another", False)),
        persona=persona,
    )


def _assume_answers(talk: Talk) -> None:
    """A set may hold what people say alone. Then whatever should be answered was answered, in words we do not know."""
    if any(line.persona is not None for line in talk.lines):
        return
    lines: list[Line] = []
    for line in talk.lines:
        lines.append(line)
        if line.should_answer:
            answer = Line(f"{line.id}:answer", talk.personas[0][1], "…", persona=0, reply_to=line.id)
            lines.append(answer)
    talk.lines = lines


def _assume_answered(talk: Talk) -> None:
    """What is replied to and stands nowhere was said by the AI: of people the set has every line."""
    known = {line.id for line in talk.lines}
    lines: list[Line] = []
    for line in talk.lines:
        if line.reply_to and line.reply_to not in known:
            known.add(line.reply_to)
            lines.append(Line(line.reply_to, talk.personas[0][1], "…", persona=0))
        lines.append(line)
    talk.lines = lines


def _mark_askers(talk: Talk) -> None:
    """Whom each line of an AI answers: whose message it replies to, else who spoke last of those it should answer."""
    by_id = {line.id: line for line in talk.lines}
    last = asked = ""
    for line in talk.lines:
        if line.persona is None:
            last = line.speaker
            asked = line.speaker if line.should_answer else asked
            continue
        replied = by_id.get(line.reply_to)
        line.asker = replied.speaker if replied and replied.persona is None else asked or last
        asked = ""


def _mark_others(talk: Talk, *, labelled: bool) -> None:
    if labelled:
        return
    by_id = {line.id: line for line in talk.lines}
    for line in talk.lines:
        replied = by_id.get(line.reply_to)
        to_person = replied is not None and replied.persona is None and replied.speaker != line.speaker
        named = any(_begins_with(line.text, name) for name in talk.people() if name != line.speaker)
        line.to_another = line.should_answer is False and (to_person or named)


def _begins_with(text: str, name: str) -> bool:
    return re.match(rf"@?{re.escape(name)}(?:이?[아야]|\s?[님씨])?(?:[\s,!:]|$)", text, re.IGNORECASE) is not None
