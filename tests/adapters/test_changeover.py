"""From one model to the next: the old one answers until the new table is whole, and then is gone."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from hearth_reflex.domain.extracts import Sentence
from hearth_reflex.domain.passages import Entry, Kind, VectorOf, key_of, room_scope
from hearth_reflex.domain.queries import query_of
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.changeover import Changeover, ChangingEmbedder, ChangingIndex
from hearth_reflex.rag.index import LanceIndex
from hearth_reflex.services.access import Actor
from hearth_reflex.services.quoting import Quoting
from hearth_reflex.services.reach import Reach
from hearth_reflex.services.two_legs import TwoLegs
from tests.embedders import DIMENSION, BagEmbedder

ROOM = room_scope(str(UUID(int=1)))
ME = Actor(user_id=1, uuid=str(UUID(int=9)), name="미나", is_admin=False, is_guest=True, session="")
REACH = Reach(ME, {1: str(UUID(int=1))})


def entry(number: int, text: str) -> Entry:
    uuid = str(UUID(int=number))
    return Entry(key_of(Kind.MESSAGE, uuid), Kind.MESSAGE, ROOM, str(UUID(int=1)), text, datetime.now(UTC))


class Backwards(BagEmbedder):
    """A model whose vectors say the opposite of the other one's."""

    def __init__(self) -> None:
        super().__init__(model="backwards")

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        return [[-number for number in vector] for vector in await super().embed(texts, query=query)]


class Narrow(BagEmbedder):
    """A model with half as many numbers, which knows how many only once it has made some."""

    def __init__(self) -> None:
        super().__init__(model="narrow")
        self.dimension = 0

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        self.dimension = DIMENSION // 2
        made = await super().embed(texts, query=query)
        return [[a + b for a, b in zip(vector[::2], vector[1::2], strict=True)] for vector in made]


class Changed:
    """A store that an old model filled, opened with a new one."""

    def __init__(
        self, folder: Path, old: BagEmbedder | None, new: BagEmbedder | None = None, *, again_s: float = 30.0
    ) -> None:
        self.asked: list[tuple[str, str]] = []
        new = new or Backwards()
        self.new = LanceIndex(folder, model=new.model, source=f"/models/{new.model}")
        self.old = old
        change = Changeover(self.new, embedder_of=self._made, again_s=again_s)
        self.embedder, self.index = ChangingEmbedder(new, change), ChangingIndex(self.new, change)

    def _made(self, model: str, source: str) -> BagEmbedder | None:
        self.asked.append((model, source))
        return self.old

    async def found(self, text: str) -> list[str]:
        (vector,) = await self.embedder.embed([text], query=True)
        near = await self.index.nearest(vector, scopes=[ROOM])
        return [one.key for one in near if one.score > 0.9]

    async def matching(self, word: str) -> list[str]:
        return [one.key for one in await self.index.matching(word, scopes=[ROOM])]


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    bag, index = BagEmbedder(), LanceIndex(tmp_path / "index", model="bag-of-words", source="light")
    await index.open(DIMENSION)
    old = [entry(1, "apple"), entry(2, "plum")]
    await index.put(old, await bag.embed(["apple", "plum"]), ["apple", "plum"])
    await index.close()
    return tmp_path / "index"


async def test_the_old_model_answers_until_the_new_table_is_whole(folder: Path) -> None:
    changed = Changed(folder, BagEmbedder())
    await changed.index.open(DIMENSION)
    assert await changed.found("apple") == [entry(1, "").key]
    assert changed.asked == [("bag-of-words", "light")]
    for number, word in ((1, "apple"), (2, "plum")):
        await changed.index.put([entry(number, word)], await changed.embedder.embed([word]), [word])
        assert await changed.found("apple") == [entry(1, "").key]
    await changed.index.drop_others()
    (vector,) = await changed.embedder.embed(["apple"], query=True)
    assert sum(vector) < 0, "the new model's own"
    assert await changed.found("apple") == [entry(1, "").key]
    await changed.embedder.close()
    await changed.index.close()


async def test_who_goes_back_before_the_next_one_was_ready_is_answered_by_the_fuller_table(folder: Path) -> None:
    begun = LanceIndex(folder, model="backwards")
    await begun.open(DIMENSION)
    await begun.put([entry(1, "apple")], await Backwards().embed(["apple"]), ["apple"])
    await begun.put([entry(2, "plum")], [[]], ["plum"])  # by its words, until it is embedded
    await begun.close()
    back = Changed(folder, Backwards(), BagEmbedder())
    await back.index.open(DIMENSION)
    assert await back.found("plum") == [entry(2, "").key]
    assert back.asked == []
    await back.index.close()


async def test_words_are_looked_for_in_both(folder: Path) -> None:
    changed = Changed(folder, None)
    await changed.index.open(DIMENSION)
    await changed.index.put([entry(3, "pear")], await changed.embedder.embed(["pear"]), ["pear"])
    assert await changed.matching("apple") == [entry(1, "").key]
    assert await changed.matching("pear") == [entry(3, "").key]
    await changed.index.close()


