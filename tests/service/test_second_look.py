"""Second looks in the house: what was found gets their order, and its receipt tells it; without one all goes on."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from hearth_reflex.db.database import Database
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.fusion import NOTHING, Candidate, Ranked
from hearth_reflex.domain.queries import query_of
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.retrieval import Retrieval
from hearth_reflex.services.second_look import SecondLook
from hearth_reflex.services.two_legs import TwoLegs
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.factories import open_house, seated
from tests.knowledge import brought_in, known_document
from tests.rerankers import Broken, Late, Opinionated

BLUE = "물이 새면 파란 밸브를 잠근다."
RED = "가스가 새면 빨간 밸브를 잠근다, 물 밸브가 아니다."
QUESTION = "물이 새면 무슨 밸브를 잠근다고?"
ORDER = [Ranked(Candidate(name, name), 1.0, 0.9) for name in ("a", "b")]


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


async def test_its_order_stands_and_the_receipt_tells_it(
    settings: Settings, database: Database, clock: HandClock
) -> None:
    reranker = Opinionated(likes="빨간")
    house = await open_house(settings, database, clock, reranker=reranker)
    assert house.embedder is not None
    assert house.index is not None
    plain = Retrieval(
        database=database,
        clock=clock,
        legs=TwoLegs(embedder=house.embedder, index=house.index),
        pace=Buckets(rate=2.0, burst=30),
    )
    room, (mina,) = await seated(house, "미나")
    for text in (BLUE, RED):
        await known_document(house, [text], room=room)
    await brought_in(house)
    before = await plain.find(mina, QUESTION)
    found = await house.retrieval.find(mina, QUESTION)
    assert texts(before.passages)[0] == BLUE
    best = found.passages[0]
    assert (best.text, best.rank, best.second) == (RED, 1, 0.9)
    ((asked, read),) = reranker.asked
    assert asked == QUESTION
    assert any(RED in text for text in read)
    receipt = await house.search_logs.receipt(mina, found.log)
    assert receipt.second_look
    assert [one.second for one in receipt.found] == [one.second for one in found.passages]
    assert (await house.search_logs.recent(mina, 1))[0].second_look
    old = await house.search_logs.receipt(mina, before.log)
    assert (old.second_look, {one.second for one in old.found}) == (False, {None})


async def test_what_nobody_wrote_of_is_not_looked_at_again(
    settings: Settings, database: Database, clock: HandClock
) -> None:
    reranker = Opinionated(likes="밸브")
    house = await open_house(settings, database, clock, reranker=reranker)
    room, (mina,) = await seated(house, "미나")
    await known_document(house, [BLUE, RED], room=room)
    await brought_in(house)
    assert (await house.retrieval.find(mina, "코끼리는 몇 살까지 살아?")).is_nothing
    assert reranker.asked == []


@pytest.mark.parametrize("double", [Late, Broken])
async def test_without_an_answer_the_fused_order_stands(
    settings: Settings, database: Database, clock: HandClock, double: type[Opinionated]
) -> None:
    house = await open_house(settings, database, clock)
    house.retrieval._second = SecondLook(double("빨간"), within=0.01)  # pyright: ignore[reportPrivateUsage]
    room, (mina,) = await seated(house, "미나")
    await known_document(house, [BLUE, RED], room=room)
    await brought_in(house)
    found = await house.retrieval.find(mina, QUESTION)
    assert texts(found.passages)[0] == BLUE
    assert not (await house.search_logs.receipt(mina, found.log)).second_look


async def test_what_there_was_no_time_for_has_no_score() -> None:
    second = SecondLook(Opinionated("b", most=1))
    assert list(await second.scores(query_of("a"), ORDER, least=NOTHING)) == ["a"]


class TestPatience:
    async def test_what_is_late_is_asked_for_once_until_it_comes(self) -> None:
        reranker = Late("b")
        second = SecondLook(reranker, within=0.01, pause=0.0)
        for _ in range(3):
            assert await second.scores(query_of("a"), ORDER, least=NOTHING) == {}
        assert len(reranker.asked) == 1
        reranker.ready.set()
        async with asyncio.timeout(10):
            while not (scores := await second.scores(query_of("a"), ORDER, least=NOTHING)):  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0)
        assert scores["b"] == 0.9
        assert len(reranker.asked) == 2

    async def test_of_several_at_once_the_later_ones_wait_for_nothing_and_are_no_misses(self) -> None:
        reranker = Late("b")
        second = SecondLook(reranker, within=60.0, pause=60.0)
        first = asyncio.create_task(second.scores(query_of("a"), ORDER, least=NOTHING))
        async with asyncio.timeout(10):
            while not reranker.asked:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0)
            for _ in range(3):
                assert await second.scores(query_of("a"), ORDER, least=NOTHING) == {}
            reranker.ready.set()
            assert (await first)["b"] == 0.9
            assert (await second.scores(query_of("a"), ORDER, least=NOTHING))["b"] == 0.9
        assert len(reranker.asked) == 2

    async def test_what_was_asked_by_who_has_gone_is_still_under_way(self) -> None:
        reranker = Late("b")
        second = SecondLook(reranker, within=60.0)
        first = asyncio.create_task(second.scores(query_of("a"), ORDER, least=NOTHING))
        async with asyncio.timeout(10):
            while not reranker.asked:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(0)
            first.cancel()
            await asyncio.wait([first])
            assert await second.scores(query_of("a"), ORDER, least=NOTHING) == {}
        assert len(reranker.asked) == 1

    async def test_what_fails_again_and_again_is_left_alone_for_a_while(self) -> None:
        reranker = Broken("b")
        second = SecondLook(reranker, within=5.0, pause=60.0)
        with capture_logs() as logs:
            for _ in range(5):
                assert await second.scores(query_of("a"), ORDER, least=NOTHING) == {}
        assert len(reranker.asked) == 2
        assert [line["event"] for line in logs] == ["second_look.missed"]

    async def test_it_is_told_anew_after_one_that_came(self) -> None:
        reranker = Broken("b")
        second = SecondLook(reranker, within=5.0, pause=0.0)
        with capture_logs() as logs:
            for is_broken in (True, True, False, True):
                reranker.is_broken = is_broken
                assert bool(await second.scores(query_of("a"), ORDER, least=NOTHING)) is not is_broken
        assert [line["event"] for line in logs] == ["second_look.missed"] * 2
