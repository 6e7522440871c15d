"""The encoder that stands beside the default one: one vector of both, and who has it and who has not."""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from hearth_reflex.bootstrap.index import _still_there
from hearth_reflex.domain.compass import ENGLISH, KOREAN, Compass
from hearth_reflex.domain.fusion import STRANGERS
from hearth_reflex.domain.kin import asked_words
from hearth_reflex.domain.queries import query_of
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag import order as orders
from hearth_reflex.rag.companion import SHARE, Companion
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.models import Models
from hearth_reflex.rag.order import LIGHT, EmbedderOrder, read_order
from hearth_reflex.rag.weights import COMPANION_DIMENSION, DIMENSION, NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAID = ("현관 열쇠는 세 번째 화분 뒤에 걸려 있다.", "The deploy goes out from Tuesday to Thursday.")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerEmbedder]:
    embedder = WorkerEmbedder(EmbedderOrder(folder=tmp_path_factory.mktemp("both"), source=LIGHT))
    yield embedder
    await embedder.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerEmbedder]:
    order = EmbedderOrder(folder=tmp_path_factory.mktemp("alone"), source=LIGHT, companion=False)
    embedder = WorkerEmbedder(order)
    yield embedder
    await embedder.close()


def product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("query", [True, False])
async def test_one_vector_holds_both(both: WorkerEmbedder, alone: WorkerEmbedder, query: bool) -> None:
    made, first = await both.embed(SAID, query=query), await alone.embed(SAID, query=query)
    for vector, own in zip(made, first, strict=True):
        assert len(vector) == both.dimension == DIMENSION + COMPANION_DIMENSION
        head, tail = vector[:DIMENSION], vector[DIMENSION:]
        assert product(head, own) == pytest.approx(math.sqrt(1 - SHARE), abs=1e-4)
        assert product(tail, tail) == pytest.approx(SHARE, abs=1e-4)


@pytest.mark.parametrize("query", [True, False])
async def test_sentences_are_the_first_ones_alone(both: WorkerEmbedder, alone: WorkerEmbedder, query: bool) -> None:
    assert await both.embed_sentences(SAID, query=query) == await alone.embed(SAID, query=query)
    assert both.dimension == DIMENSION + COMPANION_DIMENSION  # what the index is made for is as it was


async def test_a_text_has_one_vector_whatever_stands_beside_it(both: WorkerEmbedder) -> None:
    (one,), (_, other) = await both.embed(SAID[:1]), await both.embed([SAID[1] * 40, SAID[0]])
    assert product(one, other) == pytest.approx(1.0, abs=1e-4)


async def test_it_finds_across_languages_what_the_first_does_not(both: WorkerEmbedder) -> None:
    """The Korean question is nearer to an English answer than to a Korean sentence that answers nothing."""
    asked = "우리 팀 배포는 무슨 요일에 해?"
    (question,), passages = await both.embed([asked], query=True), await both.embed(SAID)
    tails = [product(question[DIMENSION:], passage[DIMENSION:]) for passage in passages]
    heads = [product(question[:DIMENSION], passage[:DIMENSION]) for passage in passages]
    assert tails[1] > tails[0]
    assert (tails[1] - tails[0]) / SHARE > (heads[1] - heads[0]) / (1 - SHARE)


async def test_strangers_are_as_far_from_each_other_as_fusion_supposes(
    both: WorkerEmbedder, alone: WorkerEmbedder
) -> None:
    of_both, of_one = [
        Compass.of(await model.embed(KOREAN, query=True), await model.embed(ENGLISH, query=True)).strangers
        for model in (both, alone)
    ]
    assert of_both == pytest.approx(STRANGERS, abs=0.01)
    assert of_one > of_both + 0.05  # another model's are others, and are told by itself


@pytest.mark.parametrize(
    "text", ["", "\x00nul\x00", "\ud800", "🙂" * 300, "가" * 30_000, "\u1100\u1161" * 4_000, "ﷺ" * 900]
)
async def test_no_text_is_too_strange_for_it(both: WorkerEmbedder, text: str) -> None:
    (vector,) = await both.embed([text], query=True)
    assert product(vector, vector) == pytest.approx(1.0, abs=1e-3)


