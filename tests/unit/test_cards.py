"""Character cards: what is read of them, what comes back out, and what nobody can do with one."""

import base64
import io
import json
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hearth_reflex.domain.cards import Card, read_card, write_card
from hearth_reflex.errors import InputError
from hearth_reflex.media.cards import card_in, card_png, is_png

V1 = {
    "name": "Luna",
    "description": "{{char}} keeps the lighthouse. {{user}} is a sailor.",
    "personality": "calm, curious",
    "scenario": "A storm is coming.",
    "first_mes": "*{{Char}} waves at {{USER}}.* Come in, <USER>!",
    "mes_example": "<START>\n{{user}}: Hi\n{{char}}: Hello!",
}
HUGE = "9" * 5000


def v2(**data: Any) -> dict[str, Any]:
    return {
        "spec": "chara_card_v2",
        "spec_version": "2.0",
        "data": {"name": "Luna", "description": "A keeper.", **data},
    }


def read(card: Any, *, name: str = "") -> Card:
    return read_card(json.dumps(card).encode(), name=name)


def refused(raw: bytes, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_card(raw)
    assert refusal.value.code == code


class TestReading:
    def test_a_v1_card_has_its_fields_at_the_top(self) -> None:
        card = read(V1)
        assert (card.name_ko, card.name_en) == ("Luna", "Luna")
        assert card.instructions == (
            "Luna keeps the lighthouse. the guest is a sailor.\n\nPersonality: calm, curious\n\n"
            "Scenario: A storm is coming.\n\nHow it talks:\n---\nthe guest: Hi\nLuna: Hello!"
        )
        assert card.greeting == "*Luna waves at the guest.* Come in, the guest!"

    def test_a_v2_card_has_them_below_data(self) -> None:
        card = read(
            v2(
                system_prompt="{{original}} Stay in character.",
                post_history_instructions="Be brief.",
                creator_notes="A quiet\nkeeper",
                first_mes="Hello",
                character_book={"entries": [{"content": "secret"}]},
                extensions={"depth_prompt": {"prompt": "<script>alert(1)</script>"}},
            )
        )
        assert card.instructions == "Stay in character.\n\nA keeper.\n\nBe brief."
        assert (card.about, card.greeting, card.config) == ("A quiet keeper", "Hello", {})

    def test_a_korean_card_speaks_korean(self) -> None:
        card = read({"name": "루나", "description": "{{char}}는 등대지기. {{user}}을 반긴다.", "first_mes": "어서 와."})
        assert card.instructions == "루나는 등대지기. 손님을 반긴다."

    def test_another_name_goes_into_its_words(self) -> None:
        card = read(V1, name="달님이")
        assert (card.name_ko, card.name_en) == ("달님이", "달님이")
        assert card.instructions.startswith("달님이 keeps")

    def test_what_looks_like_code_stays_text(self) -> None:
        said = "<script>alert(1)</script> {{random:a,b}} \\1 \\g<0> ${x} {name}"
        card = read(v2(first_mes=said, name="\\1"))
        assert card.greeting == said
        assert read(v2(first_mes="{{char}}", name="\\g<0>")).greeting == "\\g<0>"

    def test_control_characters_and_halves_of_letters_are_left_out(self) -> None:
        raw = '{"name": "Lu\\u0000na", "description": "a\\u0007b\\ud800c\\r\\nd", "first_mes": "\\u001b[31mred"}'
        card = read_card(raw.encode())
        assert (card.name_en, card.instructions, card.greeting) == ("Luna", "abc\nd", "[31mred")

    def test_what_is_no_text_is_left_out(self) -> None:
        card = read(v2(personality=7, scenario=["x"], first_mes=None, mes_example={"a": 1}, extensions="x"))
        assert (card.instructions, card.greeting) == ("A keeper.", "")

    def test_a_long_greeting_ends_with_a_sentence(self) -> None:
        card = read(v2(first_mes="It was a dark night. " * 200))
        assert len(card.greeting) <= 2000
        assert card.greeting.endswith("night.")

    @pytest.mark.parametrize("key", ["description", "first_mes", "creator_notes", "mes_example"])
    def test_a_name_is_not_filled_in_without_end(self, key: str) -> None:
        heap = "{{char}}" * 60_000
        with pytest.raises(InputError) as refusal:
            read(v2(**{"name": "x" * 1_000_000, key: heap}))
        assert (refusal.value.code, refusal.value.field) == ("name_long", "name_ko")
        with pytest.raises(InputError) as refusal:
            read(v2(name="Luna", extensions={"hearth": {"name_en": "x" * 161}}))
        assert (refusal.value.code, refusal.value.field) == ("name_long", "name_en")
        refused(json.dumps(v2(name="x" * 160, description="{{char}}" * 200_000)).encode(), "persona_long")

    def test_what_is_beyond_all_measure_is_not_looked_at(self) -> None:
        assert read(v2(first_mes=" " * 200_000 + "Hello")).greeting == ""
        tracemalloc.start()
        read(v2(name="x" * 160, first_mes="<bot>" * 350_000))
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
        tracemalloc.stop()

    def test_examples_that_do_not_fit_are_left_out(self) -> None:
        assert read(v2(description="d" * 19_000, mes_example="e" * 2_000)).instructions == "d" * 19_000

    def test_more_instructions_than_fit_are_refused(self) -> None:
        refused(json.dumps(v2(description="d" * 20_001)).encode(), "persona_long")

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"{",
            b"null",
            b"[]",
            b'"x"',
            b"7",
            b"{}",
            b'{"spec": "chara_card_v2"}',
            b'{"spec": "chara_card_v2", "data": []}',
            b'{"name": 7}',
            b"\xff\xfe\x00",
            b"[" * 100_000,
            b'{"name": ' * 50_000,
            b'{"name": NaN}',
            b"<script>alert(1)</script>",
        ],
    )
    def test_what_is_no_card_is_refused(self, raw: bytes) -> None:
        refused(raw, "card_unreadable")

    def test_numbers_of_any_length_do_no_harm(self) -> None:
        assert read_card(f'{{"name": "Luna", "x": {HUGE}, "y": -{HUGE}, "z": 1e{HUGE[:6]}}}'.encode()).name_en == "Luna"

    def test_a_card_without_a_name_needs_one(self) -> None:
        refused(b'{"description": "nobody"}', "card_nameless")
        assert read({"description": "nobody"}, name="Luna").name_en == "Luna"

    def test_a_heap_is_refused(self) -> None:
        refused(b'{"name": "' + b"x" * 2_000_000 + b'"}', "card_large")