async def test_what_is_removed_leaves_both(folder: Path) -> None:
    changed = Changed(folder, BagEmbedder())
    await changed.index.open(DIMENSION)
    assert await changed.found("apple") == [entry(1, "").key]
    await changed.index.remove([entry(1, "").key])
    async with asyncio.timeout(5):
        while await changed.found("apple") or await changed.matching("apple"):  # noqa: ASYNC110 - no event says so
            await asyncio.sleep(0.1)
    await changed.index.close()


async def test_an_old_model_that_is_gone_leaves_words(folder: Path) -> None:
    changed = Changed(folder, None)
    await changed.index.open(DIMENSION)
    assert await changed.found("apple") == []
    assert await changed.matching("apple") == [entry(1, "").key]
    await changed.index.close()


async def test_an_old_model_that_falls_silent_is_not_waited_for(folder: Path) -> None:
    changed = Changed(folder, BagEmbedder(fails_on="apple"))
    await changed.index.open(DIMENSION)
    with pytest.raises(EmbedderError):
        await BagEmbedder(fails_on="apple").embed(["apple"], query=True)
    assert await changed.found("apple") == []
    await changed.index.close()


async def test_a_vector_of_the_old_model_is_never_asked_of_the_new_table(folder: Path) -> None:
    changed = Changed(folder, BagEmbedder())
    await changed.index.open(DIMENSION)
    (vector,) = await changed.embedder.embed(["apple"], query=True)
    await changed.index.put([entry(1, "apple")], await changed.embedder.embed(["apple"]), ["apple"])
    await changed.index.drop_others()
    assert await changed.index.nearest(vector, scopes=[ROOM]) == []
    await changed.index.close()


async def test_a_house_that_changed_nothing_has_nothing_old(tmp_path: Path) -> None:
    changed = Changed(tmp_path / "index", BagEmbedder())
    await changed.index.open(DIMENSION)
    await changed.index.put([entry(1, "apple")], await changed.embedder.embed(["apple"]), ["apple"])
    assert await changed.found("apple") == [entry(1, "").key]
    assert changed.asked == []
    await changed.index.close()


async def test_a_question_is_turned_in_the_space_of_the_model_that_answers(folder: Path) -> None:
    """Both of a question's vectors are asked of the table of their model, whose compass they are made with."""
    changed = Changed(folder, BagEmbedder(), Narrow())
    legs, query = TwoLegs(embedder=changed.embedder, index=changed.index), query_of("apple")
    await changed.index.open(DIMENSION // 2)

    async def nearest() -> tuple[str, int]:
        found = await legs.ask(REACH, query)
        assert found.vectors is not None
        assert set(found.across) == set(found.vectors)
        return max(found.vectors, key=lambda key: (found.vectors or {})[key], default=""), len(found.vectors)

    assert await nearest() == (entry(1, "").key, 2)
    await changed.index.put([entry(1, "apple")], await changed.embedder.embed(["apple"]), ["apple"])
    assert await nearest() == (entry(1, "").key, 2), "still the old table"
    await changed.index.drop_others()
    assert await nearest() == (entry(1, "").key, 1), "the new one"
    await changed.index.close()


async def test_a_process_that_does_not_write_hears_of_the_end(folder: Path) -> None:
    reader = Changed(folder, BagEmbedder(), again_s=0.0)
    writer = LanceIndex(folder, model="backwards")
    await writer.open(DIMENSION)
    assert isinstance((await reader.embedder.embed(["apple"], query=True))[0], VectorOf)
    await writer.put([entry(1, "apple")], await reader.embedder.embed(["apple"]), ["apple"])
    assert isinstance((await reader.embedder.embed(["apple"], query=True))[0], VectorOf)
    await writer.drop_others()
    assert not isinstance((await reader.embedder.embed(["apple"], query=True))[0], VectorOf)
    async with asyncio.timeout(5):  # a process sees what another one wrote within a second
        while await reader.found("apple") != [entry(1, "").key]:  # noqa: ASYNC110 - no event says so
            await asyncio.sleep(0.1)
    assert len(reader.asked) == 1
    await writer.close()
    await reader.index.close()


async def test_sentences_and_the_question_they_are_compared_with_are_of_one_model(folder: Path) -> None:
    changed = Changed(folder, BagEmbedder(), Narrow())
    assert isinstance((await changed.embedder.embed(["apple"], query=True))[0], VectorOf)  # the old one answers
    quoting = Quoting(changed.embedder)
    compare = quoting._compared  # pyright: ignore[reportPrivateUsage] - an answer tells only what was picked
    same, other = await compare("apple", [Sentence(1, 0, 5, "apple"), Sentence(1, 6, 10, "plum")])
    assert (same.near, other.near) == (pytest.approx(1.0), pytest.approx(0.0))
    await changed.index.close()
