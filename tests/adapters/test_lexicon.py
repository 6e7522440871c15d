"""The dictionary between Korean and English: its file, what a written word may be, and the process that reads it."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hearth_reflex.domain.meanings import UNKNOWN
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.lexicon import FILE, Lexicon
from hearth_reflex.rag.morphemes import Morphemes
from hearth_reflex.rag.order import LIGHT, EmbedderOrder

SMALL = """\
개관\topening
개관하다\topen, inaugurate
개봉하다\trelease, open
개설하다\tset up, open
개시하다\tstart, open
개업하다\tstart a business, open
개원하다\tstart, open
개장하다\tstart, open
개점하다\tstart, open
개최하다\thold, open
굽다\tbake, roast
당근\tcarrot
바다\tsea, ocean
배터리\tbattery
베란다\tbalcony, veranda
벼룩시장\tflea market
빼먹다\tbe omitted, skip
사이\tbetween
사이다\tcider, lemonade
새우\tshrimp
세탁기\twashing machine, washer
소금\tsalt
연결해 두다\tkeep connected
열다\topen
열쇠\tkey
잠그다\tlock
집어넣다\tput in
청소하다\tclean
"""


@pytest.fixture(scope="module")
def morphemes() -> Morphemes:
    return Morphemes(threads=1)


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    file = tmp_path_factory.mktemp("lexicon") / "small.tsv"
    file.write_text(SMALL, encoding="utf-8")
    return Lexicon(file)


class TestTheFile:
    def test_every_line_is_an_entry(self) -> None:
        lines = FILE.read_text(encoding="utf-8").splitlines()
        english = r"[a-z]+(['-][a-z]+)*( [a-z]+(['-][a-z]+)*){0,3}"
        entry = re.compile(rf"[가-힣]+( [가-힣]+)*\t{english}(, {english})*")
        assert [line for line in lines if not entry.fullmatch(line)] == []
        assert len(lines) > 15_000

    def test_no_word_stands_twice(self) -> None:
        words = [line.partition("\t")[0] for line in FILE.read_text(encoding="utf-8").splitlines()]
        assert words == sorted(set(words))


class TestMeanings:
    @pytest.mark.parametrize(
        ("word", "meaning"),
        [
            ("당근", "carrot"),
            ("열쇠를", "key"),
            ("잠갔어", "lock"),
            ("청소했는지", "clean"),
            ("구워", "bake"),  # of another stem than it is written with
            ("새우소금", "shrimp"),
            ("carrots", "당근"),
            ("Keys", "열쇠"),
            ("locked", "잠그"),
            ("cleaning", "청소"),
        ],
    )
    def test_a_written_word_is_found_however_it_is_inflected(
        self, lexicon: Lexicon, morphemes: Morphemes, word: str, meaning: str
    ) -> None:
        (found,) = lexicon.meanings([word], morphemes).each
        assert found[0] == word.lower()
        assert meaning in found

    @pytest.mark.parametrize(
        ("word", "meaning", "never"),
        [
            ("바다를", "sea", ""),
            ("바다에서", "ocean", ""),
            ("베란다에", "balcon", "all"),
            ("사이에", "between", "lemonad"),
            ("sea", "바다", "바"),
            ("omitted", "빼먹", ""),
            ("opens", "열", ""),  # what means it before anything else
            ("market’s", "", "s"),
        ],
    )
    def test_no_word_is_taken_for_another(
        self, lexicon: Lexicon, morphemes: Morphemes, word: str, meaning: str, never: str
    ) -> None:
        (found,) = lexicon.meanings([word], morphemes).each
        assert not meaning or meaning in found
        assert never not in found

    def test_of_a_common_word_there_are_not_too_many(self, lexicon: Lexicon, morphemes: Morphemes) -> None:
        (found,) = lexicon.meanings(["open"], morphemes).each
        assert found[0] == "open"
        assert "열" in found
        assert len(found) <= 1 + 8
        assert len(set(found)) == len(found)

    def test_two_written_words_of_korean(self, lexicon: Lexicon, morphemes: Morphemes) -> None:
        found = lexicon.meanings(["연결해", "두었나"], morphemes)
        assert "keep connect" in found.each[0]

    def test_two_words_that_are_one(self, lexicon: Lexicon, morphemes: Morphemes) -> None:
        found = lexicon.meanings(["flea", "market", "key"], morphemes)
        assert found.each == (("flea", "벼룩시장"), ("market",), ("key", "열쇠"))
        assert "벼룩시장" in found.words.split()

    def test_full_text_is_asked_for_stems(self, lexicon: Lexicon, morphemes: Morphemes) -> None:
        assert lexicon.meanings(["배터리", "세탁기"], morphemes).words.split() == [
            "batteri",
            "wash",
            "machin",
            "washer",
        ]
        assert lexicon.meanings(["lock", "sea"], morphemes).words.split() == ["잠그", "바다"]
        assert lexicon.meanings(["집어넣고"], morphemes).words.split() == ["put"]

    def test_forms_of_a_word_begin_alike(self, lexicon: Lexicon, morphemes: Morphemes) -> None:
        assert lexicon.meanings(["배터리"], morphemes).each == (("배터리", "batter"),)

    def test_what_it_does_not_know_is_itself(self, lexicon: Lexicon, morphemes: Morphemes) -> None:
        found = lexicon.meanings(["Okafor", "쀍", "300", "的"], morphemes)
        assert (found.words, found.each) == ("", (("okafor",), ("쀍",), ("300",), ("的",)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedder(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerEmbedder]:
    embedder = WorkerEmbedder(EmbedderOrder(folder=tmp_path_factory.mktemp("lexicon"), source=LIGHT))
    yield embedder
    await embedder.close()


@pytest.mark.asyncio(loop_scope="module")
class TestTheProcess:
    async def test_it_puts_words_into_the_other_language(self, embedder: WorkerEmbedder) -> None:
        found = await embedder.meanings(["당근", "케이크", "compost"])
        assert ("carrot" in found.each[0], "cake" in found.each[1], "퇴비" in found.each[2]) == (True, True, True)
        assert {"carrot", "cake", "퇴비"} <= set(found.words.split())

    @pytest.mark.parametrize("word", ["", "\x00", "\ud800", "a,b", "가" * 30_000, "a" * 30_000, "ﷺ", "' OR 1=1"])
    async def test_no_word_is_too_strange(self, embedder: WorkerEmbedder, word: str) -> None:
        strange, key = (await embedder.meanings([word, "열쇠"])).each
        assert strange == () or len(strange[0]) <= 24
        assert "key" in key

    async def test_nothing_is_nothing(self, embedder: WorkerEmbedder) -> None:
        assert await embedder.meanings([]) == UNKNOWN

    async def test_of_very_many_words_the_first_are_looked_up(self, embedder: WorkerEmbedder) -> None:
        assert len((await embedder.meanings(["열쇠"] * 300)).each) == 64
