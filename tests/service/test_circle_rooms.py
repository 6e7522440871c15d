"""Talks of many speakers: what an AI must know is in the prompt that the engine gets, and the strip says what is so."""

from dataclasses import asdict

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import Message
from hearth_reflex.services.sights import Cut, Sight
from tests.circle import Played, Talk, have_answer, play
from tests.circle_rooms import TALKS
from tests.clocks import HandClock
from tests.engines import ScriptedEngine


async def letters(texts: list[str]) -> list[int]:
    return [len(text) for text in texts]


async def kept_of(house: House, answer: Message) -> tuple[Generation, MessageMetadata]:
    async with house.database.read() as db:
        run = (await db.exec(select(Generation).where(Generation.message_id == answer.id))).one()
        return run, (await db.exec(select(MessageMetadata).where(MessageMetadata.generation_id == run.id))).one()


async def seqs_of(house: House, played: Played) -> list[int]:
    async with house.database.read() as db:
        found = dict((await db.exec(select(Message.uuid, Message.seq))).all())
    return [found[uuid] for uuid in played.ids]


def lines_by(who: str, prompt: str) -> list[str]:
    """Lines at the margin that are somebody's; with a bracket behind the name only those with just that."""
    begins = (f"{who}:",) if who.endswith("]") else (f"{who}:", f"{who} [") if "[" not in who else (who,)
    return [line for line in prompt.split("\n") if line.startswith(begins)]


def seq_of_fact(talk: Talk, seqs: list[int], who: str, what: str) -> int:
    name = who.split(" [")[0]
    told = (number for number, line in enumerate(talk.lines) if line.who == name and what in (line.edited or line.text))
    return seqs[next(told)]


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.name)
async def test_the_circle_is_heard(house: House, engine: ScriptedEngine, clock: HandClock, talk: Talk) -> None:
    if talk.dense:
        engine.count_tokens = letters
    played = await play(house, engine, clock, talk)
    (sight,) = await house.sights.of(played.asker, played.room, persona=played.seated[talk.asked].persona.uuid)
    answer = await have_answer(house, played, talk.asked, played.asker)
    run, kept = await kept_of(house, answer)
    request = engine.requests[-1]
    prompt = "\n".join(turn.content for turn in request.turns if turn.role == "user")

    # The strip says what is so: of the prompt that the engine got, and of what is kept of it.
    assert kept.turns == [[turn.role, turn.content] for turn in request.turns]
    assert sight.first is not None
    assert (sight.first.seq, sight.heard, sight.cut.budget) == (kept.first_seq, kept.heard, kept.dropped)
    assert sight.tokens == sum(await engine.count_tokens([turn.content for turn in request.turns]))
    assert (sight.tokens <= sight.budget, sight.cut.shortened) == (True, run.shortened)
    assert all(lines_by(name, prompt) for name in sight.speakers)
    check_cut(sight, talk)

    # Who said what is there, if it is heard at all; what was taken back, or said before it came, never is.
    seqs = await seqs_of(house, played)
    for who, what in talk.facts:
        heard = any(what in line for line in lines_by(who, prompt))
        assert heard == (seq_of_fact(talk, seqs, who, what) >= kept.first_seq), (who, what)
    assert not [words for words in talk.gone if words in repr(request.turns)]
    assert [words for words in talk.marks if words not in prompt] == []
    assert "You are" not in repr(asdict(sight))


def check_cut(sight: Sight, talk: Talk) -> None:
    if talk.in_reach:
        late = 2 if talk.moon_comes and not talk.moon_hears_all else 0
        assert sight.cut == Cut(arrival=late)
        assert sight.heard == len([line for line in talk.lines if not line.deleted]) - late
    else:
        assert sight.cut != Cut()


def test_there_are_enough_of_them_in_both_languages() -> None:
    assert len(TALKS) >= 30
    assert len({talk.name for talk in TALKS}) == len(TALKS)
    assert all(len({line.who for line in talk.lines}) >= 2 for talk in TALKS)
    assert sum(talk.asked != "불씨" for talk in TALKS) >= 2
