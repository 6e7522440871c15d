"""How well answers stand on documents: which questions are answered, from which place, and which are refused.

    python -m benchmarks.citing

A talk of the house is given the documents of `tests/citing_set.jsonl`, cut, embedded and brought into the index as any
others, and each question of the set goes through the house's own `Sources`: once as it is answered beside a model too
small to read, by sentences that the house quotes, and once beside one that reads and says what the set has it say. The
limits that decide are swept as well, chosen on one half and judged on the other. The last line printed is one JSON
object; docs/benchmarks.md says what its figures are.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import select

from benchmarks.citing_limits import Judged, advice
from benchmarks.retrieval_house import Library, open_library
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.citing import UNSUPPORTED, Cited, cited
from hearth_reflex.domain.fusion import PADDING, selected
from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.queries import query_of
from hearth_reflex.services.passages import Passage, read_passages
from hearth_reflex.services.quoting import Quoting
from hearth_reflex.services.reach import reach_of_answer
from hearth_reflex.services.sourced import Given, Linked, Sourced, Way
from hearth_reflex.services.sources import PASSAGES
from hearth_reflex.services.two_legs import ranked
from tests.citing_set import HALVES, Asked, documents, questions

_SMALL = EngineHealth(status="unavailable")
_READS = EngineHealth(status="ready", model="a-7b", context_tokens=4096)
_STRANGE = " [9] [42]【77】"  # numbers that no passage has; a model says such things
_KINDS = (Kind.CHUNK, Kind.PICTURE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    Attributes:
        quoted: whether the house quoted anything; `right`, whether what answers was among it.
        plainly: whether the house said that nothing was found.
        given: whether a model that reads was given passages; `cites_right`, whether what was kept of its citation holds
            what answers.
        marked: whether what it said got its `[?]`.
        phantoms: numbers and quotations, of both ways, that stand for nothing that was found.
    """

    asked: Asked
    quoted: bool
    right: bool
    plainly: bool
    given: bool
    cites_right: bool
    marked: bool
    phantoms: int


class Hall:
    """The talk where everything is asked."""

    def __init__(self, library: Library, room: Room) -> None:
        self._library, self._house, self._room = library, library.house, room
        self._quoting = Quoting(library.embedder)
        self._texts = {told.name: told.text for told in documents()}
        self._seq = room.last_seq

    async def outcome(self, asked: Asked) -> Outcome:
        """One question, both ways."""
        answer = await self._say(asked.text)
        small = await self._gather(answer, _SMALL)
        text, kept = await self._house.sources.link(small.said, small)
        reads = await self._gather(answer, _READS)
        said, linked = await self._cite(asked, reads)
        return Outcome(
            asked,
            quoted=small.way is Way.EXTRACT,
            right=self._holds(asked, small, kept),
            plainly=small.way is Way.NOTHING,
            given=reads.way is Way.CITE,
            cites_right=self._holds(asked, reads, linked),
            marked=UNSUPPORTED in said,
            phantoms=self._phantoms(small, text, kept) + self._phantoms(reads, said, linked),
        )

    async def judged(self, asked: Asked) -> Judged:
        """The same question, as far as the limits look at it."""
        query = query_of(asked.text)
        async with self._house.database.read() as db:
            reach = await reach_of_answer(db, self._library.someone, self._room)
            legs = await self._library.legs.ask(reach, query, kinds=_KINDS)
            read = await read_passages(db, reach, dict.fromkeys(legs.keys))
        order = ranked(query, legs, read)
        near = [read[one.candidate.key] for one in selected(order, limit=PASSAGES, least=PADDING)]
        given = tuple(Given(number, passage) for number, passage in enumerate(near, start=1))
        best = await self._quoting.best(asked.text, given, enough=0.0)
        names = {one.number: one.passage for one in given}
        return Judged(
            asked,
            likely=max((one.likely for one in order[:5]), default=0.0),
            score=max((one.score for one in best), default=0.0),
            right=any(_in(asked, names[one.number], one.text) for one in best),
            sourced=Sourced(Way.CITE, asked.text, given),
            number=self._number(asked, given),
        )

    async def _say(self, text: str) -> Message:
        """Puts a question into the talk. Returns the place of its answer, where nothing stands yet."""
        self._seq += 1
        async with self._house.database.write() as db:
            room = (await db.exec(select(Room).where(Room.id == self._room.id))).one()
            room.last_seq = room.rev = self._seq
            db.add(room)
            db.add(
                Message(
                    room_id=self._room.id or 0,
                    seq=self._seq,
                    rev=self._seq,
                    author_user_id=self._library.someone.user_id,
                    author_name="미나",
                    text=text,
                )
            )
        return Message(room_id=self._room.id or 0, seq=self._seq + 1, rev=self._seq + 1, author_name="불씨")

    async def _gather(self, answer: Message, health: EngineHealth) -> Sourced:
        # From this question on: those before it are no talk that could have answered it.
        someone = self._library.someone
        return await self._house.sources.gather(someone, answer, health=health, since_seq=answer.seq - 1)

    async def _cite(self, asked: Asked, sourced: Sourced) -> tuple[str, Linked]:
        """What a model says that is right, or makes something up, with the number of what it read and some others."""
        if sourced.way is not Way.CITE:
            return "", Linked()
        reader = Cited(one.number for one in sourced.given)
        text = reader.feed(f"{_numbered(asked.claim, self._number(asked, sourced.given))}{_STRANGE}") + reader.flush()
        return await self._house.sources.link(text, sourced)

    def _number(self, asked: Asked, given: Sequence[Given]) -> int:
        """Of the passage that answers; else of the likeliest one."""
        here = [one.number for one in given if asked.gold and _in(asked, one.passage, one.passage.text)]
        best = min(given, key=lambda one: one.passage.rank or PASSAGES, default=None)
        return here[0] if here else best.number if best else 1

    def _holds(self, asked: Asked, sourced: Sourced, linked: Linked) -> bool:
        passages = {one.passage.key: one.passage for one in sourced.given}
        return any(_in(asked, passages[cite.key], cite.quote) for cite in linked.cites)

    def _phantoms(self, sourced: Sourced, text: str, linked: Linked) -> int:
        """Numbers without a passage, and quotations that stand in no document."""
        if sourced.way not in (Way.CITE, Way.EXTRACT):
            return len(cited(text)) + len(linked.cites)
        numbers = {one.number for one in sourced.given}
        names = {one.passage.key: one.passage.name for one in sourced.given}
        strange = [number for number in cited(text) if number not in numbers]
        made_up = [one for one in linked.cites if one.quote not in self._texts.get(names.get(one.key, ""), "")]
        return len(strange) + len(made_up)


