"""Which model speaks: by reference, in the order of fallback, and never to a server that nobody named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hearth_reflex.bootstrap import House
from hearth_reflex.db.model import ModelFile, Provider
from hearth_reflex.db.room import Member
from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    Engine,
    EngineEvent,
    EngineHealth,
    Finished,
    Piece,
    Sampling,
)
from hearth_reflex.domain.refs import DEFAULT, Ref, local_ref, parse_ref, remote_ref
from hearth_reflex.errors import (
    EngineBusyError,
    EngineCrashedError,
    EngineError,
    EngineMemoryError,
    EngineSilentError,
    ForbiddenError,
    GrammarError,
    InputError,
    ModelBrokenError,
    ModelMissingError,
    NotFoundError,
    PictureError,
    PromptTooLongError,
    ProviderKeyError,
)
from hearth_reflex.services.access import Actor
from tests.engines import ScriptedEngine
from tests.factories import guest, house_keeper, listen, seated
from tests.strangers import STREAM, Answer, Stranger, delta, refuses, says, stranger, whole

WORDS = "Only for this room."


@dataclass
class Files:
    """The house's own models: a script for each file. Stands for the fleet and for the registry of models."""

    engines: dict[Path, ScriptedEngine] = field(default_factory=dict[Path, ScriptedEngine])
    uuids: dict[str, Path] = field(default_factory=dict[str, Path])

    def engine_for(self, path: Path | None, *, projector: Path | None = None) -> Engine:
        assert path is not None
        return self.engines[path]

    async def path_of(self, uuid: str) -> Path | None:
        if uuid not in self.uuids:
            raise NotFoundError("model_unknown")
        return self.uuids[uuid]

    async def projector_of(self, uuid: str) -> Path | None:
        return None

    async def close(self) -> None:
        """Scripts hold nothing."""


@pytest.fixture
def files(house: House) -> Files:
    files = Files()
    house.speakers.take(fleet=files, paths=files)
    return files


async def add_file(house: House, files: Files, name: str, *pieces: str, **script: object) -> tuple[str, ScriptedEngine]:
    """A model of the house's own: its reference and its script."""
    engine = ScriptedEngine(pieces or (f"{name} speaks.",), **script)  # pyright: ignore[reportArgumentType]
    async with house.database.write() as db:
        row = ModelFile(path=f"{name}.gguf", facts={"name": name})
        db.add(row)
    files.uuids[row.uuid] = Path(row.path)
    files.engines[Path(row.path)] = engine
    return local_ref(row.uuid), engine


async def add_server(house: House, there: Stranger, *, name: str = "Cloud", enabled: bool = True) -> str:
    async with house.database.write() as db:
        row = Provider(name=name, base_url=there.url, model="big-1", enabled=enabled)
        db.add(row)
    return remote_ref(row.uuid)


def asking(model: str = "", **more: object) -> ChatRequest:
    return ChatRequest((ChatTurn("user", WORDS),), Sampling(max_tokens=64), model=model, **more)  # pyright: ignore[reportArgumentType]


async def heard(house: House, request: ChatRequest) -> list[EngineEvent]:
    async with asyncio.timeout(20):
        return [event async for event in house.engines.stream(request)]


async def said(house: House, request: ChatRequest) -> str:
    return "".join(event.text for event in await heard(house, request) if isinstance(event, Piece))


@pytest.fixture
async def cloud() -> AsyncIterator[Stranger]:
    """A server outside that answers, and remembers who spoke to it."""
    async with stranger(whole("Cloud speaks.")) as there:
        yield there


# References ------------------------------------------------------------------------------------------------------

UUID = "0193a5f0-0000-7000-8000-000000000000"


def test_a_reference_is_read_as_it_is_spelled() -> None:
    assert parse_ref("") == DEFAULT == Ref("default")
    for ref in (local_ref(UUID), remote_ref(UUID)):
        assert str(parse_ref(ref)) == ref
    assert str(parse_ref(f"local:{UUID.upper()}")) == local_ref(UUID)


