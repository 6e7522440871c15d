"""Texts that nobody waits for: in order, as many at once as the engine takes, each failing by itself."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, EngineEvent, Priority
from hearth_reflex.errors import EngineBusyError
from tests.engines import ScriptedEngine


class Echo(ScriptedEngine):
    """Says each job's last words; fails where they are "fail" or "break"."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        word = request.turns[-1].content
        self.pieces = (word,)
        self.fail_at = 0 if word in ("fail", "break") else None
        self.fault = EngineBusyError() if word == "fail" else ValueError("inside")
        async for event in super().stream(request):
            yield event


@pytest.fixture
def engine() -> Echo:
    return Echo()


def jobs(*words: str) -> list[ChatRequest]:
    return [ChatRequest((ChatTurn("user", word),), asker="somebody else") for word in words]


async def test_all_are_written_in_order_behind_people(house: House, engine: Echo) -> None:
    written = await house.batch.write(jobs("a", "b", "c"), asker="titles")
    assert [(one.text, one.whole, one.error) for one in written] == [(word, True, "") for word in "abc"]
    assert {(request.priority, request.asker) for request in engine.requests} == {(Priority.BATCH, "titles")}


async def test_one_that_fails_does_not_hinder_the_others(house: House) -> None:
    written = await house.batch.write(jobs("a", "fail", "b", "break", "c"), asker="titles")
    assert [one.text for one in written] == ["a", "", "b", "", "c"]
    assert [one.error for one in written] == ["", "engine_busy", "", "unexpected", ""]
    assert [one.whole for one in written] == [True, False, True, False, True]


@pytest.mark.parametrize(("streams", "most"), [(0, 1), (1, 1), (3, 3)])
async def test_no_more_at_once_than_the_engine_takes(house: House, engine: Echo, streams: int, most: int) -> None:
    engine.streams, engine.delay = streams, 0.01
    await house.batch.write(jobs(*"abcdefgh"), asker="titles")
    assert (engine.busiest, len(engine.requests)) == (most, 8)


async def test_no_jobs_no_work(house: House, engine: Echo) -> None:
    assert await house.batch.write([], asker="titles") == []
    assert engine.requests == []


async def test_cancelling_ends_them_all(house: House, engine: Echo) -> None:
    engine.streams, engine.hold = 2, asyncio.Event()
    writing = asyncio.create_task(house.batch.write(jobs(*"abcd"), asker="titles"))
    while engine.busy < 2:  # noqa: ASYNC110 - a script has no event for having begun
        await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert (engine.busy, engine.closed_early, len(engine.requests)) == (0, 2, 2)
