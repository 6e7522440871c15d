"""The embedder's process with the real model: both engines say the same, languages meet, and a killed one comes back.

One process for all of these tests; the heavy engine is loaded once.
"""

import asyncio
import contextlib
import math
import os
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.absent import AbsentEmbedder
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.models import MUCH
from hearth_reflex.rag.order import LIGHT, EmbedderOrder, read_order

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAID = (
    "저녁은 김치찌개로 하고, 내일 아침엔 죽을 끓이자.",
    "The lighthouse keeper wrote the weather into a red book every evening.",
    "회의는 3월 4일 오후 2시, 장소는 2층 서재입니다 (준비물: 노트북, 도장).",
    "def add(a: int, b: int) -> int:\n    return a + b",
    "안녕하세요! café ﬁne １２３ — “인용” … ½",
    "짧다",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedder")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def embedder(folder: Path) -> AsyncIterator[WorkerEmbedder]:
    embedder = WorkerEmbedder(EmbedderOrder(folder=folder))
    yield embedder
    await embedder.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def light(folder: Path) -> AsyncIterator[WorkerEmbedder]:
    embedder = WorkerEmbedder(EmbedderOrder(folder=folder, source=LIGHT))
    yield embedder
    await embedder.close()


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_vectors_are_of_length_one(light: WorkerEmbedder) -> None:
    vectors = await light.embed(SAID)
    assert [len(vector) for vector in vectors] == [light.dimension] * len(SAID)
    assert all(math.isclose(cosine(vector, vector), 1.0, abs_tol=1e-4) for vector in vectors)


async def test_a_question_finds_its_answer_in_either_language(light: WorkerEmbedder) -> None:
    passages = await light.embed(SAID[:3])
    for question, answer in (
        ("What are we having for dinner?", 0),
        ("저녁에 뭐 먹어?", 0),
        ("What did the keeper write down?", 1),
        ("회의는 어디서 해?", 2),
    ):
        (asked,) = await light.embed([question], query=True)
        nearest = max(range(3), key=lambda place: cosine(asked, passages[place]))
        assert nearest == answer, question


async def test_a_question_is_not_told_as_a_passage(light: WorkerEmbedder) -> None:
    (asked,), (said,) = await light.embed(["등대"], query=True), await light.embed(["등대"])
    assert cosine(asked, said) < 0.999


async def test_korean_becomes_morphemes_and_its_words(light: WorkerEmbedder) -> None:
    (words,) = await light.words(["학교에서 김치찌개를 먹었습니다"])
    assert {"학교", "먹", "학교에서"} <= set(words.split())
    assert {"에서", "를", "습니다"}.isdisjoint(words.split())


async def test_other_scripts_become_stems_and_pairs(light: WorkerEmbedder) -> None:
    (english, chinese, numbers) = await light.words(["The Lighthouses were RUNNING", "北京大学", "v2.0 IPv6"])
    assert {"lighthous", "run"} <= set(english.split())
    assert chinese.split() == ["北京", "京大", "大学"]
    assert {"v2", "0", "ipv6"} <= set(numbers.split())


async def test_composed_and_decomposed_are_the_same_words(light: WorkerEmbedder) -> None:
    composed, apart = await light.words(["저녁밥", "\u110c\u1165\u1102\u1167\u11a8\u1107\u1161\u11b8"])
    assert composed == apart


async def test_tokens_are_counted(light: WorkerEmbedder) -> None:
    none, few, many = await light.count_tokens(["", "등대", "등대 " * 600])
    assert none == 0
    assert 1 <= few <= 4
    assert many >= 600


@pytest.mark.parametrize("text", ["", " ", "\x00nul\x00", "\ud800", "🙂" * 50, "가" * 30_000, "a" * 30_000, "ﷺ" * 900])
async def test_no_text_is_too_strange(light: WorkerEmbedder, text: str) -> None:
    (vector,) = await light.embed([text])
    assert all(math.isfinite(number) for number in vector)
    assert len(await light.words([text])) == len(await light.count_tokens([text])) == 1


async def test_nothing_asked_is_nothing_answered(light: WorkerEmbedder) -> None:
    assert await light.embed([]) == await light.words([]) == await light.count_tokens([]) == []


@pytest.mark.timeout(300)
async def test_both_engines_give_the_same_vectors(embedder: WorkerEmbedder, light: WorkerEmbedder) -> None:
    assert embedder.model == light.model
    long = "등대에는 불이 켜졌다. The lamp was lit. " * 80  # more than the model takes in one look
    wanted = await light.embed([*SAID, long])
    await embedder.embed(["일이 많다"] * 64)
    async with asyncio.timeout(280):
        while embedder.engine != "heavy":
            await asyncio.sleep(0.2)
            await embedder.embed(["아직?"], query=True)
    made = await embedder.embed([*SAID, long])
    likeness = [cosine(one, other) for one, other in zip(wanted, made, strict=True)]
    assert min(likeness) > 0.98, likeness
    assert sum(likeness) / len(likeness) > 0.995, likeness


async def test_questions_come_before_passages_that_wait(embedder: WorkerEmbedder) -> None:
    passages = asyncio.create_task(embedder.embed([f"{SAID[1]} {number}" for number in range(128)]))
    await asyncio.sleep(0)
    await embedder.embed(["먼저"], query=True)
    assert not passages.done()
    await passages


async def test_a_killed_process_is_put_up_again_and_nothing_is_lost(light: WorkerEmbedder) -> None:
    texts = [f"{SAID[0]} {number}" for number in range(64)]
    await light.embed(["wach"], query=True)
    first = light.pid
    assert first is not None
    work = asyncio.create_task(light.embed(texts))
    await asyncio.sleep(0.2)
    os.kill(first, signal.SIGKILL)
    vectors = await work
    assert len(vectors) == len(texts)
    assert light.pid not in (None, first)


async def test_who_falls_twice_is_refused_and_the_next_is_served(folder: Path) -> None:
    embedder = WorkerEmbedder(EmbedderOrder(folder=folder, source=LIGHT))
    await embedder.embed(["a"], query=True)

    async def kill() -> None:
        killed: set[int] = set()  # one that was killed may be named a moment longer
        while len(killed) < 2:
            if (pid := embedder.pid) is not None and pid not in killed:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
            await asyncio.sleep(0.005)

    killing = asyncio.create_task(kill())
    with pytest.raises(EmbedderError):
        await embedder.embed([f"{SAID[0]} {number}" for number in range(64)])
    killing.cancel()
    await asyncio.wait([killing])
    assert len(await embedder.embed(["a"], query=True)) == 1
    await embedder.close()
    with pytest.raises(EmbedderError):
        await embedder.embed(["a"], query=True)


async def test_it_leaves_when_nobody_needs_it_and_comes_back(folder: Path) -> None:
    embedder = WorkerEmbedder(EmbedderOrder(folder=folder, source=LIGHT, idle_s=0.3))
    await embedder.embed(["a"], query=True)
    async with asyncio.timeout(10):
        while embedder.pid is not None:  # noqa: ASYNC110 - another process leaves
            await asyncio.sleep(0.05)
    assert len(await embedder.embed(["a"], query=True)) == 1
    await embedder.close()


async def test_closing_it_ends_what_it_has_started_itself(tmp_path: Path) -> None:
    embedder = WorkerEmbedder(EmbedderOrder(folder=tmp_path / "new"))
    passages = asyncio.create_task(embedder.embed([f"{number} 번째 이야기" for number in range(MUCH + 1)]))
    while not (started := _children(embedder.pid)):  # noqa: ASYNC110 - another process starts it
        await asyncio.sleep(0.01)
    async with asyncio.timeout(5):  # making the heavy engine takes longer, and neither end waits for it
        await embedder.close()
        while any(_lives(child) for child in started):  # noqa: ASYNC110 - another process leaves
            await asyncio.sleep(0.01)
    with contextlib.suppress(EmbedderError):
        await passages


def _children(pid: int | None) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return []


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_a_model_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    embedder = WorkerEmbedder(EmbedderOrder(folder=tmp_path, source="nobody/has-this"))
    assert embedder.dimension == 0
    with pytest.raises(EmbedderError):
        await embedder.embed(["a"])
    await embedder.close()


async def test_an_absent_embedder_refuses() -> None:
    with pytest.raises(EmbedderError):
        await AbsentEmbedder().embed(["a"])


async def test_the_order_arrives_as_it_was_given(tmp_path: Path) -> None:
    order = EmbedderOrder(folder=tmp_path, source="x/y", threads=2, memory_mb=100, idle_s=1.5, reranker="z/w")
    read, parent = read_order(order.arguments()[2:])
    assert read == order
    assert parent == os.getpid()
    assert order.environment()["HF_HUB_OFFLINE"] == "1"


async def test_no_key_of_the_house_stands_in_the_environment_of_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ("HEARTH_SECRET_KEY", "HEARTH_HUB_TOKEN", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL")
    for name in (*keys, "https_proxy", "LC_ALL"):
        monkeypatch.setenv(name, "told to nobody")
    default = EmbedderOrder(folder=tmp_path).environment()
    fetching = EmbedderOrder(folder=tmp_path, source="x/y", hub=True, hub_token="its own").environment()
    assert not default.keys() & {*keys, "https_proxy"}
    assert default.keys() >= {"PATH", "LC_ALL", "HF_HOME", "OMP_NUM_THREADS"}
    assert fetching.keys() & {*keys, "https_proxy"} == {"HF_TOKEN", "https_proxy"}
    assert fetching["HF_TOKEN"] == "its own"
    beside = EmbedderOrder(folder=tmp_path, hub=True, reranker="x/y").environment()
    assert "HF_HUB_OFFLINE" not in beside
    for nothing_to_fetch in (
        EmbedderOrder(folder=tmp_path, reranker="x/y"),
        EmbedderOrder(folder=tmp_path, hub=True),
        EmbedderOrder(folder=tmp_path, hub=True, reranker=str(tmp_path), clip=str(tmp_path)),
    ):
        assert nothing_to_fetch.environment()["HF_HUB_OFFLINE"] == "1"


async def test_another_model_in_the_same_folder_is_another_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    first = EmbedderOrder(folder=tmp_path, source=str(tmp_path)).model
    (tmp_path / "config.json").write_text("{ }")
    assert EmbedderOrder(folder=tmp_path, source=str(tmp_path)).model != first
    assert len(first) <= 60