@pytest.mark.parametrize(
    "text", ["local:", "local", UUID, f"other:{UUID}", "remote:../../x", f"local:{UUID}:x", "\x00"]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_ref(text)
    assert raised.value.code == "model_ref"


# Who speaks ------------------------------------------------------------------------------------------------------


async def test_the_model_that_was_named_speaks(house: House, files: Files, cloud: Stranger) -> None:
    small, _ = await add_file(house, files, "small")
    server = await add_server(house, cloud)
    assert await said(house, asking()) == "Once upon a time."
    assert await said(house, asking(small)) == "small speaks."
    events = await heard(house, asking(server))
    assert Piece("Cloud speaks.") in events
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.made.provider, last.made.leaves_house) == ("Cloud", True)


async def test_a_chosen_default_speaks_where_nothing_was_chosen(house: House, files: Files) -> None:
    keeper = await house_keeper(house)
    small, _ = await add_file(house, files, "small")
    await house.engines.choose_default(keeper, small)
    assert await said(house, asking()) == "small speaks."
    assert (await house.engines.health()).model == "script"
    await house.engines.choose_default(keeper, "")
    assert await said(house, asking()) == "Once upon a time."


@pytest.mark.parametrize("ref", [local_ref(UUID), remote_ref(UUID), "nonsense"])
async def test_what_is_gone_gives_way_to_the_default(house: House, ref: str) -> None:
    assert await said(house, asking(ref)) == "Once upon a time."
    assert (await house.engines.health(ref)).provider == "scripted"
    assert await house.engines.count_tokens(["four letters"], model=ref) == [4]


async def test_a_changed_server_counts_at_once(house: House, cloud: Stranger) -> None:
    async with stranger(whole("Another speaks.")) as other:
        ref = await add_server(house, cloud)
        assert await said(house, asking(ref)) == "Cloud speaks."
        async with house.database.write() as db:
            row = await db.get_one(Provider, 1)
            row.base_url = other.url
            db.add(row)
        assert await said(house, asking(ref)) == "Another speaks."


# Falling back ----------------------------------------------------------------------------------------------------

HELPED = [EngineCrashedError, EngineMemoryError, ModelMissingError, ModelBrokenError, EngineSilentError, EngineError]
TOLD = [EngineBusyError, GrammarError, PictureError, PromptTooLongError]


async def with_fallback(
    house: House, files: Files, fault: Exception, *, fail_at: int = 0
) -> tuple[str, ScriptedEngine]:
    first, _ = await add_file(house, files, "first", "Oh ", "well.", fail_at=fail_at, fault=fault)
    second, engine = await add_file(house, files, "second")
    await house.engines.choose_fallback(await house_keeper(house), [first, second, first])
    return first, engine


@pytest.mark.parametrize("fault", HELPED)
async def test_another_takes_over_when_the_first_cannot(house: House, files: Files, fault: type[EngineError]) -> None:
    first, _ = await with_fallback(house, files, fault())
    with capture_logs() as logs:
        assert await said(house, asking(first)) == "second speaks."
    assert [entry["error"] for entry in logs if entry["event"] == "engine.fell_back"] == [fault.code]
    assert WORDS not in repr(logs)


@pytest.mark.parametrize("fault", TOLD)
async def test_what_a_person_must_hear_is_told(house: House, files: Files, fault: type[EngineError]) -> None:
    first, engine = await with_fallback(house, files, fault())
    with pytest.raises(fault):
        await heard(house, asking(first))
    assert engine.requests == []


async def test_nobody_takes_over_in_mid_answer(house: House, files: Files) -> None:
    first, engine = await with_fallback(house, files, EngineCrashedError(), fail_at=1)
    with pytest.raises(EngineCrashedError):
        await heard(house, asking(first))
    assert engine.requests == []


async def test_an_answer_that_is_said_again_is_for_its_own_model(house: House, files: Files) -> None:
    first, engine = await with_fallback(house, files, EngineCrashedError())
    with pytest.raises(EngineCrashedError):
        await heard(house, asking(first, alone=True))
    with pytest.raises(ModelMissingError):
        await heard(house, asking(local_ref(UUID), alone=True))
    assert engine.requests == []


async def test_when_all_fail_the_first_reason_is_told(house: House, files: Files) -> None:
    first, engine = await with_fallback(house, files, EngineMemoryError())
    engine.fail_at, engine.fault = 0, EngineBusyError()
    with pytest.raises(EngineMemoryError):
        await heard(house, asking(first))


