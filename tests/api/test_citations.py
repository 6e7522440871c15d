"""Citations and answers from documents, over REST: their shapes, and that they open no door."""

import httpx
import pytest

from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.circle import answers_end
from tests.engines import ScriptedEngine
from tests.knowledge import known_document
from tests.retrieval_double import WordFinds
from tests.service.test_sources import RULES, small

UNKNOWN = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
def finds(house: House) -> WordFinds:
    double = WordFinds(house.database)
    house.sources.open(double)
    return double


async def _answered(house: House, engine: ScriptedEngine, client: httpx.AsyncClient, room: str) -> str:
    engine.pieces = ("환불은 7일 안에 됩니다 [1].",)
    await client.post(f"/api/rooms/{room}/messages", json={"text": "@불씨 환불은 며칠 안에 신청해?"})
    await answers_end()
    return (await client.get(f"/api/rooms/{room}/messages")).json()["messages"][-1]["message_id"]


class TestCitations:
    async def test_where_a_number_points(
        self, house: House, engine: ScriptedEngine, finds: WordFinds, mina: httpx.AsyncClient, living_room: str
    ) -> None:
        document = await known_document(house, [RULES], room=living_room, name="약관.pdf")
        message = await _answered(house, engine, mina, living_room)
        for path in ("citations", "citations/"):
            answer = await mina.get(f"/api/rooms/{living_room}/messages/{message}/{path}")
            assert answer.status_code == 200
            (told,) = answer.json()
            assert told.pop("chunk")
            assert [told] == [
                {
                    "number": 1,
                    "kind": "chunk",
                    "document": document,
                    "name": "약관.pdf",
                    "heading": "",
                    "page": 1,
                    "quote": "상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다.",
                    "image_url": "",
                    "boxes": [],
                    "start": RULES.index("상품을 받은"),
                    "end": RULES.index("상품을 받은") + len("상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다."),
                    "caption": "",
                    "message": "",
                    "seq": 0,
                }
            ]

    async def test_walls(
        self,
        house: House,
        engine: ScriptedEngine,
        finds: WordFinds,
        mina: httpx.AsyncClient,
        living_room: str,
        browser: Browser,
        enter: Enter,
    ) -> None:
        await known_document(house, [RULES], room=living_room)
        message = await _answered(house, engine, mina, living_room)
        path = f"/api/rooms/{living_room}/messages/{message}/citations"
        check_problem(await browser().get(path), 401, "signed_out")
        refused = await (await enter("준")).get(path)
        check_problem(refused, 403, "not_member")
        assert "환불" not in refused.text
        for wrong in (UNKNOWN, "1", "%00"):
            assert (await mina.get(f"/api/rooms/{living_room}/messages/{wrong}/citations")).status_code == 404
            assert (await mina.get(f"/api/rooms/{wrong}/messages/{message}/citations")).status_code == 404


class TestAsking:
    async def test_by_the_model(
        self, house: House, engine: ScriptedEngine, finds: WordFinds, mina: httpx.AsyncClient, living_room: str
    ) -> None:
        engine.pieces = ("환불은 7일 안에 ", "됩니다 [1", "]. [7] https://trap.example")
        document = await known_document(house, [RULES], room=living_room, name="약관.pdf")
        answer = await mina.post("/api/rag/generate/", json={"query": "환불은 며칠 안에 신청해?"})
        assert answer.status_code == 200
        told = answer.json()
        assert told["answer"] == "환불은 7일 안에 됩니다 [1]. https: //trap.example"
        assert (told["way"], told["model"], told["image_urls"]) == ("cite", "script", [])
        (source,) = told["sources"]
        assert (source["number"], source["document"], source["cited"]) == (1, document, True)
        assert "7일" in source["quote"]
        receipt = (await mina.get(f"/api/search-logs/{told['log']}")).json()
        assert [one["used"] for one in receipt["found"]] == [True]

    async def test_by_the_house_and_nothing(
        self, house: House, engine: ScriptedEngine, finds: WordFinds, mina: httpx.AsyncClient, living_room: str
    ) -> None:
        small(engine)
        await known_document(house, [RULES], room=living_room)
        told = (await mina.post("/api/rag/generate", json={"query": "배송비는 얼마예요?"})).json()
        assert (told["way"], told["model"]) == ("extract", "")
        assert told["answer"].endswith("배송비는 3,000원이며 고객이 부담합니다. [1]")
        told = (await mina.post("/api/rag/generate", json={"query": "주차장은 몇 층?"})).json()
        assert (told["way"], told["sources"]) == ("nothing", [])
        assert told["answer"] == "여기 있는 문서에서는 찾지 못했어요."
        assert engine.requests == []

    async def test_only_what_is_theirs(
        self,
        house: House,
        engine: ScriptedEngine,
        finds: WordFinds,
        mina: httpx.AsyncClient,
        living_room: str,
        browser: Browser,
        enter: Enter,
    ) -> None:
        document = await known_document(house, [RULES], room=living_room)
        asked = {"query": "환불은 며칠 안에 신청해?"}
        check_problem(await browser().post("/api/rag/generate", json=asked), 401, "signed_out")
        jun = await enter("준")
        assert (await jun.post("/api/rag/generate", json=asked)).json()["way"] == "nothing"
        check_problem(
            await jun.post("/api/rag/generate", json={**asked, "document_id": document}), 404, "document_unknown"
        )
        check_problem(
            await jun.post("/api/rag/generate", json={**asked, "document_id": "x' OR 1=1"}), 404, "document_unknown"
        )
        check_problem(
            await mina.post("/api/rag/generate", json={**asked, "user_id": UNKNOWN}), 403, "user_other", "user_id"
        )
        assert engine.requests == []

    @pytest.mark.parametrize("query", ["", "x" * 20_001])
    async def test_a_question_that_is_none(self, mina: httpx.AsyncClient, query: str) -> None:
        refused = await mina.post("/api/rag/generate", json={"query": query})
        check_problem(refused, 422, "arguments", "query")

    @pytest.mark.parametrize("query", ["?", "🙂" * 300, "O'Brien' OR 1=1 --", "한글", "가" * 20_000])
    async def test_any_question_is_answered(
        self, house: House, finds: WordFinds, mina: httpx.AsyncClient, living_room: str, query: str
    ) -> None:
        await known_document(house, [RULES], room=living_room)
        finds.enough = 0.0
        assert (await mina.post("/api/rag/generate", json={"query": query})).status_code == 200
