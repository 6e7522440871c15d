"""Words near each other by their meaning: kept once embedded, within the time there is, and with the real encoder."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from numpy.typing import NDArray

from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag import kin as kins
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.kin import Kin
from hearth_reflex.rag.order import LIGHT, EmbedderOrder

FOREVER = float("inf")


class Encoder:
    """Each word is near those that begin with the same letter."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = 0.0

    def __call__(self, words: list[str]) -> NDArray[np.float32]:
        self.asked += words
        self.now += 1.0
        return np.eye(26, dtype=np.float32)[[ord(word[0]) - ord("a") for word in words]]

    def clock(self) -> float:
        return self.now


@pytest.fixture
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture
def kin(encoder: Encoder) -> Kin:
    return Kin(encoder, clock=encoder.clock)


class TestKeeping:
    def test_the_nearest_word_of_each_text_counts(self, kin: Kin) -> None:
        found = kin.alike(["apple", "bread"], ["an ant", "the cat", "", "be at"], until=FOREVER)
        assert found.tolist() == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]

    def test_a_word_is_embedded_once(self, kin: Kin, encoder: Encoder) -> None:
        kin.alike(["apple"], ["ant cat", "cat dog"], until=FOREVER)
        kin.alike(["apple"], ["dog ant"], until=FOREVER)
        assert sorted(encoder.asked) == ["ant", "apple", "cat", "dog"]

    def test_what_there_is_no_time_for_comes_afterwards(self, kin: Kin, encoder: Encoder) -> None:
        text = " ".join(f"b{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(200)) + " apples"
        late = kin.alike(["apple"], [text], until=0.0)
        assert len(encoder.asked) == kins._AT_ONCE  # the question's own and the first of the text
        assert late.tolist() == []
        steps = 1
        while kin.catch_up():
            steps += 1
            assert len(encoder.asked) == steps * kins._AT_ONCE  # a little at a time
        assert steps == 3
        assert kin.alike(["apple"], [text], until=0.0).tolist() == [[1.0]]
        assert len(encoder.asked) == len(set(encoder.asked)) == 202

    def test_of_what_was_missed_so_much_is_remembered(
        self, kin: Kin, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kins, "_MISSED_MAX", 70)
        for letter in "bcd":
            text = " ".join(f"{letter}{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(200))
            kin.alike([letter * 2], [text], until=0.0)
        before = len(encoder.asked)
        while kin.catch_up():
            pass
        assert len(encoder.asked) - before == 70

    def test_words_are_known_that_were_embedded_with_their_question(self, kin: Kin, encoder: Encoder) -> None:
        words = ["apple", "bread"]
        kin.keep(words, encoder(words))
        assert kin.unknown(["apple", "cat", "bread"]) == ["cat"]
        assert kin.alike(words, ["an ant"], until=FOREVER).tolist() == [[1.0, 0.0]]
        assert encoder.asked == ["apple", "bread", "an", "ant"]
        kin.keep(["cat", "apple"], encoder(["cat", "apple"]))  # two questions at a time
        assert kin.alike(["cat"], ["an ant", "a crow"], until=FOREVER).tolist() == [[0.0], [1.0]]
        kin.keep(["dog", "dog"], encoder(["dog", "dog"]))
        kin.keep(["egg"], encoder(["egg"]))
        assert kin.alike(["dog", "egg"], ["dim", "eel"], until=FOREVER).tolist() == [[1.0, 0.0], [0.0, 1.0]]

    def test_as_many_texts_are_looked_at_as_there_is_time_for(self, kin: Kin) -> None:
        texts = ["an ant", " ".join(f"c{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(200)), "apples"]
        assert kin.alike(["apple"], texts, until=0.0).tolist() == [[1.0]]

    def test_it_does_not_grow_without_end(self, kin: Kin, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kins, "KEPT_MAX", 8)
        for at in range(10):
            words = [chr(97 + at) * 3, chr(97 + at) * 4, "zebra"]
            assert kin.alike(["zoo"], [" ".join(words)], until=FOREVER).tolist() == [[1.0]]
            assert len(kin._places) <= 8

    def test_nothing_asked_is_nothing_answered(self, kin: Kin) -> None:
        assert kin.alike([], ["ant"], until=FOREVER).shape == (1, 0)
        assert kin.alike(["apple"], [], until=FOREVER).shape == (0, 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedder(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerEmbedder]:
    embedder = WorkerEmbedder(EmbedderOrder(folder=tmp_path_factory.mktemp("kin"), source=LIGHT))
    yield embedder
    await embedder.close()


@pytest.mark.asyncio(loop_scope="module")
class TestTheRealOne:
    async def test_words_of_two_languages_meet(self, embedder: WorkerEmbedder) -> None:
        texts = [
            "The compost is turned in April and September.",
            "그릇은 찬장에 있다",
            "The deploys go out on Tuesday.",
        ]
        found = await embedder.alike(["퇴비", "배포", "plates"], texts, seconds=20)
        compost, plates, deploys = found
        assert compost[0] > max(plates[0], deploys[0]) + 0.1
        assert deploys[1] > max(plates[1], compost[1]) + 0.1
        assert plates[2] > max(compost[2], deploys[2])

    @pytest.mark.parametrize("text", ["", "\x00", "\ud800", "가" * 30_000, "a " * 30_000, "ﷺ" * 900])
    async def test_no_text_is_too_strange(self, embedder: WorkerEmbedder, text: str) -> None:
        (found,) = await embedder.alike(["퇴비"], [text], seconds=20)
        assert len(found) == 1

    async def test_nothing_is_asked_of_it_for_nothing(self, embedder: WorkerEmbedder) -> None:
        assert await embedder.alike([], ["a", "b"], seconds=1) == [[], []]
        assert await embedder.alike(["a"], [], seconds=1) == []

    async def test_in_no_time_it_looks_at_few(self, embedder: WorkerEmbedder) -> None:
        texts = [
            " ".join(chr(97 + a) + chr(97 + b) + chr(97 + c) for c in range(20)) for a in range(9) for b in range(9)
        ]
        assert len(await embedder.alike(["zebra"], texts[:50], seconds=0.0)) < 50

    async def test_without_the_second_encoder_it_refuses(self, tmp_path: Path) -> None:
        alone = WorkerEmbedder(EmbedderOrder(folder=tmp_path, source=LIGHT, companion=False))
        with pytest.raises(EmbedderError):
            await alone.alike(["퇴비"], ["compost"], seconds=1)
        assert alone.pid is None