async def test_the_order_is_kept_and_nobody_is_asked_twice(house: House, files: Files) -> None:
    refs: list[str] = []
    scripts: list[ScriptedEngine] = []
    for name in ("a", "b", "c"):
        ref, script = await add_file(house, files, name, fail_at=0)
        refs.append(ref)
        scripts.append(script)
    await house.engines.choose_fallback(await house_keeper(house), [refs[2], refs[0], refs[1]])
    with pytest.raises(EngineCrashedError):
        await heard(house, asking(refs[0]))
    assert [len(script.requests) for script in scripts] == [1, 1, 1]
    assert await house.engines.fallback() == [refs[2], refs[0], refs[1]]


async def test_closing_the_stream_reaches_the_one_that_speaks(house: House, files: Files) -> None:
    first, engine = await with_fallback(house, files, EngineCrashedError())
    engine.pieces, engine.hold = ("one ", "two"), asyncio.Event()
    async with aclosing(house.engines.stream(asking(first))) as events:
        async for event in events:
            if isinstance(event, Piece):
                break
    assert engine.closed_early == 1


async def test_a_smaller_model_gets_what_it_can_hold(house: House, files: Files) -> None:
    class Small(ScriptedEngine):
        async def health(self) -> EngineHealth:
            return replace(await super().health(), context_tokens=200)

    first, _ = await with_fallback(house, files, EngineCrashedError())
    small = files.engines[Path("second.gguf")] = Small(("short",))
    turns = (ChatTurn("system", "Be kind."), *(ChatTurn("user", f"{n} " + "long talk " * 10) for n in range(20)))
    request = ChatRequest(turns, Sampling(max_tokens=512), model=first)
    assert await said(house, request) == "short"
    (asked,) = small.requests
    assert asked.sampling.max_tokens == 100
    assert asked.turns[0] == turns[0]
    assert asked.turns[-1] == turns[-1]
    assert sum(await small.count_tokens([turn.content for turn in asked.turns])) <= 100


async def test_counting_and_health_go_on_without_the_first(house: House, files: Files) -> None:
    class Broken(ScriptedEngine):
        async def count_tokens(self, texts: list[str]) -> list[int]:
            raise ModelBrokenError

        async def health(self) -> EngineHealth:
            return EngineHealth(status="unavailable", model="broken", reason="model_broken")

    first, _ = await with_fallback(house, files, ModelBrokenError())
    files.engines[Path("first.gguf")] = Broken()
    assert await house.engines.count_tokens(["abcd"], model=first) == [2]
    assert (await house.engines.health(first)).model == "script"
    await house.engines.choose_fallback(await keeper_of(house), [])
    assert (await house.engines.health(first)).reason == "model_broken"
    with pytest.raises(ModelBrokenError):
        await house.engines.count_tokens(["abcd"], model=first)


async def keeper_of(house: House) -> Actor:
    """Who keeps a house that has somebody already."""
    actor = await house.sessions.actor_for(await house.accounts.log_in(login="keeper", password="a long password"))
    assert actor is not None
    return actor


# What leaves the house ------------------------------------------------------------------------------------------------


async def test_nothing_leaves_for_a_server_that_was_not_named(house: House, files: Files, cloud: Stranger) -> None:
    broken, _ = await add_file(house, files, "broken", fail_at=0)
    await add_server(house, cloud)
    with pytest.raises(EngineCrashedError):
        await heard(house, asking(broken))
    await house.engines.count_tokens([WORDS])
    await house.engines.choices()
    assert cloud.asked == []


async def test_words_leave_by_the_order_of_fallback_when_it_names_a_server(
    house: House, files: Files, cloud: Stranger
) -> None:
    broken, _ = await add_file(house, files, "broken", fail_at=0)
    server = await add_server(house, cloud)
    await house.engines.choose_fallback(await house_keeper(house), [server])
    assert await said(house, asking(broken)) == "Cloud speaks."


