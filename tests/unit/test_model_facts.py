"""What model files say of themselves, read without loading them; and that no file can hurt who reads it."""

import hashlib
import os
import random
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from gguf import LlamaFileType

from hearth_reflex.errors import InputError, ModelBrokenError, ModelMissingError
from hearth_reflex.llm import core, model_facts
from hearth_reflex.llm.config import demo_model_file
from hearth_reflex.llm.gguf_header import read_header
from hearth_reflex.llm.model_facts import ModelFacts, facts_from, parts_of, ram_estimate, read_facts, sha256_of
from hearth_reflex.llm.projectors import projector_for
from hearth_reflex.llm.shelf import Shelf, safe_name
from hearth_reflex.llm.templates import KNOWN
from tests import gguf_files


async def test_the_facts_of_the_demo_model() -> None:
    facts = await read_facts(demo_model_file())
    assert (facts.kind, facts.architecture, facts.quantisation, facts.licence) == (
        "speaks",
        "llama",
        "Q4_1",
        "apache-2.0",
    )
    assert (facts.parameters, facts.vocabulary, facts.context_tokens) == (134_515_008, 49_152, 8192)
    assert (facts.layers, facts.heads, facts.kv_heads, facts.embedding) == (30, 9, 3, 576)
    assert facts.kv_token_bytes == 30 * 3 * (64 + 64) * 2
    assert facts.template_sha256 in KNOWN
    assert facts.template_id == "chatml@1"


class TestFacts:
    async def test_of_a_written_model(self, tmp_path: Path) -> None:
        facts = await read_facts(gguf_files.model(tmp_path / "tiny.gguf", template="{{ 1/0 }}"))
        assert facts.name == "Tiny 1k"
        assert facts.parameters == gguf_files.parameters()
        assert (facts.layers, facts.heads, facts.kv_heads) == (2, 4, 2)
        assert (facts.embedding, facts.feed_forward, facts.vocabulary) == (64, 128, 64)
        assert facts.kv_token_bytes == gguf_files.KV_TOKEN_BYTES
        assert facts.template_sha256 == hashlib.sha256(b"{{ 1/0 }}").hexdigest()  # looked at by nobody
        assert facts.template_id == "chatml@1"  # by the control tokens of its vocabulary
        assert facts.quantisation == "F16"

    async def test_marks_that_are_no_control_tokens_choose_no_template(self, tmp_path: Path) -> None:
        assert (await read_facts(gguf_files.model(tmp_path / "a.gguf", marks=False))).template_id == "plain@1"

    async def test_the_commonest_type_where_no_quantisation_is_told(self, tmp_path: Path) -> None:
        assert (await read_facts(gguf_files.model(tmp_path / "a.gguf", file_type=None))).quantisation == "F32"
        odd = gguf_files.model(tmp_path / "b.gguf", file_type=4242)
        assert (await read_facts(odd)).quantisation == "F32"
        told = gguf_files.model(tmp_path / "c.gguf", file_type=LlamaFileType.MOSTLY_Q4_K_M)
        assert (await read_facts(told)).quantisation == "Q4_K_M"

    async def test_kv_heads_and_lengths_of_their_own(self, tmp_path: Path) -> None:
        by_layer = await read_facts(gguf_files.model(tmp_path / "a.gguf", kv_heads=[1, 2]))
        assert by_layer.kv_token_bytes == (1 + 2) * (16 + 16) * 2
        lengths = {"attention.key_length": 24, "attention.value_length": 8}
        own = await read_facts(gguf_files.model(tmp_path / "b.gguf", numbers=lengths))
        assert own.kv_token_bytes == 2 * 2 * (24 + 8) * 2

    async def test_what_does_not_speak_is_told(self, tmp_path: Path) -> None:
        assert (await read_facts(gguf_files.projector(tmp_path / "mmproj.gguf"))).kind == "projector"
        assert (await read_facts(gguf_files.encoder(tmp_path / "e.gguf"))).kind == "encoder"
        assert (await read_facts(gguf_files.model(tmp_path / "b.gguf", architecture="bert"))).kind == "encoder"
        with pytest.raises(ModelBrokenError):
            read_header(tmp_path / "mmproj.gguf")  # the engine does not take it for a model

    async def test_names_are_shown_short_and_on_one_line(self, tmp_path: Path) -> None:
        facts = await read_facts(gguf_files.model(tmp_path / "a.gguf", name="불씨\n\x1b[31m\u202e <b>" + "x" * 500))
        assert facts.name.startswith("불씨 [31m <b>")
        assert len(facts.name) == 200

    async def test_korean_and_decomposed_names_of_files(self, tmp_path: Path) -> None:
        for name in ("한글 모델.gguf", "\u1112\u1161\u11ab.gguf"):
            assert (await read_facts(gguf_files.model(tmp_path / name))).name == "Tiny 1k"


