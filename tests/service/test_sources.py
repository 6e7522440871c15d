"""Answers that stand on documents: which way they are given, what they cite, and who may see it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Chunk, Citation, Document, SearchLog
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.prompt import PROMPT_ID, PROMPT_ID_SOURCED
from hearth_reflex.errors import EmbedderError, ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.records import EXTRACT_ID
from hearth_reflex.services.sourced import Given
from tests.circle import answers_end, room_of
from tests.engines import ScriptedEngine
from tests.factories import account, guest, listen, say, seated
from tests.knowledge import known_document
from tests.retrieval_double import WordFinds

RULES = "상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다. 배송비는 3,000원이며 고객이 부담합니다."
GARDEN = "텃밭은 5월에 열고 물은 아침에 줍니다. 호미는 헛간에 있습니다."


@pytest.fixture
def finds(house: House) -> WordFinds:
    double = WordFinds(house.database)
    house.sources.open(double)
    return double


async def ask(house: House, actor: Actor, room: str, text: str) -> Row:
    """Asks the AI and gives the row of its answer."""
    await say(house, actor, room, f"@불씨 {text}")
    await answers_end()
    return (await house.rooms.enter(actor, room)).rows[-1]


async def newest(house: House, table: Any) -> Any:
    async with house.database.read() as db:
        return (await db.exec(select(table).order_by(table.id.desc()))).first()


def small(engine: ScriptedEngine) -> None:
    """From now on the engine says of itself that it is the demo model."""

    async def health() -> EngineHealth:
        return EngineHealth(status="ready", provider="scripted", model="script", context_tokens=4096, demo=True)

    engine.health = health


class TestByTheModel:
    async def test_an_answer_cites_what_it_was_given_and_nothing_else(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        engine.pieces = ("환불은 받은 ", "날부터 7일 ", "안에 신청할 수 있어요 [", "1, 9]", ". 그리고 [4] 끝.")
        room, (mina,) = await seated(house, "미나")
        document = await known_document(house, [RULES], room=room, name="약관.pdf")
        await known_document(house, [GARDEN], room=room)
        row = await ask(house, mina, room, "환불은 며칠 안에 신청해?")
        assert row["text"] == "환불은 받은 날부터 7일 안에 신청할 수 있어요 [1]. 그리고 끝."
        (shown,) = await house.citations.of(mina, room, row["id"])
        assert (shown.number, shown.kind, shown.document) == (1, "chunk", document)
        assert (shown.name, shown.page) == ("약관.pdf", 1)
        assert shown.quote == "상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다."
        receipt = await newest(house, SearchLog)
        assert (row["cited"], row["sources"]) == (1, receipt.uuid)
        assert [one["used"] for one in receipt.found] == [True]
        assert (await newest(house, Generation)).prompt_id == PROMPT_ID_SOURCED

    async def test_passages_stand_at_the_end_and_leave_the_rest_as_it_was(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        engine.pieces = ("네 [1].",)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        await say(house, mina, room, "안녕하세요")
        await ask(house, mina, room, "환불은 며칠 안에 신청해?")
        await ask(house, mina, room, "그냥 인사야")
        first, second = (request.turns for request in engine.requests)
        assert second[: len(first) - 1] == first[:-1]
        talk, _, fence = first[-1].content.partition("\n[Found in")
        assert second[len(first) - 1].content == talk
        assert talk.endswith("미나: @불씨 환불은 며칠 안에 신청해?")
        assert f"| {RULES}" in fence
        assert "[Found in" not in second[-1].content

    async def test_where_nothing_was_brought_nothing_is_looked_for(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        room, (mina,) = await seated(house, "미나")
        other = await account(house, "준", login="jun")
        await known_document(house, [RULES], room=(await house.rooms.create(other, name="준네")).id)
        row = await ask(house, mina, room, "문서에 환불이 뭐라고 되어 있어?")
        assert finds.asked == []
        assert (row["text"], row["cited"], row["sources"]) == ("Once upon a time.", 0, "")
        assert "[Found in" not in engine.requests[-1].turns[-1].content
        assert (await newest(house, Generation)).prompt_id == PROMPT_ID

    async def test_an_answer_that_could_not_look_is_one_from_the_talk(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        for fault in (EmbedderError(), RuntimeError("index"), ForbiddenError("role")):
            finds.fault = fault
            row = await ask(house, mina, room, "환불은 며칠 안에 신청해?")
            assert (row["status"], row["text"]) == ("complete", "Once upon a time.")

    async def test_what_no_passage_says_is_marked(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        engine.pieces = ("환불은 90일 안에 됩니다 [1]. 배송비는 3,000원입니다 [1].",)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        row = await ask(house, mina, room, "환불은 며칠 안에 신청해?")
        assert row["text"] == "환불은 90일 안에 됩니다 [1]. [?] 배송비는 3,000원입니다 [1]."

    async def test_what_does_not_fit_is_not_given(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        engine.pieces = ("하나 [1] 여덟 [8].",)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [f"환불 {number} " + "가" * 2_000 for number in range(8)], room=room)
        row = await ask(house, mina, room, "환불은?")
        assert row["text"].startswith("하나 [1] 여덟.")
        sent = engine.requests[-1].turns[-1].content
        assert "\n[1] " in sent
        assert "\n[8] " not in sent
        assert sum(len(turn.content) // 4 + 1 for turn in engine.requests[-1].turns) < 4096

    async def test_one_long_passage_is_cut(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        async def count(texts: list[str]) -> list[int]:
            return [len(text) * 3 for text in texts]  # as a model that never saw Hangul

        engine.count_tokens = count
        engine.pieces = ("네 [1].",)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, ["환불 " + "가나다 " * 500], room=room)
        row = await ask(house, mina, room, "환불은?")
        assert row["cited"] == 1
        assert sum(len(turn.content) * 3 for turn in engine.requests[-1].turns) < 4096

    async def test_a_stopped_answer_keeps_what_was_said_and_its_numbers(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        engine.pieces, engine.hold = ("환불은 7일이에요 [1]", " 또 [9", "]"), asyncio.Event()
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        listener = await listen(house, mina, room)
        await say(house, mina, room, "@불씨 환불은 며칠 안에 신청해?")
        await listener.until(lambda heard: bool(heard.answers() and "[1]" in heard.answer()["text"]))
        await house.replies.stop(mina, room, listener.answer()["id"])
        await answers_end()
        row = (await house.rooms.enter(mina, room)).rows[-1]
        assert row["status"] == "stopped"
        assert row["text"].startswith("환불은 7일이에요 [1]")
        assert "9]" not in row["text"]
        assert row["cited"] == 1


class TestByTheHouse:
    async def test_a_small_model_is_not_asked(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        small(engine)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [GARDEN, RULES], room=room, name="약관.pdf")
        row = await ask(house, mina, room, "배송비는 얼마예요?")
        assert engine.requests == []
        assert row["status"] == "complete"
        assert row["text"].endswith("\n- 배송비는 3,000원이며 고객이 부담합니다. [1]")
        assert "그대로 옮긴" in row["text"]
        (shown,) = await house.citations.of(mina, room, row["id"])
        assert shown.quote == "배송비는 3,000원이며 고객이 부담합니다."
        assert (row["figures"]["model"], row["figures"]["output_tokens"]) == ("extract", 0)
        run, kept = await newest(house, Generation), await newest(house, MessageMetadata)
        assert (run.provider, run.model, run.prompt_id, run.status) == ("house", "extract", EXTRACT_ID, "done")
        assert (kept.turns, kept.prompt) == ([], "")
        assert "3,000원" in kept.said
        made = await house.metadata.how_made(mina, room, row["id"])
        assert (made.model, made.known, made.hindrance) == ("extract", True, "replay_unknown")

    async def test_a_stopped_quotation_counts_what_it_shows(self, house: House, finds: WordFinds) -> None:
        texts = ("배송비는 얼마인지 여기 적습니다.", "배송비가 얼마인지는 창구에서도 압니다.")
        given = tuple(Given(at, Passage(f"chunk:{at}", Kind.CHUNK, text)) for at, text in enumerate(texts, start=1))
        sourced = await house.sources.quoted("배송비는 얼마예요?", given)
        assert {number for number, _ in sourced.quotes} == {1, 2}
        cut = sourced.said[: sourced.said.index("[1]") + 3]
        _, linked = await house.sources.link(cut, sourced, whole=False)
        assert [one.number for one in linked.cites] == [1]

    async def test_words_of_marks_are_shown_letter_by_letter(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        small(engine)
        finds.enough = 0.0
        room, (mina,) = await seated(house, "미나")
        text = "환불 *창구*는 [여기](https://trap.example) <b>7층</b> `a` $x$ @준 [9] ![p](https://trap.example/p.png)."
        await known_document(house, [text], room=room)
        row = await ask(house, mina, room, "환불 창구는 어디야?")
        said = row["text"].rpartition("\n- ")[2]
        assert said == "환불 \\*창구\\*는 여기 \\<b\\>7층\\</b\\> \\`a\\` \\$x\\$ ＠준 (9) p. [1]"
        assert row["mentions"] == []

    async def test_small_talk_stays_small_talk(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        small(engine)
        finds.enough = 0.0
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        row = await ask(house, mina, room, "안녕! 고마워")
        assert (row["text"], row["cited"], row["sources"]) == ("Once upon a time.", 0, "")
        assert (await newest(house, SearchLog)).message_id is not None  # the receipt goes where its answer goes
        assert (await ask(house, mina, room, "오늘 기분이 어때?"))["text"] == "Once upon a time."

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("문서에 주차장이 몇 층이라고 되어 있어?", "여기 있는 문서에서는 찾지 못했어요."),
            ("What does the document say about parking?", "I did not find that in the documents here."),
        ],
    )
    async def test_nothing_found_is_said_plainly(
        self, house: House, engine: ScriptedEngine, finds: WordFinds, question: str, answer: str
    ) -> None:
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        row = await ask(house, mina, room, question)
        assert (row["text"], row["cited"], row["status"]) == (answer, 0, "complete")
        assert row["sources"] == (await newest(house, SearchLog)).uuid
        assert engine.requests == []
        small(engine)
        finds.enough = 0.0  # what is near and answers nothing is nothing, too
        assert (await ask(house, mina, room, question))["text"] == answer
        assert await house.citations.of(mina, room, row["id"]) == []

    async def test_in_a_session_with_documents_of_its_own(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        mina = await account(house, "미나", login="mina")
        room = (await house.rooms.create(mina, name="모임")).id
        talk = (await house.ai_sessions.start(mina, room)).session_id
        await known_document(house, [RULES], room=talk)

        async def answer(text: str) -> str:
            await say(house, mina, talk, text)
            await answers_end()
            return (await house.rooms.enter(mina, talk)).rows[-1]["text"]

        assert await answer("주차장은 몇 층에 있어?") == "여기 있는 문서에서는 찾지 못했어요."
        await say(house, mina, talk, "참고로 주차장은 지하 2층에 있대")
        await answers_end()
        assert await answer("주차장은 몇 층에 있어?") == "Once upon a time."
        assert await answer("너는 이름이 뭐야?") == "Once upon a time."

    async def test_where_no_model_can_speak_the_house_still_quotes(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        engine.status = "unavailable"
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        assert "3,000원" in (await ask(house, mina, room, "배송비는 얼마예요?"))["text"]


class TestVersions:
    async def test_each_version_has_its_own(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        engine.pieces = ("환불은 7일 안에 됩니다 [1].",)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        row = await ask(house, mina, room, "환불은 며칠 안에 신청해?")
        engine.pieces = ("모르겠어요.",)
        await house.answers.regenerate(mina, room, row["id"])
        await answers_end()
        assert await house.citations.of(mina, room, row["id"]) == []
        assert (await house.rooms.enter(mina, room)).rows[-1]["cited"] == 0
        chosen = await house.answers.choose(mina, room, row["id"], number=1)
        assert (chosen["cited"], chosen["sources"]) == (1, row["sources"])
        assert [one.number for one in await house.citations.of(mina, room, row["id"])] == [1]

    async def test_an_answer_that_goes_on_keeps_its_numbers(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        engine.pieces, engine.fail_at = ("환불은 7일 안에 됩니다 [1]. ", "x"), 1
        room, (mina,) = await seated(house, "미나")
        first = await known_document(house, [RULES], room=room, name="약관.pdf")
        row = await ask(house, mina, room, "환불은 며칠 안에 신청해?")
        assert (row["status"], row["cited"]) == ("failed", 1)
        async with house.database.write() as db:  # what was cited is no longer near, something else is
            (await db.exec(select(Chunk))).one().text = "아무것도 아닌 글"
        second = await known_document(house, ["환불은 창구에서 며칠 걸려요."], room=room, name="창구.pdf")
        engine.pieces, engine.fail_at = ("창구에서 해요 [2].",), None
        await house.replies.go_on(mina, room, row["id"])
        await answers_end()
        shown = {one.number: one.document for one in await house.citations.of(mina, room, row["id"])}
        assert shown == {1: first, 2: second}

    async def test_a_deleted_answer_cites_nothing(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        engine.pieces = ("환불은 7일 안에 됩니다 [1].",)
        jun = await account(house, "준", login="jun")
        room = (await house.rooms.create(jun, name="모임")).id
        await known_document(house, [RULES], room=room)
        row = await ask(house, jun, room, "환불은 며칠 안에 신청해?")
        await house.edits.delete(jun, room, row["id"])
        deleted = (await house.rooms.enter(jun, room)).rows[-1]
        assert (deleted["cited"], deleted["sources"]) == (0, "")
        assert await house.citations.of(jun, room, row["id"]) == []

    async def test_what_is_removed_is_cited_no_more(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        engine.pieces = ("환불은 7일 안에 됩니다 [1].",)
        room, (mina,) = await seated(house, "미나")
        await known_document(house, [RULES], room=room)
        row = await ask(house, mina, room, "환불은 며칠 안에 신청해?")
        async with house.database.write() as db:
            await db.delete((await db.exec(select(Document))).one())
        assert await house.citations.of(mina, room, row["id"]) == []
        assert (await newest(house, Citation)) is None
        assert (await ask(house, mina, room, "문서에 환불이 뭐라고 되어 있어?"))["cited"] == 0

    async def test_what_is_removed_while_it_answers_is_in_no_kept_prompt(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        document = await known_document(house, [RULES], room=room, owner=mina)
        engine.hold = asyncio.Event()
        await say(house, mina, room, "@불씨 환불은 며칠 안에 신청해?")
        await listener.until(lambda heard: heard.answers() != [] and heard.answer()["text"] != "")
        assert RULES in repr(engine.requests)
        await house.documents.remove(mina, document)
        engine.hold.set()
        await answers_end()
        made = await newest(house, MessageMetadata)
        assert (made.prompt, made.turns, bool(made.said)) == ("", [], True)


class TestWhoMaySee:
    async def test_only_who_sits_there(self, house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
        engine.pieces = ("환불은 7일 안에 됩니다 [1].",)
        room, (mina, jun) = await seated(house, "미나", "준")
        await known_document(house, [RULES], room=room)
        row = await ask(house, mina, room, "환불은 며칠 안에 신청해?")
        assert len(await house.citations.of(jun, room, row["id"])) == 1
        stranger = await guest(house, "나그네")
        with pytest.raises(ForbiddenError):
            await house.citations.of(stranger, room, row["id"])
        owner = await account(house, "하나", login="hana")
        own = (await house.rooms.create(owner, name="하나네", private=True)).id
        for wrong in ((own, row["id"]), (room, "01890000-0000-7000-8000-000000000000"), ("x", "y")):
            with pytest.raises(NotFoundError):
                await house.citations.of(mina, *wrong)

    async def test_a_shelf_is_its_owners_when_others_come_in(
        self, house: House, engine: ScriptedEngine, finds: WordFinds
    ) -> None:
        engine.pieces = ("연봉은 7일에 나와요 [1].",)
        owner = await account(house, "하나", login="hana")
        room = (await house.rooms.create(owner, name="하나네", private=True)).id
        await known_document(house, ["하나의 연봉 통지서: 연봉은 7일에 나온다."], owner=owner)
        row = await ask(house, owner, room, "연봉은 언제 나와?")
        assert row["cited"] == 1
        assert "통지서" in repr(engine.requests)
        jun = await guest(house, "준")
        await house.invites.accept(jun, (await house.invites.make(owner, room)).code)
        made = await house.metadata.how_made(jun, room, row["id"])
        assert (made.prompt, made.known, made.hindrance) == ("", True, "replay_unknown")
        assert "통지서" not in repr((await newest(house, MessageMetadata)).model_dump())
        assert await house.citations.of(jun, room, row["id"]) == []
        assert len(await house.citations.of(owner, room, row["id"])) == 1
        engine.requests.clear()
        await ask(house, owner, room, "연봉은 언제 나와?")  # now somebody else would hear it
        assert "통지서" not in repr(engine.requests)


async def test_what_is_shown_is_what_the_next_prompt_holds(
    house: House, engine: ScriptedEngine, finds: WordFinds
) -> None:
    engine.pieces = ("네 [1].",)
    room, (mina,) = await seated(house, "미나")
    await known_document(house, [RULES, "환불 창구는 며칠 동안 닫습니다."], room=room)
    await say(house, mina, room, "환불은 며칠 안에 신청해?")
    (sight,) = await house.sights.of(mina, room)
    assert sight.passages == 2
    async with house.database.read() as db:
        assert (await db.exec(select(SearchLog))).all() == []  # to show it is not to ask
    (seat,) = await house.personas.seated(await room_of(house, room))
    await house.replies.begin(mina, await room_of(house, room), seat)
    await answers_end()
    turns = engine.requests[-1].turns
    assert sight.tokens == sum(len(turn.content) // 4 + 1 for turn in turns)
    assert turns[-1].content.count("\n| ") == 2


@pytest.fixture(autouse=True)
async def settled(house: House) -> AsyncIterator[None]:
    yield
    await answers_end()
