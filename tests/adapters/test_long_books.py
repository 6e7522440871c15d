"""Books that are longer than what is read: their own word at once, and the next one is read all the same."""

import time
from pathlib import Path

import pytest

from hearth_reflex.errors import InputError
from hearth_reflex.rag.reader import Reader
from hearth_reflex.rag.readers.pdf import MOST_PAGES
from tests.documents import Page, pdf, prose

_WORDS = tuple(prose(["글이 있는 쪽입니다."]))


async def test_five_thousand_pages_have_a_word_of_their_own(tmp_path: Path) -> None:
    long, short = tmp_path / "long", tmp_path / "short"
    long.write_bytes(pdf([Page(_WORDS)] * 5_000))
    short.write_bytes(pdf([Page(_WORDS)] * 3))
    reader, begun = Reader(), time.monotonic()
    with pytest.raises(InputError) as refusal:
        await reader.read(long, name="long.pdf")
    assert refusal.value.code == "document_bomb"
    assert time.monotonic() - begun < 30
    assert (await reader.read(short, name="short.pdf")).pages == 3


def test_the_limit_leaves_room_for_real_books() -> None:
    assert 1_000 <= MOST_PAGES < 5_000