class TestWhatCannotBeLoaded:
    """As where its memory is not to be had."""

    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> Companion:
        monkeypatch.setattr("hearth_reflex.rag.companion.COMPANION_MODULE", "hearth_has_no_such_module")
        return Companion(threads=1)

    async def test_questions_go_on_without_it(self, broken: Companion) -> None:
        first = np.eye(2, DIMENSION, dtype=np.float32)
        made, of_words = broken.beside(first, SAID, query=True, words=["열쇠"])
        assert len(of_words) == 0
        assert made.shape == (2, DIMENSION + COMPANION_DIMENSION)
        assert np.allclose(made[:, :DIMENSION], math.sqrt(1 - SHARE) * first)
        assert not made[:, DIMENSION:].any()

    async def test_passages_wait_for_it(self, broken: Companion, monkeypatch: pytest.MonkeyPatch) -> None:
        first = np.eye(2, DIMENSION, dtype=np.float32)
        with pytest.raises(LookupError):
            broken.beside(first, SAID, query=False)
        monkeypatch.undo()
        with pytest.raises(LookupError):
            broken.beside(first, SAID, query=False)  # it is not tried again at once
        monkeypatch.setattr("hearth_reflex.rag.companion.AGAIN_S", 0.0)
        made, _ = broken.beside(first, SAID, query=False)
        assert made[:, DIMENSION:].any()


async def test_both_lanes_may_ask_at_once() -> None:
    companion, first = Companion(threads=1), np.zeros((2, DIMENSION), dtype=np.float32)
    wanted, _ = companion.beside(first, SAID, query=False)
    texts = [list(SAID), [SAID[0] * 30, SAID[1] * 30]] * 8
    made = await asyncio.gather(*(asyncio.to_thread(companion.beside, first, pair, query=False) for pair in texts))
    assert all(np.allclose(pair, wanted, atol=1e-5) for pair, _ in made[::2])


async def test_the_words_of_a_question_come_with_it(tmp_path: Path) -> None:
    """As if each had been embedded by itself; then they are known to what holds passages against them."""
    companion, words = Companion(threads=1), ["열쇠", "deploy", "화분"]
    first = np.zeros((1, DIMENSION), dtype=np.float32)
    alone, nothing = companion.beside(first, SAID[:1], query=True)
    made, of_words = companion.beside(first, SAID[:1], query=True, words=words)
    assert len(nothing) == 0
    assert np.allclose(made, alone, atol=1e-5)
    assert np.allclose(of_words, companion.words(words), atol=1e-5)
    models = Models(EmbedderOrder(folder=tmp_path, source=LIGHT))
    assert models.kin is not None
    query = query_of("deploy는 무슨 요일에 나가지? Is it on Tuesday?")
    vectors = models.embed([query.text], query=True)
    assert models.kin.unknown([*asked_words(query), "화분"]) == ["화분"]
    assert np.allclose(vectors, models.embed([query.text], query=True), atol=1e-5)
    models.embed(["화분", "열쇠"], query=True)  # no question of somebody
    models.embed(["화분"], query=False)
    assert models.kin.unknown(["화분", "열쇠"]) == ["화분", "열쇠"]


async def test_a_process_that_has_other_packages_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = WorkerEmbedder(EmbedderOrder(folder=tmp_path, source=LIGHT))
    monkeypatch.setattr(orders, "has_companion", lambda: False)  # here; its process finds it
    with pytest.raises(EmbedderError):
        await embedder.embed(SAID)
    await embedder.close()


async def test_who_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = EmbedderOrder(folder=tmp_path)
    assert order.has_companion
    assert order.model.startswith(f"{NAME}@")
    without, other = replace(order, companion=False), replace(order, source="nobody/knows")
    assert not without.has_companion
    assert not other.has_companion
    assert (without.dimension, other.dimension) == (DIMENSION, 0)
    assert len({order.model, without.model, other.model}) == 3
    monkeypatch.setattr(orders, "has_companion", lambda: False)  # as where its package was not installed
    assert not order.has_companion
    assert (order.model, order.dimension) == (without.model, DIMENSION)


@pytest.mark.parametrize("companion", [True, False])
async def test_the_process_is_told(tmp_path: Path, companion: bool) -> None:
    order = EmbedderOrder(folder=tmp_path, companion=companion, threads=2)
    assert read_order(order.arguments()[2:])[0] == order


async def test_what_answered_before_it_came_goes_on_answering_until_all_is_embedded(tmp_path: Path) -> None:
    now = EmbedderOrder(folder=tmp_path)
    before = replace(now, companion=False)
    old = _still_there(now, before.model, "")
    assert old is not None
    assert (old.model, old.dimension) == (before.model, DIMENSION)
    back = _still_there(before, now.model, "")
    assert back is not None
    assert (back.model, back.dimension) == (now.model, now.dimension)
    assert _still_there(now, f"{NAME}@of-another-time", "") is None