class TestWriting:
    CARD = Card(
        name_ko="루나",
        name_en="Luna",
        about="등대지기",
        instructions="You are Luna.\n\nBe calm.",
        greeting="어서 와.",
        voice="반말로 짧게",
        config={"temperature": 0.5, "do_sample": False},
    )

    def test_what_went_out_comes_back(self) -> None:
        assert read(write_card(self.CARD)) == self.CARD

    def test_it_is_a_v2_card(self) -> None:
        card = write_card(self.CARD)
        assert (card["spec"], card["spec_version"], card["data"]["name"]) == ("chara_card_v2", "2.0", "Luna")
        assert {"personality", "scenario", "mes_example", "alternate_greetings", "tags"} <= set(card["data"])

    def test_settings_of_elsewhere_are_taken_as_far_as_they_can_be_true(self) -> None:
        config = {"temperature": 99, "top_p": 0.5, "model": "remote:x", "system_prompt": "obey", "evil": True}
        assert read(v2(extensions={"hearth": {"config": config}})).config == {"top_p": 0.5}


class TestPng:
    RAW = json.dumps(V1).encode()

    def test_a_picture_carries_a_card(self, tmp_path: Path) -> None:
        Image.new("RGBA", (64, 64), (255, 0, 0, 128)).save(tmp_path / "drawn", "WEBP")
        for picture in (None, tmp_path / "drawn"):
            png = card_png(self.RAW, picture)
            assert is_png(png)
            assert card_in(png) == self.RAW
            Image.open(io.BytesIO(png)).load()

    def test_the_card_of_another_program(self) -> None:
        encoded = base64.b64encode(self.RAW)
        assert card_in(png_with((b"tEXt", b"Comment\0x"), (b"tEXt", b"chara\0" + encoded))) == self.RAW
        assert card_in(png_with((b"tEXt", b"Chara\0" + encoded))) == self.RAW
        assert card_in(png_with((b"tEXt", b"ccv3\0" + encoded))) == self.RAW

    @pytest.mark.parametrize(
        "png",
        [
            b"\x89PNG\r\n\x1a\n",
            b"\x89PNG\r\n\x1a\n" + b"\xff" * 50,
            b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**32 - 1, b"tEXt") + b"chara\0e30=",
            b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 0, b"tEXt") * 100_000,
        ],
    )
    def test_a_broken_one_carries_none(self, png: bytes) -> None:
        assert card_in(png) is None

    def test_what_is_packed_is_not_unpacked(self) -> None:
        bomb = zlib.compress(b"0" * 50_000_000)
        assert card_in(png_with((b"zTXt", b"chara\0\0" + bomb))) is None
        assert card_in(png_with((b"iTXt", b"chara\0\1\0\0\0" + bomb))) is None

    def test_no_base64_is_no_card(self) -> None:
        assert card_in(png_with((b"tEXt", b"chara\0abc"))) is None


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """The chunks of a picture that is none."""
    parts = [struct.pack(">I", len(data)) + kind + data + b"\0\0\0\0" for kind, data in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
