"""How an answer was made: kept in the same commit as its end, whole or as far as it is known, and shown to its room."""

import asyncio

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.domain.generation import Made, Queued
from hearth_reflex.errors import ForbiddenError, InputError, ModelMissingError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.metadata import HowMade
from tests.engines import ScriptedEngine
from tests.factories import Listener, guest, listen, say, seated

OPEN = ("sending", "streaming")
SHA = "ab" * 32
MADE = Made(
    provider="local",
    model="script-7b",
    model_sha256=SHA,
    template_id="chatml@1",
    build="b1234",
    seed=42,
    prompt="<|im_start|>system\nYou…<|im_end|>",
    streams=3,
)


def ended(listener: Listener) -> bool:
    return bool(listener.answers()) and listener.answer()["status"] not in OPEN


async def asked(house: House, text: str = "@ember go") -> tuple[str, Actor, Listener]:
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, text)
    return room, mina, listener


async def how(house: House, room: str, actor: Actor, listener: Listener) -> HowMade:
    return await house.metadata.how_made(actor, room, listener.answer()["id"])


async def test_all_that_the_engine_tells_is_kept(house: House, engine: ScriptedEngine) -> None:
    engine.made, engine.pieces = MADE, ("불씨: ", "Once ", "upon")
    room, mina, listener = await asked(house)
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.provider, made.model, made.model_sha256) == ("local", "script-7b", SHA)
    assert (made.template_id, made.build, made.seed, made.streams) == ("chatml@1", "b1234", 42, 3)
    assert (made.prompt, made.exact, made.known, made.hindrance) == (MADE.prompt, True, True, "")
    assert (made.prompt_tokens, made.output_tokens, made.total_ms) == (7, 3, 5)
    assert (made.heard, made.dropped, made.shortened, made.continued) == (1, 0, False, False)
    async with house.database.read() as db:
        (kept,) = (await db.exec(select(MessageMetadata))).all()
    assert kept.said == "불씨: Once upon"  # what the model said; the room was told it without the name
    assert listener.answer()["text"] == "Once upon"
    assert kept.turns == [[turn.role, turn.content] for turn in engine.requests[0].turns]


async def test_it_says_where_its_hearing_began(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, mina, room)
    first = await say(house, jun, room, "안녕")
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.first_id, made.first_seq, made.first_name) == (first["id"], first["seq"], "준")
    await house.edits.delete(jun, room, first["id"])
    made = await how(house, room, mina, listener)
    assert (made.first_id, made.prompt) == (first["id"], "")  # its place stays, its words went


async def test_every_parameter_is_kept(house: House, engine: ScriptedEngine) -> None:
    room, mina, listener = await asked(house)
    await listener.until(ended)
    parameters = (await how(house, room, mina, listener)).parameters
    sampling = engine.requests[0].sampling
    assert parameters == {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in ((name, getattr(sampling, name)) for name in sampling.__dataclass_fields__)
    }
    assert parameters["stop"] == ["\n미나:", "\n미나 ["]


async def test_a_stopped_one_keeps_what_is_known(house: House, engine: ScriptedEngine) -> None:
    engine.pieces, engine.hold, engine.position = ("Once ", "upon ", "never"), asyncio.Event(), 1
    room, mina, listener = await asked(house)
    await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["text"] == "Once upon ")
    await house.replies.stop(mina, room, listener.answer()["id"])
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.status, made.output_tokens, made.known) == ("stopped", 2, True)
    assert made.total_ms >= made.first_token_ms >= made.queue_ms >= 0
    assert (made.provider, made.model) == ("scripted", "script")  # as its health said: it had no time to say more
    assert (made.exact, "@ember go" in made.prompt) == (False, True)
    assert listener.answer()["figures"]["output_tokens"] == 2