async def test_a_server_that_is_off_is_never_spoken_to(house: House, files: Files, cloud: Stranger) -> None:
    keeper = await house_keeper(house)
    broken, _ = await add_file(house, files, "broken", fail_at=0)
    server = await add_server(house, cloud)
    await house.engines.choose_fallback(keeper, [server])
    await house.engines.choose_default(keeper, server)
    async with house.database.write() as db:  # as another process may have left it, the choices still naming it
        row = await db.get_one(Provider, 1)
        row.enabled = False
        db.add(row)
    assert await said(house, asking(server)) == "Once upon a time."
    assert await said(house, asking()) == "Once upon a time."
    with pytest.raises(EngineCrashedError):
        await heard(house, asking(broken))
    assert cloud.asked == []


async def test_a_room_that_chose_a_model_of_the_house_stays_inside_when_it_is_gone(
    house: House, files: Files, cloud: Stranger
) -> None:
    keeper = await house_keeper(house)
    await house.engines.choose_default(keeper, await add_server(house, cloud))
    gone = local_ref(UUID)
    assert await said(house, asking(gone)) == "Once upon a time."
    assert (await house.engines.health(gone)).leaves_house is False
    assert cloud.asked == []
    assert await said(house, asking()) == "Cloud speaks."


@pytest.mark.parametrize("answer", [refuses(401), refuses(400), says(STREAM), refuses(429, Retry_After="3600")])
async def test_when_a_server_fails_the_house_takes_over(house: House, files: Files, answer: Answer) -> None:
    own, _ = await add_file(house, files, "own")
    async with stranger(answer) as there:
        server = await add_server(house, there)
        await house.engines.choose_fallback(await house_keeper(house), [own])
        assert await said(house, asking(server)) == "own speaks."


async def test_a_server_that_breaks_off_in_mid_answer_is_told(house: House, files: Files) -> None:
    own, script = await add_file(house, files, "own")
    async with stranger(says(STREAM, delta("half an"))) as there:
        server = await add_server(house, there)
        await house.engines.choose_fallback(await house_keeper(house), [own])
        with pytest.raises(EngineError) as raised:
            await heard(house, asking(server))
    assert raised.value.code == "provider"
    assert script.requests == []


async def test_a_lost_key_is_a_fault_like_others(house: House, cloud: Stranger) -> None:
    server = await add_server(house, cloud)
    async with house.database.write() as db:
        row = await db.get_one(Provider, 1)
        row.sealed_key = "sealed elsewhere"
        db.add(row)
    with pytest.raises(ProviderKeyError):
        await heard(house, asking(server))
    assert cloud.asked == []


# Choosing -------------------------------------------------------------------------------------------------------------


async def owner_of_a_room(house: House) -> tuple[Actor, str]:
    owner = await guest(house, "미나")
    return owner, (await house.rooms.create(owner, name="부엌")).id


async def test_a_room_is_told_who_speaks_and_where_its_words_go(house: House, files: Files, cloud: Stranger) -> None:
    owner, room = await owner_of_a_room(house)
    listener = await listen(house, owner, room)
    own, _ = await add_file(house, files, "own")
    server = await add_server(house, cloud)

    view = await house.engines.choose_for_room(owner, room, server)
    assert (view.ref, view.name, view.leaves_house) == (server, "Cloud", True)
    view = await house.engines.choose_for_room(owner, room, own)
    assert (view.ref, view.name, view.leaves_house) == (own, "own", False)
    await house.engines.choose_for_room(owner, room, "")

    notices = [row["notice"]["en"] for _, row in sorted(listener.fold.rows.items())]
    changed = "미나 chose another model to speak here"
    leave = "the words of this room leave the house, to Cloud"
    stay = "the words of this room stay in it"
    assert [notice.rpartition(": ")[2] for notice in notices] == [changed, leave, changed, stay, changed]
    assert not listener.fold.missing
    fresh = await house.rooms.enter(owner, room)
    assert [row["notice"]["en"] for row in fresh.rows] == notices


async def test_choosing_the_same_again_says_nothing(house: House, files: Files) -> None:
    owner, room = await owner_of_a_room(house)
    own, _ = await add_file(house, files, "own")
    await house.engines.choose_for_room(owner, room, own)
    rev = (await house.rooms.enter(owner, room)).rev
    await house.engines.choose_for_room(owner, room, own.upper().replace("LOCAL", "local"))
    assert (await house.rooms.enter(owner, room)).rev == rev


