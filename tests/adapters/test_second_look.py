"""A cross-encoder in the embedder's process: a tiny one, made of chance, that is loaded as a real one would be."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.order import LIGHT, EmbedderOrder
from tests.tiny_models import cross_encoder

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

QUESTION = "물이 새면 무슨 밸브를 잠근다고?"
PASSAGES = ["파란 밸브를 잠근다", "등대는 하나다", "a blue lamp", "", "가" * 3000, "색\x00\ud800"]
LONG_S = 100.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cross")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(folder: Path) -> AsyncIterator[WorkerEmbedder]:
    """Its process is the same in all of these tests: importing torch is what takes long."""
    worker = WorkerEmbedder(EmbedderOrder(folder=folder, source=LIGHT, reranker=str(folder / "model")))
    yield worker
    await worker.close()


async def test_what_is_no_cross_encoder_of_safetensors_is_refused(worker: WorkerEmbedder, folder: Path) -> None:
    with pytest.raises(EmbedderError):
        await worker.scores(QUESTION, PASSAGES, seconds=LONG_S)  # there is no folder at all
    for labels, safe in ((1, False), (3, True)):
        cross_encoder(folder / "model", labels=labels, safe=safe)
        with pytest.raises(EmbedderError):
            await worker.scores(QUESTION, PASSAGES, seconds=LONG_S)


async def test_each_passage_has_a_score_of_its_own(worker: WorkerEmbedder, folder: Path) -> None:
    cross_encoder(folder / "model")
    found = await worker.scores(QUESTION, PASSAGES * 3, seconds=LONG_S)
    assert found == pytest.approx(found[: len(PASSAGES)] * 3, abs=1e-5)
    assert len({round(score, 6) for score in found}) == len(PASSAGES)
    assert all(0 < score < 1 for score in found)
    (again,) = await worker.scores(QUESTION, PASSAGES[:1], seconds=LONG_S)
    assert again == pytest.approx(found[0], abs=1e-5)
    (other,) = await worker.scores("무슨 색?", PASSAGES[:1], seconds=LONG_S)
    assert other != pytest.approx(found[0], abs=1e-5)


async def test_what_comes_too_late_is_not_worked_on(worker: WorkerEmbedder, folder: Path) -> None:
    cross_encoder(folder / "model")
    await worker.scores(QUESTION, PASSAGES, seconds=LONG_S)
    with pytest.raises(EmbedderError):
        await worker.scores(QUESTION, PASSAGES, seconds=0.0)


async def test_vectors_and_words_are_made_beside_it_in_one_process(worker: WorkerEmbedder, folder: Path) -> None:
    cross_encoder(folder / "model")
    scores, vectors, words = await asyncio.gather(
        worker.scores(QUESTION, PASSAGES, seconds=LONG_S),
        worker.embed([QUESTION], query=True),
        worker.words([QUESTION]),
    )
    pid = worker.pid
    assert (len(scores), len(vectors), len(words)) == (len(PASSAGES), 1, 1)
    assert await worker.scores(QUESTION, [], seconds=LONG_S) == []
    assert worker.pid == pid


async def test_without_a_setting_there_is_none(folder: Path) -> None:
    worker = WorkerEmbedder(EmbedderOrder(folder=folder, source=LIGHT))
    with pytest.raises(EmbedderError):
        await worker.scores(QUESTION, PASSAGES, seconds=LONG_S)
    assert worker.pid is None
