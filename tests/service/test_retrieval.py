"""Looks into what the house knows: what is found and told of it, follow-ups, whole documents, a silent embedder."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import SearchLog
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.meanings import Meanings
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.queries import query_of
from hearth_reflex.errors import EmbedderError, ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.patience import Patience
from hearth_reflex.services.reach import reach_of_answer
from hearth_reflex.services.search_logs import mark_used
from tests.clocks import HandClock
from tests.embedders import BagEmbedder
from tests.factories import account, guest, say, seated
from tests.knowledge import brought_in, known_document

VALVE = "보일러 아래로 물이 새면 계량기 옆 파란 밸브를 잠근다."
LIGHTS = "현관 전등은 왼쪽 스위치로 켠다."
QUESTION = "물이 새면 무슨 밸브를 잠근다고?"


async def room_row(house: House, uuid: str) -> Room:
    async with house.database.read() as db:
        return (await db.exec(select(Room).where(Room.uuid == uuid))).one()


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


class TestFinding:
    async def test_a_passage_says_where_it_stands(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        document = await known_document(house, [LIGHTS, VALVE], room=room, name="집 안내.pdf")
        await brought_in(house)
        found = await house.retrieval.find(mina, QUESTION)
        (passage,) = found.passages
        assert (passage.text, passage.document, passage.name, passage.room) == (VALVE, document, "집 안내.pdf", room)
        assert (passage.kind, passage.page_from, passage.start, passage.rank) == (Kind.CHUNK, 2, len(LIGHTS), 1)
        assert passage.vector is not None
        assert passage.text_score is not None
        assert (found.is_nothing, found.mode, found.question) == (False, "hybrid", QUESTION)

    async def test_nothing_goes_on_for_who_may_not_look(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        room, _ = await seated(house, "미나")
        stranger = await guest(house, "남")
        ended = asyncio.Event()

        async def embed(_: Sequence[str], *, query: bool) -> list[list[float]]:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
            return []

        monkeypatch.setattr(house.embedder, "embed", embed)
        with pytest.raises(ForbiddenError):
            await house.retrieval.find(stranger, QUESTION, rooms=[room])
        await asyncio.wait_for(ended.wait(), 5)

    async def test_what_says_it_in_the_other_language_is_found_where_one_may_look(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def meanings(_: Sequence[str]) -> Meanings:
            return Meanings("blue valve", (("밸브", "valv"), ("파란", "blue")))

        monkeypatch.setattr(house.embedder, "meanings", meanings)
        room, (mina, other) = await seated(house, "미나", "준")
        apart = (await house.rooms.create(other, name="딴 방")).id
        await house.rooms.sit_down(other, room)
        here, there = (
            "The valve beside the meter is blue.",
            "Cellar of my parents: look for a blue handle on each valve.",
        )
        for text, where in ((here, room), (there, apart)):
            await known_document(house, [LIGHTS, text], room=where)
        await brought_in(house)
        found = (await house.retrieval.find(mina, "밸브 파란 거 어디?")).passages
        assert texts(found) == [here]
        assert found[0].text_score is not None
        assert set(texts((await house.retrieval.find(other, "밸브 파란 거 어디?")).passages)) == {here, there}

    async def test_without_a_dictionary_the_question_is_asked_as_it_is(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def meanings(_: Sequence[str]) -> Meanings:
            raise EmbedderError

        monkeypatch.setattr(house.embedder, "meanings", meanings)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [LIGHTS, VALVE], room=room)
        await brought_in(house)
        assert texts((await house.retrieval.find(mina, QUESTION)).passages) == [VALVE]

    async def test_what_nobody_wrote_of_is_not_found(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [LIGHTS, VALVE], room=room)
        await brought_in(house)
        found = await house.retrieval.find(mina, "코끼리는 몇 살까지 살아?")
        assert found.is_nothing
        assert found.passages == ()
        assert found.log

    @pytest.mark.parametrize("question", ["😀😀", "?", "\x00", " "])
    async def test_a_question_of_no_words_finds_nothing(self, house: House, question: str) -> None:
        _, (mina,) = await seated(house, "미나")
        found = await house.retrieval.find(mina, question)
        assert (found.is_nothing, found.log) == (True, "")

    async def test_only_these_documents_and_kinds(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        first, second = [await known_document(house, [f"{VALVE} {n}번 집"], room=room) for n in ("하나", "둘")]
        await say(house, mina, room, VALVE)
        await brought_in(house)
        only = await house.retrieval.find(mina, QUESTION, documents=[second])
        assert {passage.document for passage in only.passages} == {second}
        said = await house.retrieval.find(mina, QUESTION, kinds=[Kind.MESSAGE])
        assert [passage.kind for passage in said.passages] == [Kind.MESSAGE]
        assert first != second

    async def test_what_is_not_in_the_index_yet_is_found_by_its_words(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [LIGHTS, VALVE], room=room)
        assert texts((await house.retrieval.find(mina, QUESTION)).passages) == [VALVE]

    async def test_without_vectors_words_do(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [LIGHTS, VALVE], room=room)
        await brought_in(house)
        assert isinstance(house.embedder, BagEmbedder)
        house.embedder.fails_on = "밸브"
        found = await house.retrieval.find(mina, QUESTION)
        assert (texts(found.passages), found.mode) == ([VALVE], "words")

    async def test_somebody_who_never_rests_is_slowed_down(self, house: House) -> None:
        mina = await guest(house, "미나")
        for _ in range(30):
            await house.retrieval.find(mina, "?")
        with pytest.raises(LimitError):
            await house.retrieval.find(mina, "?")

    async def test_too_many_rooms_are_refused(self, house: House) -> None:
        mina = await guest(house, "미나")
        with pytest.raises(InputError):
            await house.retrieval.find(mina, QUESTION, rooms=["x"] * 501)


class TestForAnAnswer:
    async def test_a_shelf_is_told_only_where_nobody_else_sits(self, house: House) -> None:
        mina, jun = await account(house, "미나", login="mina"), await guest(house, "준")
        room = (await house.rooms.create(mina, name="미나네", private=True)).id
        talk = (await house.ai_sessions.start(mina, room, persona="", title="")).session_id
        await known_document(house, [VALVE], owner=mina)
        await brought_in(house)
        rows = [await room_row(house, uuid) for uuid in (room, talk)]
        for row in rows:
            assert texts((await house.retrieval.for_answer(mina, row, QUESTION)).passages) == [VALVE]
        await house.invites.accept(jun, (await house.invites.make(mina, room)).code)
        for row in rows:
            assert (await house.retrieval.for_answer(mina, row, QUESTION)).is_nothing

    async def test_a_shelf_is_not_told_where_anybody_may_sit_down(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await house.ai_sessions.start(mina, room, persona="", title="")).session_id
        await known_document(house, [VALVE], owner=mina)
        await brought_in(house)
        for uuid in (room, talk):
            assert (await house.retrieval.for_answer(mina, await room_row(house, uuid), QUESTION)).is_nothing

    async def test_a_follow_up_is_completed(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [LIGHTS, VALVE], room=room)
        await brought_in(house)
        await say(house, mina, room, "현관 전등은 어떻게 켠다고?")
        await say(house, mina, room, "그건 왼쪽 스위치야?")
        found = await house.retrieval.for_answer(mina, await room_row(house, room), "그건 왼쪽 스위치야?")
        assert "전등" in found.query
        assert found.question == "그건 왼쪽 스위치야?"
        assert LIGHTS in texts(found.passages)

    async def test_documents_that_fit_come_whole(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [LIGHTS, VALVE, "끝."], room=room)
        await brought_in(house)
        row = await room_row(house, room)
        async with house.database.read() as db:
            reach = await reach_of_answer(db, mina, row)
        whole = await house.retrieval.for_answer(mina, row, QUESTION, whole_tokens=500)
        assert (whole.mode, texts(whole.passages)) == ("whole", [LIGHTS, VALVE, "끝."])
        assert [passage.rank for passage in whole.passages] == [0, 1, 0]
        with house.retrieval._legs.begun(query_of(QUESTION)) as asked:  # pyright: ignore[reportPrivateUsage]
            found = await house.retrieval.look(reach, asked, fresh=())
        pictures = [Passage(f"picture:{at}", Kind.PICTURE, "밸브") for at in range(9)]
        crowded = replace(found, passages=(*found.passages, *pictures))
        again = await house.retrieval._whole(reach, crowded, tokens=500)  # pyright: ignore[reportPrivateUsage]
        assert (again.mode, len(again.passages)) == ("whole", 3 + 9)
        small = await house.retrieval.for_answer(mina, row, QUESTION, whole_tokens=20)
        assert (small.mode, texts(small.passages)) == ("hybrid", [VALVE])
        assert (await house.retrieval.for_answer(mina, row, "코끼리 나이", whole_tokens=500)).is_nothing

    async def test_a_session_knows_what_its_room_knows(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [VALVE], room=room)
        await brought_in(house)
        async with house.database.write() as db:
            parent = (await db.exec(select(Room).where(Room.uuid == room))).one()
            talk = Room(kind="session", name_ko="이야기", name_en="Talk", parent_id=parent.id)
            db.add(talk)
        assert texts((await house.retrieval.for_answer(mina, talk, QUESTION)).passages) == [VALVE]


class TestReceipts:
    async def test_it_tells_scores_and_what_was_used(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [VALVE], room=room, name="집 안내.pdf")
        await brought_in(house)
        found = await house.retrieval.find(mina, QUESTION, rooms=[room])
        async with house.database.write() as db:
            await mark_used(db, found.log, [found.passages[0].key])
        receipt = await house.search_logs.receipt(mina, found.log)
        (one,) = receipt.found
        assert (one.name, one.rank, one.used, one.page, receipt.room) == ("집 안내.pdf", 1, True, 1, room)
        assert one.vector == found.passages[0].vector
        assert receipt.total_ms > 0

    async def test_no_words_of_what_was_found_are_kept(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [VALVE], room=room, name="집 안내.pdf")
        await brought_in(house)
        await house.retrieval.find(mina, QUESTION)
        async with house.database.read() as db:
            (log,) = (await db.exec(select(SearchLog))).all()
        assert "집 안내" not in str(log.found)
        assert "파란" not in str(log.found)

    async def test_the_newest_come_first_and_old_ones_go(self, house: House, clock: HandClock) -> None:
        _, (mina,) = await seated(house, "미나")
        logs = [(await house.retrieval.find(mina, f"열쇠 {n}")).log for n in range(3)]
        assert [one.id for one in await house.search_logs.recent(mina, 2)] == [logs[2], logs[1]]
        async with house.database.write() as db:
            for log in (await db.exec(select(SearchLog).where(col(SearchLog.uuid) != logs[2]))).all():
                log.created_at = clock.now().replace(year=2001)
        await house.search_logs.clean()
        assert [one.id for one in await house.search_logs.recent(mina)] == [logs[2]]

    async def test_that_of_a_message_taken_back_is_gone(self, house: House, clock: HandClock) -> None:
        room, (mina,) = await seated(house, "미나")
        row = await say(house, mina, room, "답")
        log = (await house.retrieval.find(mina, "열쇠", rooms=[room])).log
        async with house.database.write() as db:
            message = (await db.exec(select(Message).where(Message.uuid == row["id"]))).one()
            await mark_used(db, log, [], message_id=message.id)
            message.deleted_at = clock.now()
        with pytest.raises(NotFoundError):
            await house.search_logs.receipt(mina, log)

    async def test_of_those_that_belong_to_no_answer_only_so_many_stay(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hearth_reflex.services.search_logs.MOST_LOOSE", 3)
        monkeypatch.setattr("hearth_reflex.services.search_logs.TIDY_EVERY", 1)
        room, (mina, jun) = await seated(house, "미나", "준")
        row, log = await say(house, mina, room, "답"), (await house.retrieval.find(mina, "열쇠", rooms=[room])).log
        async with house.database.write() as db:
            message = (await db.exec(select(Message).where(Message.uuid == row["id"]))).one()
            await mark_used(db, log, [], message_id=message.id)
        theirs = (await house.retrieval.find(jun, "열쇠")).log
        logs = [(await house.retrieval.find(mina, f"열쇠 {n}")).log for n in range(5)]
        assert [one.id for one in await house.search_logs.recent(mina)] == [*reversed(logs[2:]), log]
        assert theirs in [one.id for one in await house.search_logs.recent(jun)]

    async def test_that_of_a_session_names_its_own_documents_and_its_rooms(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await house.ai_sessions.start(mina, room, persona="", title="")).session_id
        for place, name in ((room, "하나"), (talk, "둘")):
            await known_document(house, [f"{VALVE} {name}번 집"], room=place, name=name)
        await brought_in(house)
        found = await house.retrieval.for_answer(mina, await room_row(house, talk), QUESTION)
        assert {one.name for one in (await house.search_logs.receipt(mina, found.log)).found} == {"하나", "둘"}


class TestPatience:
    async def test_what_is_late_is_done_without(self) -> None:
        ready, patience = asyncio.Event(), Patience()

        async def slow() -> int:
            await ready.wait()
            return 1

        for _ in range(10):
            with pytest.raises(EmbedderError):
                await patience.within(0.001, slow())
        ready.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await patience.within(1, slow()) == 1