async def test_only_who_keeps_order_chooses_for_a_room(house: House, files: Files) -> None:
    own, _ = await add_file(house, files, "own")
    room, (mina,) = await seated(house, "미나")
    stranger_here = await guest(house, "나그네")
    for actor, code in ((mina, "role"), (stranger_here, "not_member")):
        with pytest.raises(ForbiddenError) as raised:
            await house.engines.choose_for_room(actor, room, own)
        assert raised.value.code == code
    with pytest.raises(ForbiddenError):
        await house.engines.room_model(stranger_here, room)
    assert (await house.engines.room_model(mina, room)).ref == ""

    keeper = await house_keeper(house)
    with pytest.raises(ForbiddenError):
        await house.engines.choose_for_room(keeper, room, own)  # not without a seat there
    await house.rooms.sit_down(keeper, room)
    assert (await house.engines.choose_for_room(keeper, room, own)).ref == own

    async with house.database.write() as db:
        seat = await db.get_one(Member, 1)
        seat.role = "moderator"
        db.add(seat)
    assert (await house.engines.choose_for_room(mina, room, "")).ref == ""


async def test_what_cannot_speak_cannot_be_chosen(house: House, cloud: Stranger) -> None:
    owner, room = await owner_of_a_room(house)
    keeper = await house_keeper(house)
    off = await add_server(house, cloud, enabled=False)
    for ref in (off, local_ref(UUID), remote_ref(UUID), "nonsense"):
        for attempt in (
            house.engines.choose_for_room(owner, room, ref),
            house.engines.choose_default(keeper, ref),
            house.engines.choose_fallback(keeper, [ref]),
        ):
            with pytest.raises(InputError) as raised:
                await attempt
            assert raised.value.code == "model_ref"


async def test_only_who_keeps_the_house_chooses_for_it(house: House, files: Files) -> None:
    own, _ = await add_file(house, files, "own")
    mina = await guest(house, "미나")
    for attempt in (house.engines.choose_default(mina, own), house.engines.choose_fallback(mina, [own])):
        with pytest.raises(ForbiddenError) as raised:
            await attempt
        assert raised.value.code == "admin_only"
    assert (await house.engines.default_ref(), await house.engines.fallback()) == ("", [])


async def test_rooms_that_go_with_the_house_are_told_when_words_leave(
    house: House, files: Files, cloud: Stranger
) -> None:
    keeper = await house_keeper(house)
    owner, kitchen = await owner_of_a_room(house)
    garden = (await house.rooms.create(owner, name="정원")).id
    own, _ = await add_file(house, files, "own")
    await house.engines.choose_for_room(owner, garden, own)
    listener = await listen(house, owner, kitchen)
    before = (await house.rooms.enter(owner, garden)).rev

    await house.engines.choose_default(keeper, await add_server(house, cloud))
    (notice,) = [row["notice"]["en"] for row in listener.fold.rows.values()]
    assert notice.endswith("leave the house, to Cloud")
    assert (await house.engines.room_model(owner, kitchen)).leaves_house
    assert (await house.rooms.enter(owner, garden)).rev == before


async def test_a_room_sees_where_its_words_may_go(house: House, files: Files, cloud: Stranger) -> None:
    owner, room = await owner_of_a_room(house)
    await house.engines.choose_fallback(await house_keeper(house), [await add_server(house, cloud)])
    seen = await house.engines.room_model(owner, room)
    assert (seen.leaves_house, seen.may_leave) == (False, ("Cloud",))


async def test_the_list_to_choose_from(house: House, files: Files, cloud: Stranger) -> None:
    own, _ = await add_file(house, files, "own")
    server = await add_server(house, cloud)
    await add_server(house, cloud, name="Off", enabled=False)
    async with house.database.write() as db:
        db.add(ModelFile(path="broken.gguf", error="model_broken"))
    listed = await house.engines.choices()
    assert [(one.ref, one.name, one.kind, one.leaves_house) for one in listed] == [
        ("", "script", "default", False),
        (own, "own", "local", False),
        (server, "Cloud", "remote", True),
    ]
    assert [one.context_tokens for one in listed] == [4096, 4096, 8192]