class TestSplit:
    @pytest.mark.parametrize("empty_first", [False, True])
    async def test_all_parts_count(self, tmp_path: Path, *, empty_first: bool) -> None:
        first, *_ = gguf_files.split(tmp_path, "big", empty_first=empty_first)
        facts = await read_facts(first)
        parts = 2 if empty_first else 3
        assert (facts.parts, facts.parameters, facts.weight_bytes) == (3, parts * 640, parts * 2560)

    async def test_a_missing_part_is_told(self, tmp_path: Path) -> None:
        first, second, _ = gguf_files.split(tmp_path, "big")
        second.unlink()
        with pytest.raises(ModelMissingError) as told:
            await read_facts(first)
        assert told.value.code == "model_part"

    @pytest.mark.parametrize("index", [0, 1])
    async def test_a_part_under_another_name_is_no_model(self, tmp_path: Path, index: int) -> None:
        part = gguf_files.split(tmp_path, "big")[index]
        with pytest.raises(ModelBrokenError):
            await read_facts(part.rename(tmp_path / "whole.gguf"))

    def test_the_folder_shows_it_once(self, tmp_path: Path) -> None:
        paths = gguf_files.split(tmp_path, "big")
        (found,) = Shelf(tmp_path).found()
        assert (found.path, found.size_bytes) == (paths[0], sum(path.stat().st_size for path in paths))
        assert parts_of(found.path) == paths