def _in(asked: Asked, passage: Passage, words: str) -> bool:
    """Whether these words of a passage hold what answers."""
    return bool(asked.gold) and passage.name == asked.document and asked.gold in words


def _numbered(claim: str, number: int) -> str:
    """A sentence with its number before its end, as models put it."""
    return f"{claim[:-1]} [{number}]{claim[-1]}"


async def furnished(library: Library) -> Hall:
    """The set's documents are in a talk of the house."""
    house = library.house
    library.room = (await house.ai_sessions.start(library.someone, library.room)).session_id
    for told in documents():
        await library.document(told.name.removesuffix(".txt"), told.text, room=library.room)
    await house.indexing.catch_up()
    async with house.database.read() as db:
        return Hall(library, (await db.exec(select(Room).where(Room.uuid == library.room))).one())


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Shares of one half, or of both."""
    there = [one for one in outcomes if one.asked.gold]
    missing = [one for one in outcomes if not one.asked.gold]
    own = [one for one in there if not one.asked.across]
    read, made_up = [one for one in there if one.given], [one for one in missing if one.given]
    return {
        "refused": _share([not one.quoted for one in missing]),
        "answered_right": _share([one.right for one in there]),
        "answered_right_own_language": _share([one.right for one in own]),
        "answered_elsewhere": _share([one.quoted and not one.right for one in there]),
        "refused_wrongly": _share([not one.quoted for one in there]),
        "said_plainly": _share([one.plainly for one in missing if not one.quoted]),
        "given_nothing": _share([not one.given for one in missing]),
        "given_nothing_wrongly": _share([not one.given for one in there]),
        "cited_right": _share([one.cites_right for one in read]),
        "marked_rightly": _share([one.marked for one in made_up]),
        "marked_wrongly": _share([one.marked for one in read]),
        "phantoms": sum(one.phantoms for one in outcomes),
    }


def _share(found: Sequence[bool]) -> float:
    return round(sum(found) / len(found), 3) if found else 0.0


async def measure(folder: Path) -> dict[str, object]:
    async with open_library(folder) as library:
        await library.warm_up()
        hall = await furnished(library)
        outcomes = [await hall.outcome(asked) for asked in questions()]
        judged = [await hall.judged(asked) for asked in questions()]
        chosen = await advice(judged, library.embedder)
    for half in HALVES:
        told = figures([one for one in outcomes if one.asked.half == half])
        print(half, *(f"{name}={value}" for name, value in told.items()))
    line: dict[str, object] = {**figures([one for one in outcomes if one.asked.half == "held"]), **chosen}
    line["phantoms"] = sum(one.phantoms for one in outcomes)
    return line | {
        "answerable": sum(bool(asked.gold) for asked in questions("held")),
        "unanswerable": sum(not asked.gold for asked in questions("held")),
        "documents": len(documents()),
    }


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hearth-citing-") as folder:
        line = asyncio.run(measure(Path(folder)))
    print(json.dumps(line))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("HEARTH_LOG_LEVEL", "warning")
    raise SystemExit(main())
