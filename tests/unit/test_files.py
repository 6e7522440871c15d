"""Names and kinds of files, and the letters of a blur: what comes from strangers becomes what can be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.blurhash import Colour, blurhash
from hearth_reflex.domain.files import (
    NAME_MAX_BYTES,
    PLAIN,
    clean_file_name,
    mime_of,
    picture_kind,
    suffix_of,
    with_suffix,
)
from tests.hostile_files import HEIC, LONG_NAMES, NAMES, noise, written


@pytest.mark.parametrize(("raw", "shown"), NAMES.items())
def test_a_name_is_shown_without_what_could_mislead(raw: str, shown: str) -> None:
    assert clean_file_name(raw) == shown


@pytest.mark.parametrize("raw", LONG_NAMES)
def test_a_long_name_is_cut_in_its_stem(raw: str) -> None:
    name = clean_file_name(raw)
    assert len(name.encode()) <= NAME_MAX_BYTES
    assert suffix_of(name) == suffix_of(raw)


@given(st.text(max_size=300))
def test_any_name_can_be_shown_and_saved(raw: str) -> None:
    name = clean_file_name(raw)
    assert 0 < len(name.encode()) <= NAME_MAX_BYTES
    assert clean_file_name(name) == name
    assert not set(name) & set('/\\\0\r\n"<>:|?*\u202e')
    assert name.strip(". ") == name


@pytest.mark.parametrize(
    ("name", "suffix", "named"),
    [
        ("cat.png", "jpg", "cat.jpg"),
        ("cat.HEIC", "jpg", "cat.jpg"),
        ("cat.jpeg", "jpg", "cat.jpeg"),
        ("cat.JPG", "jpg", "cat.JPG"),
        ("notes.txt", "png", "notes.txt.png"),
        ("cat", "webp", "cat.webp"),
    ],
)
def test_a_picture_is_named_for_what_it_is(name: str, suffix: str, named: str) -> None:
    assert with_suffix(name, suffix) == named


def test_a_kind_is_what_the_bytes_say() -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "AVIF"):
        assert picture_kind(written(noise(), kind)[:32]) == kind.lower()
    assert picture_kind(HEIC[:32]) == "heic"
    for other in (b"", b"<svg", b"BM", b"%PDF", b"II*\0", b"RIFF....WAVE", b"\0\0\0 ftypisom\0\0\0\0isommp42"):
        assert picture_kind(other) == ""


def test_a_sign_for_a_plain_file() -> None:
    assert mime_of("a.pdf") == "application/pdf"
    assert mime_of("a.unheard") == mime_of("a") == PLAIN


def test_a_blur_is_what_other_programs_write() -> None:
    assert blurhash([(255, 0, 0)] * 64, width=8, height=8) == "LfTI:j|cfQ|c|csUfQsUfQfQfQfQ"


def test_a_blur_tells_left_from_right() -> None:
    black, white = (0, 0, 0), (255, 255, 255)
    row: list[Colour] = [black] * 8 + [white] * 8
    assert blurhash(row * 8, width=16, height=8) != blurhash(row[::-1] * 8, width=16, height=8)
