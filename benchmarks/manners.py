"""Whether the AI knows when it is meant: a labelled set of talks, each line decided through the service over a real
database, as `Messages.send` has it decided, in the temper "when asked".

The last line printed is one JSON object. docs/benchmarks.md says how to read it, and what a line of a set holds.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.manners_talks import Line, Talk, halves, read_talks
from benchmarks.report import percentile
from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import Generation, GenerationStatus
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Member, Room, RoomKind, Temper
from hearth_reflex.db.tables import METADATA
from hearth_reflex.db.user import User
from hearth_reflex.domain.manners import who_answers
from hearth_reflex.domain.text import name_key
from hearth_reflex.domain.turns import Circle, Said, Turn
from hearth_reflex.logs import configure_logs
from hearth_reflex.services.calls import keep_calls
from hearth_reflex.services.manners import Manners
from hearth_reflex.services.personas import Seated, speaker_of

OWN_SET = Path(__file__).resolve().parent.parent / "tests" / "manners_set.jsonl"


@dataclass(slots=True)
class Score:
    """How often it answered rightly, and how long it took to know (milliseconds)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    to_another: int = 0
    lines: int = 0
    cpu_ms: list[float] = field(default_factory=list[float])
    service_ms: list[float] = field(default_factory=list[float])
    rules_ms: list[float] = field(default_factory=list[float])
    faults: list[str] = field(default_factory=list[str])

    def count(self, line: Line, *, answers: bool) -> None:
        should = line.should_answer is True
        self.lines += 1
        self.right += answers and should
        self.wrong += answers and not should
        self.missed += should and not answers
        self.to_another += answers and line.to_another
        if answers != should:
            self.faults.append(f"{'answered' if answers else 'missed'} {line.id} {line.speaker}: {line.text}")

    def figures(self) -> dict[str, float]:
        return {
            "precision": round(self.right / max(1, self.right + self.wrong), 3),
            "recall": round(self.right / max(1, self.right + self.missed), 3),
            "wrong_addressee": self.to_another,
            "decision_p95_ms": round(percentile(self.service_ms, 95), 2),
            "decision_p50_ms": round(percentile(self.service_ms, 50), 2),
            "decision_cpu_p95_ms": round(percentile(self.cpu_ms, 95), 2),
            "decision_worst_ms": round(max(self.service_ms), 2),
            "rules_p95_ms": round(percentile(self.rules_ms, 95), 3),
            "lines": self.lines,
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, default=OWN_SET, help="JSON lines; without it the project's own set")
    parser.add_argument("--half", choices=["tuning", "unseen"], help="every other room of the set")
    given = parser.parse_args()
    talks = read_talks(given.set)
    score = asyncio.run(measure(halves(talks)[given.half] if given.half else talks))
    for fault in score.faults:
        print(fault)
    print(json.dumps(score.figures()))
    return 0


async def measure(talks: list[Talk]) -> Score:
    """Lets every talk take place anew, and notes what would have been answered."""
    score = Score()
    with tempfile.TemporaryDirectory(prefix="hearth-manners-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'hearth.db'}")
        async with database.engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
        for number, talk in enumerate(talks):
            await _Stage(database, talk, number).play(score)
        await database.close()
    return score


class _Stage:
    """One talk in a room of its own."""

    def __init__(self, database: Database, talk: Talk, number: int) -> None:
        self._db, self._talk, self._number = database, talk, number
        self._manners = Manners(database=database)
        self._turns: list[Turn] = []
        self._people, self._messages = dict[str, User](), dict[str, Message]()
        self._seated: list[Seated] = []

    async def play(self, score: Score) -> None:
        async with self._db.write() as db:
            self._room = Room(name_ko="방", name_en="Room", kind=RoomKind.OPEN.value, temper=Temper.ASKED.value)
            db.add(self._room)
            personas = [Persona(name_ko=ko, name_en=en, instructions="") for ko, en in self._talk.personas]
            db.add_all(personas)
            for name in self._talk.people():
                # In one database the names of people are single; each talk has its own.
                key = f"{name_key(name)}\0{self._number}" if self._number else name_key(name)
                self._people[name] = User(name=name, name_key=key[:80])
            db.add_all(self._people.values())
            await db.flush()
            db.add_all(Member(room_id=self._room.id or 0, user_id=user.id or 0) for user in self._people.values())
        self._seated = [Seated(persona, speaker_of(persona)) for persona in personas]
        for seq, line in enumerate(self._talk.lines, 1):
            message = await self._say(line, seq)
            if line.should_answer is not None:
                await self._decide(line, message, score)
            self._turns.append(self._turn(line))

    async def _decide(self, line: Line, message: Message, score: Score) -> None:
        begun, worked = time.perf_counter(), time.process_time()
        turns = await self._manners.decide(self._room, message, self._seated)
        score.service_ms.append((time.perf_counter() - begun) * 1000)
        score.cpu_ms.append((time.process_time() - worked) * 1000)
        begun = time.perf_counter()
        circle = Circle([each.speaker for each in self._seated], frozenset(self._talk.people()))
        who_answers(Said(line.speaker, line.text, self._replied(line)), self._turns[-8:], circle)
        score.rules_ms.append((time.perf_counter() - begun) * 1000)
        score.count(line, answers=bool(turns))

    async def _say(self, line: Line, seq: int) -> Message:
        answered = self._messages.get(line.reply_to)
        message = Message(
            room_id=self._room.id or 0,
            seq=seq,
            rev=seq,
            author_name=line.speaker[:40],
            text=line.text,
            author_user_id=None if line.persona is not None else self._people[line.speaker].id,
            author_persona_id=None if line.persona is None else self._seated[line.persona].persona.id,
            reply_to_id=answered.id if answered else None,
        )
        async with self._db.write() as db:
            db.add(message)
            await db.flush()
            if line.persona is not None:
                asker = self._people.get(line.asker)
                run = Generation(
                    message_id=message.id or 0,
                    asker_user_id=asker.id if asker else None,
                    status=GenerationStatus.DONE.value,
                )
                db.add(run)
            else:
                await keep_calls(db, message)
        self._messages[line.id] = message
        return message

    def _turn(self, line: Line) -> Turn:
        if line.persona is not None:
            return Turn(line.speaker, line.text, persona=self._seated[line.persona].speaker.uuid, to=line.asker)
        answered = self._replied(line)
        return Turn(line.speaker, line.text, to="" if answered is None or answered.persona else answered.speaker)

    def _replied(self, line: Line) -> Turn | None:
        answered = next((old for old in self._talk.lines if old.id == line.reply_to), None)
        return self._turn(answered) if answered and line.reply_to else None


if __name__ == "__main__":
    configure_logs(level=os.environ.get("HEARTH_LOG_LEVEL", "warning"), for_people=True)
    raise SystemExit(main())
