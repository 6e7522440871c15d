"""Whose words left the house is kept with each answer, whoever wrote it in the end and however it ended."""

from pathlib import Path

import pytest
from sqlmodel import update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.room import Room
from hearth_reflex.domain.generation import Engine
from hearth_reflex.errors import ConflictError, NotFoundError
from hearth_reflex.services.metadata import HowMade
from tests.engines import ScriptedEngine
from tests.factories import house_keeper
from tests.service.test_engines import Files, add_file, add_server
from tests.service.test_how_made import asked, ended, how
from tests.strangers import STREAM, delta, refuses, stranger, then_silence, whole


async def made_by(house: House) -> HowMade:
    room, mina, listener = await asked(house)
    await listener.until(ended)
    return await how(house, room, mina, listener)


async def test_an_answer_stopped_while_a_server_stands_in_is_said_to_have_left(
    house: House, engine: ScriptedEngine
) -> None:
    engine.fail_at = 0
    async with stranger(then_silence(STREAM, delta("half an"))) as there:
        server = await add_server(house, there)
        await house.engines.choose_fallback(await house_keeper(house), [server])
        room, mina, listener = await asked(house)
        await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["text"] == "half an")
        await house.replies.stop(mina, room, listener.answer()["id"])
        await listener.until(ended)
    made = await how(house, room, mina, listener)
    assert (made.status, made.provider, made.model, made.leaves_house) == ("stopped", "Cloud", "big-1", True)


async def test_words_that_a_server_refused_to_answer_have_left_all_the_same(house: House) -> None:
    files = Files()
    house.speakers.take(fleet=files, paths=files)
    own, _ = await add_file(house, files, "own")
    keeper = await house_keeper(house)
    async with stranger(refuses(401)) as there:
        await house.engines.choose_default(keeper, await add_server(house, there))
        await house.engines.choose_fallback(keeper, [own])
        made = await made_by(house)
    assert (made.status, made.provider, made.leaves_house) == ("done", "scripted", True)


async def test_an_answer_of_the_house_has_not_left_it(house: House) -> None:
    assert not (await made_by(house)).leaves_house


class Vanishing(Files):
    """A file that is deleted between two looks at it."""

    def engine_for(self, path: Path | None, *, projector: Path | None = None) -> Engine:
        pytest.fail("a file that is gone was to speak")

    async def projector_of(self, uuid: str) -> Path | None:
        raise NotFoundError("model_unknown")


async def test_a_model_that_is_deleted_meanwhile_gives_way(house: House) -> None:
    files = Vanishing()
    house.speakers.take(fleet=files, paths=files)
    ref, _ = await add_file(house, files, "own")
    assert (await house.speakers.line(ref))[0].ref == ""
    assert len(await house.engines.choices()) == 1


async def test_what_a_server_said_is_not_said_again_there_once_the_room_chose_otherwise(house: House) -> None:
    keeper = await house_keeper(house)
    files = Files()
    house.speakers.take(fleet=files, paths=files)
    own, _ = await add_file(house, files, "own")
    async with stranger(whole("Cloud speaks.")) as there:
        await house.engines.choose_default(keeper, await add_server(house, there))
        room, mina, listener = await asked(house)
        await listener.until(ended)
        async with house.database.write() as db:
            await db.exec(update(MessageMetadata).values(seed=1))
            await db.exec(update(Room).values(model_ref=own))
        before = len(there.asked)
        with pytest.raises(ConflictError) as raised:
            await house.replays.begin(mina, room, listener.answer()["id"], done=house.engines.start)
        assert raised.value.code == "replay_model"
        assert len(there.asked) == before