async def test_one_stopped_in_line_has_waited_all_its_time(house: House, engine: ScriptedEngine) -> None:
    engine.line = asyncio.Queue()
    room, mina, listener = await asked(house)
    engine.line.put_nowait(Queued(2))
    await listener.until(lambda heard: bool(heard.fold.places))
    await house.replies.stop(mina, room, listener.answer()["id"])
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.output_tokens, made.first_token_ms, made.tokens_per_second) == (0, 0, 0.0)
    assert made.queue_ms == made.total_ms
    assert made.hindrance == "replay_unknown"  # nothing was said


async def test_a_failed_one_keeps_what_is_known(house: House, engine: ScriptedEngine) -> None:
    engine.fail_at = 2
    room, mina, listener = await asked(house)
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.status, made.output_tokens, made.known) == ("failed", 2, True)


async def test_one_that_never_reached_an_engine_says_so(house: House, engine: ScriptedEngine) -> None:
    async def nobody_counts(texts: list[str]) -> list[int]:
        raise ModelMissingError

    engine.count_tokens = nobody_counts
    room, mina, listener = await asked(house)
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.known, made.prompt, made.hindrance) == (False, "", "replay_unknown")


async def test_going_on_is_a_run_of_its_own(house: House, engine: ScriptedEngine) -> None:
    engine.pieces, engine.fail_at = ("Once ", "upon"), 1
    room, mina, listener = await asked(house)
    await listener.until(ended)
    engine.fail_at, engine.pieces = None, ("a ", "time")
    await house.replies.go_on(mina, room, listener.answer()["id"])
    await listener.until(lambda heard: heard.answer()["status"] == "complete")
    made = await how(house, room, mina, listener)
    assert (made.status, made.continued, made.output_tokens) == ("done", True, 2)
    async with house.database.read() as db:
        kept = (await db.exec(select(MessageMetadata).order_by(MessageMetadata.id))).all()  # pyright: ignore[reportArgumentType]
    assert [(one.begun, one.said) for one in kept] == [("", "Once "), ("Once ", "a time")]


async def test_a_long_message_is_said_to_have_been_read_in_part(house: House, engine: ScriptedEngine) -> None:
    async def many(texts: list[str]) -> list[int]:
        return [len(text) for text in texts]

    engine.count_tokens = many
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    for n in range(3):
        await say(house, mina, room, f"{n}" * 2000)
    await say(house, mina, room, "@ember " + "긴 글 " * 1500)
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.shortened, made.heard, made.dropped) == (True, 1, 3)
    assert listener.answer()["figures"]["shortened"] is True


async def test_only_members_of_the_room_may_see_it(house: House, engine: ScriptedEngine) -> None:
    room, _, listener = await asked(house)
    await listener.until(ended)
    stranger = await guest(house, "나그네")
    answer = listener.answer()["id"]
    with pytest.raises(ForbiddenError):
        await house.metadata.how_made(stranger, room, answer)
    own = (await house.rooms.create(stranger, name="내 방")).id
    with pytest.raises(NotFoundError):
        await house.metadata.how_made(stranger, own, answer)
    with pytest.raises(NotFoundError):
        await house.metadata.how_made(stranger, "x", "y")


async def test_what_a_person_said_was_not_made(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    row = await say(house, mina, room, "hello")
    with pytest.raises(InputError):
        await house.metadata.how_made(mina, room, row["id"])


async def test_a_servers_strange_words_about_itself_do_no_harm(house: House, engine: ScriptedEngine) -> None:
    strange = "x\x00\ud83d" * 300
    engine.made = Made(strange, strange, strange, strange, strange, seed=2**63, prompt=strange)
    engine.pieces = ("a\x00", "b\ud83d")
    room, mina, listener = await asked(house)
    await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (listener.answer()["status"], set(made.model), made.seed) == ("complete", {"x"}, None)


async def test_the_run_of_an_answer_and_its_record_are_one_commit(house: House, engine: ScriptedEngine) -> None:
    _, _, listener = await asked(house)
    await listener.until(ended)
    async with house.database.read() as db:
        run = (await db.exec(select(Generation))).one()
        kept = (await db.exec(select(MessageMetadata))).one()
    assert (kept.generation_id, kept.message_id) == (run.id, run.message_id)
    assert kept.created_at == run.ended_at