class TestHostile:
    @pytest.mark.parametrize("what", gguf_files.HOSTILE)
    async def test_it_is_refused(self, tmp_path: Path, what: str) -> None:
        (tmp_path / "x.gguf").write_bytes(gguf_files.HOSTILE[what])
        with pytest.raises(ModelBrokenError):
            await read_facts(tmp_path / "x.gguf")
        with pytest.raises(ModelBrokenError):
            read_header(tmp_path / "x.gguf", speaks=False)

    @pytest.mark.parametrize("tenth", range(10))
    async def test_cut_at_each_tenth(self, tmp_path: Path, tenth: int) -> None:
        data = gguf_files.model(tmp_path / "x.gguf").read_bytes()
        (tmp_path / "x.gguf").write_bytes(data[: len(data) * tenth // 10])
        with pytest.raises(ModelBrokenError):
            await read_facts(tmp_path / "x.gguf")

    async def test_flipped_bytes_of_the_head_end_in_facts_or_refusal(self, tmp_path: Path) -> None:
        data = gguf_files.model(tmp_path / "x.gguf").read_bytes()
        draw = random.Random(7)
        for _ in range(8):
            broken = bytearray(data)
            for _ in range(4):
                broken[draw.randrange(4, 3000)] = draw.randrange(256)
            (tmp_path / "x.gguf").write_bytes(broken)
            with suppress(ModelBrokenError):  # and no other error
                facts = await read_facts(tmp_path / "x.gguf")
                assert facts.parameters >= 0
                assert ram_estimate(facts, n_ctx=4096, n_batch=512) >= 0

    async def test_a_file_that_eats_memory_is_ended(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ends by its own limit: the reader gets 2 GB at most, and no more than 60 seconds of a core."""
        monkeypatch.setattr(model_facts, "_READING_MODULE", "tests.greedy_reader")
        with pytest.raises(ModelBrokenError):
            await read_facts(gguf_files.model(tmp_path / "x.gguf"))

    async def test_a_reader_that_never_ends_is_ended(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(model_facts, "READ_SECONDS", 0.05)
        with pytest.raises(ModelBrokenError):
            await read_facts(gguf_files.model(tmp_path / "x.gguf"))

    async def test_what_is_no_file_is_missing(self, tmp_path: Path) -> None:
        (tmp_path / "folder.gguf").mkdir()
        (tmp_path / "ring.gguf").symlink_to(tmp_path / "ring.gguf")
        for name in ("folder.gguf", "ring.gguf", "nothing.gguf"):
            with pytest.raises(ModelMissingError):
                await read_facts(tmp_path / name)
        assert Shelf(tmp_path).found() == []

    @pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
    async def test_an_unreadable_file_is_broken(self, tmp_path: Path) -> None:
        gguf_files.model(tmp_path / "x.gguf").chmod(0)
        with pytest.raises(ModelBrokenError):
            await read_facts(tmp_path / "x.gguf")


class TestMemory:
    FACTS = ModelFacts(context_tokens=1024, kv_token_bytes=100, weight_bytes=10**9, embedding=64, feed_forward=128)

    def test_the_estimate_is_its_formula(self) -> None:
        buffers = 512 * 4 * (8 * 64 + 4 * 128)
        assert ram_estimate(self.FACTS, n_ctx=512, n_batch=512) == 10**9 + 512 * 100 + buffers + 120_000_000

    def test_more_context_than_the_model_knows_costs_nothing(self) -> None:
        most = ram_estimate(self.FACTS, n_ctx=1024, n_batch=512)
        assert ram_estimate(self.FACTS, n_ctx=100_000, n_batch=512) == most

    def test_several_talks_are_kept_where_there_is_room(self) -> None:
        least = ram_estimate(self.FACTS, n_ctx=1024, n_batch=512)
        talk = 1024 * 100

        def more(n_seq: int, free_bytes: int) -> int:
            return ram_estimate(self.FACTS, n_ctx=1024, n_batch=512, n_seq=n_seq, free_bytes=free_bytes) - least

        assert [more(1, 10**12), more(2, 10**12), more(8, 10**12)] == [0, talk, 3 * talk]
        assert [more(8, 4 * 2 * talk), more(8, 1)] == [talk, 0]

    def test_the_engine_sizes_its_memory_so(self) -> None:
        engine = vars(core)
        assert (engine["_POOL_CONTEXTS"], engine["_POOL_SHARE"]) == (model_facts.POOL_CONTEXTS, model_facts.POOL_SHARE)

    def test_this_machine_tells_what_is_free(self) -> None:
        assert model_facts.available_memory() > 0

    def test_facts_of_another_version_are_read(self) -> None:
        assert facts_from({"name": "a", "colour": "red"}) == ModelFacts(name="a")


class TestProjectors:
    MODEL = ModelFacts(embedding=64)
    FITS, WIDER = ModelFacts(kind="projector", projection=64), ModelFacts(kind="projector", projection=65)

    @pytest.mark.parametrize(
        "name", ["mmproj-Tiny-f16.gguf", "tiny-mmproj.gguf", "tiny.mmproj-Q8_0.gguf", "mmproj-tiny-iq4_xs.gguf"]
    )
    def test_found_by_the_models_name(self, name: str) -> None:
        others = [("mmproj-other.gguf", self.FITS), (name, self.FITS)]
        assert projector_for("Tiny-Q4_K_M.gguf", self.MODEL, others) == name

    def test_a_nameless_one_fits_when_it_is_the_only_one(self) -> None:
        nameless = ("mmproj-model-f16.gguf", self.FITS)
        assert projector_for("tiny.gguf", self.MODEL, [nameless, ("mmproj-big.gguf", self.WIDER)]) == nameless[0]
        assert projector_for("tiny.gguf", self.MODEL, [nameless, ("mmproj-f32.gguf", self.FITS)]) is None

    def test_one_of_another_width_or_name_does_not(self) -> None:
        assert projector_for("tiny.gguf", self.MODEL, [("mmproj-tiny.gguf", self.WIDER)]) is None
        assert projector_for("tiny.gguf", self.MODEL, [("mmproj-other.gguf", self.FITS)]) is None
        assert projector_for("tiny.gguf", self.MODEL, []) is None


class TestChecksum:
    def test_of_one_file_and_of_parts(self, tmp_path: Path) -> None:
        one = gguf_files.model(tmp_path / "one.gguf")
        assert sha256_of(one, threading.Event()) == hashlib.sha256(one.read_bytes()).hexdigest()
        paths = gguf_files.split(tmp_path, "big")
        whole = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
        assert sha256_of(paths[0], threading.Event()) == whole

    def test_it_stops_when_it_is_told(self, tmp_path: Path) -> None:
        stop = threading.Event()
        stop.set()
        assert sha256_of(gguf_files.model(tmp_path / "one.gguf"), stop) == ""


class TestNames:
    @pytest.mark.parametrize(
        ("raw", "safe"),
        [
            ("a.gguf", "a.gguf"),
            ("A.GGUF", "A.gguf"),
            ("../../etc/passwd.gguf", "passwd.gguf"),
            ("C:\\models\\a.gguf", "a.gguf"),
            ("/abs/a.gguf", "a.gguf"),
            ("..hidden.gguf", "hidden.gguf"),
            ("-rf.gguf", "rf.gguf"),
            ("a:b|c?.gguf", "a_b_c_.gguf"),
            ("a\x00b\n.gguf", "ab.gguf"),
            ("한글.gguf", "한글.gguf"),
            ("\u1112\u1161\u11ab.gguf", "한.gguf"),
        ],
    )
    def test_made_safe(self, raw: str, safe: str) -> None:
        assert safe_name(raw) == safe

    @pytest.mark.parametrize(
        "raw", ["", ".gguf", "..", "/", "a.txt", "a.gguf/", "....gguf", "x" * 300 + ".gguf", "a.gguf.part"]
    )
    def test_refused(self, raw: str) -> None:
        with pytest.raises(InputError) as told:
            safe_name(raw)
        assert told.value.code == "model_name"

    def test_the_folder_is_for_its_owner(self, tmp_path: Path) -> None:
        Shelf(tmp_path / "models").open()
        assert stat.S_IMODE((tmp_path / "models").stat().st_mode) == 0o700

    def test_removing_a_link_leaves_what_it_leads_to(self, tmp_path: Path) -> None:
        real = gguf_files.model(tmp_path / "real.gguf")
        shelf = Shelf(tmp_path / "models")
        shelf.open()
        (shelf.folder / "link.gguf").symlink_to(real)
        assert [found.name for found in shelf.found()] == ["link.gguf"]
        shelf.remove("link.gguf")
        assert shelf.found() == []
        assert real.exists()

    def test_a_path_is_never_removed(self, tmp_path: Path) -> None:
        outside = gguf_files.model(tmp_path / "outside.gguf")
        with pytest.raises(ValueError, match="not a path"):
            Shelf(tmp_path / "models").remove("../outside.gguf")
        assert outside.exists()

    def test_a_name_on_disk_that_is_no_text_is_left_out(self, tmp_path: Path) -> None:
        gguf_files.model(tmp_path / "a.gguf")
        os.link(tmp_path / "a.gguf", os.fsencode(tmp_path) + b"/\xff\xfe.gguf")
        assert [found.name for found in Shelf(tmp_path).found()] == ["a.gguf"]
