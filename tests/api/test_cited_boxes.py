"""From a PDF that is brought to the box on its page: read by the real reader, cut, cited by a model, shown over REST.

The facts of the PDF stand in known places; what is drawn must hold them, and not by drawing everything.
"""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.generation import ChatRequest, EngineEvent
from hearth_reflex.rag.reader import Reader
from tests.adapters.test_cited_places import Fact, _book
from tests.api.test_documents import brought, read
from tests.circle import answers_end
from tests.documents import LEFT
from tests.engines import ScriptedEngine
from tests.library import reader_of
from tests.retrieval_double import WordFinds

_PAGE_WIDTH = 595.0
_MOST_LINES = 3  # on average, of one citation


class ReadingEngine(ScriptedEngine):
    """Says what it is told to say, with the number of the passage in its prompt that holds a line."""

    said, stands = "", ""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        self.pieces = (f"{self.said[:-1]} [{self._number(request.turns[-1].content)}].",)
        async for one in super().stream(request):
            yield one

    def _number(self, prompt: str) -> str:
        number, passages = "", dict[str, str]()
        for line in prompt.splitlines():
            if line.startswith("["):
                number = line[1:].partition("]")[0]
            elif line.startswith("| "):
                passages[number] = passages.get(number, "") + "".join(line[2:].split())
        return next(one for one, text in passages.items() if "".join(self.stands.split()) in text)


@pytest.fixture
def engine() -> ReadingEngine:
    return ReadingEngine()


async def test_the_box_on_the_page_holds_what_is_cited(
    house: House, engine: ReadingEngine, mina: httpx.AsyncClient, living_room: str
) -> None:
    data, facts = _book()
    document = await _in_the_library(house, mina, living_room, data)
    house.sources.open(WordFinds(house.database, enough=0.2))
    held, lines = 0, 0
    for fact in facts:
        (cited,) = await _cited(engine, mina, living_room, fact)
        assert (cited["document"], cited["page"]) == (document, fact.page)
        assert cited["image_url"] == f"/api/documents/{document}/pages/{fact.page}"
        assert await _in_the_reader(mina, cited) == (cited["quote"], cited["boxes"])
        held += any(_holds(box, fact) for box in cited["boxes"])
        lines += len(cited["boxes"])
    assert held >= 0.85 * len(facts)
    assert lines <= _MOST_LINES * len(facts)


async def _in_the_library(house: House, client: httpx.AsyncClient, room: str, data: bytes) -> str:
    path = house.settings.data_dir / "book"
    path.write_bytes(data)
    reader_of(house).says["book.pdf"] = await Reader().read(path, name="book.pdf")
    document = await brought(client, data, "book.pdf", room=room)
    await read(house)
    return document


async def _cited(engine: ReadingEngine, client: httpx.AsyncClient, room: str, fact: Fact) -> list[dict[str, Any]]:
    engine.said, engine.stands = fact.said, fact.line
    await client.post(f"/api/rooms/{room}/messages", json={"text": f"@불씨 {fact.question}"})
    await answers_end()
    answer = (await client.get(f"/api/rooms/{room}/messages")).json()["messages"][-1]["message_id"]
    return (await client.get(f"/api/rooms/{room}/messages/{answer}/citations")).json()


async def _in_the_reader(client: httpx.AsyncClient, cited: dict[str, Any]) -> tuple[str, list[list[float]]]:
    """What a reader of the document makes of a citation: the words of its piece, and the lines that they stand in."""
    pieces = (await client.get(f"/api/documents/{cited['document']}/text?limit=200")).json()["chunks"]
    piece = next(one for one in pieces if one["id"] == cited["chunk"])
    start, end = cited["start"], cited["end"]
    lines = [box[:5] for box in piece["boxes"] if box[5] < end and box[6] > start]
    return piece["text"][start:end], lines


def _holds(box: list[float], fact: Fact) -> bool:
    """Whether a line that is drawn is where the fact begins, on its page."""
    page, left, top, right, bottom = box
    begins = LEFT / _PAGE_WIDTH
    return page == fact.page and top <= fact.middle <= bottom and left <= begins + 0.01 < right
