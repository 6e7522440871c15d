"""The process that reads: what it may take, how it is ended, and that what it says is not believed."""

import asyncio
import io
import json
import os
from functools import cache
from pathlib import Path

import pytest

from hearth_reflex.domain.reading import Block, BlockKind, Line, Reading
from hearth_reflex.errors import InputError
from hearth_reflex.rag.answer import reading_from
from hearth_reflex.rag.limits import Limits
from hearth_reflex.rag.read import told
from hearth_reflex.rag.reader import Reader
from hearth_reflex.rag.refusal import Refusal, Why
from tests.documents import Page, pdf, prose, word

READING = Reading(
    "pdf",
    "안내",
    2,
    (
        Block(BlockKind.HEADING, "불씨", level=1, page=1),
        Block(BlockKind.TEXT, "글 하나", page=2, lines=(Line(2, 0.1, 0.2, 0.5, 0.25, 0, 4),)),
    ),
)


def file(folder: Path, data: bytes, name: str = "stored") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@cache
def book(pages: int) -> bytes:
    return pdf([Page(prose([f"{n}쪽의 글이 이렇게 이어집니다."] * 40, size=9)) for n in range(pages)])


async def refused(attempt: object) -> str:
    with pytest.raises(InputError) as refusal:
        await attempt  # pyright: ignore[reportGeneralTypeIssues] - one of the reader's
    return refusal.value.code


# --- the process ------------------------------------------------------------------------------------------------------


async def test_a_file_is_read_in_another_process(tmp_path: Path) -> None:
    found = await Reader().read(file(tmp_path, word("# 안내", "글 하나")), name="안내.docx")
    assert (found.kind, found.title) == ("docx", "안내")
    assert [block.text for block in found.blocks] == ["안내", "글 하나"]


async def test_only_the_ending_of_its_name_helps(tmp_path: Path) -> None:
    path = file(tmp_path, "가,나\n1,2\n3,4\n".encode())
    assert (await Reader().read(path, name="표.csv")).blocks[0].kind is BlockKind.TABLE
    assert (await Reader().read(path, name="표")).kind == "text"


async def test_a_page_is_a_picture(tmp_path: Path) -> None:
    path = file(tmp_path, book(2))
    drawn = await Reader().page(path, 2, width=300)
    assert drawn.startswith(b"\x89PNG")
    assert await refused(Reader().page(path, 3, width=300)) == "document_unreadable"
    assert await refused(Reader().page(file(tmp_path, word("글")), 1, width=300)) == "document_kind"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(wall_s=0.6), "document_slow"),
        (Limits(cpu_s=1), "document_slow"),
        (Limits(memory_bytes=50 << 20), "document_bomb"),
    ],
)
async def test_time_and_memory_have_an_end(tmp_path: Path, limits: Limits, code: str) -> None:
    assert await refused(Reader(limits=limits).read(file(tmp_path, book(60)), name="a.pdf")) == code


async def test_whoever_stops_waiting_ends_the_process(tmp_path: Path) -> None:
    reading = asyncio.create_task(Reader().read(file(tmp_path, book(60)), name="a.pdf"))
    child = await first_child()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not of_process(child, "cmdline")


def of_process(number: int | str, what: str) -> bytes:
    """A file that the system keeps of a process; empty when there is none any more."""
    path = Path(f"/proc/{number}/{what}")
    return path.read_bytes() if path.exists() else b""


async def first_child() -> int:
    """The process that reads, once it does."""
    async with asyncio.timeout(10):
        while True:
            for child in of_process(os.getpid(), f"task/{os.getpid()}/children").split():
                if b"rag.read" in of_process(child.decode(), "cmdline"):
                    return int(child)
            await asyncio.sleep(0.01)


async def test_the_process_knows_nothing_of_the_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTH_SECRET", "of the house")
    reading = asyncio.create_task(Reader().read(file(tmp_path, book(60)), name="a.pdf"))
    child = await first_child()
    assert b"HEARTH" not in of_process(child, "environ")
    assert str(tmp_path).encode() not in of_process(child, "cmdline")
    await reading


async def test_one_bad_file_does_not_stand_in_the_way_of_the_next(tmp_path: Path) -> None:
    reader = Reader(places=1)
    files = [(b"", "a.pdf"), ("글".encode(), "a.txt"), (b"MZ\0\0" * 20, "a.exe"), ("글 둘".encode(), "a.txt")]
    outcomes = await asyncio.gather(
        *(reader.read(file(tmp_path, data, str(at)), name=name) for at, (data, name) in enumerate(files)),
        return_exceptions=True,
    )
    became = [getattr(one, "code", "") or getattr(one, "kind", "") for one in outcomes]
    assert became == ["document_empty", "text", "document_kind", "text"]


# --- what it says -----------------------------------------------------------------------------------------------------


def heard(lines: list[bytes]) -> Reading:
    return reading_from(io.BytesIO(b"".join(lines)))


def test_a_reading_comes_through_as_it_is() -> None:
    assert heard(told(READING)) == READING


@pytest.mark.parametrize("why", Why)
def test_a_refusal_comes_through(why: Why) -> None:
    with pytest.raises(Refusal) as refusal:
        heard([json.dumps({"refused": why.value}).encode()])
    assert refusal.value.why is why


HEAD = json.loads(told(READING)[0])
LINE = [2, 0.1, 0.2, 0.5, 0.25, 0, 4]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [b"\n"],
        [b"not json"],
        [b"[1, 2]"],
        [b"{}"],
        [b'{"refused": "something_else"}'],
        [b'{"refused": ["document_empty"]}'],
        [b"[" * 100_000],
        [json.dumps({**HEAD, "kind": "exe"}).encode()],
        [json.dumps({**HEAD, "blocks": -1}).encode()],
        [json.dumps({**HEAD, "blocks": 10**12}).encode()],
        [json.dumps({**HEAD, "blocks": True}).encode()],
        [json.dumps({**HEAD, "blocks": 3}).encode(), *told(READING)[1:]],
        [json.dumps({**HEAD, "blocks": 1}).encode(), *told(READING)[1:]],
        [json.dumps({**HEAD, "pages": 10**9}).encode(), *told(READING)[1:]],
        [json.dumps({**HEAD, "scanned": 3}).encode(), *told(READING)[1:]],
        [json.dumps({**HEAD, "title": "x" * 301}).encode(), *told(READING)[1:]],
        [json.dumps({**HEAD, "title": "a\u202eb"}).encode(), *told(READING)[1:]],
    ],
)
def test_a_head_that_cannot_be_true_is_not_believed(lines: list[bytes]) -> None:
    whole = [line if line.endswith(b"\n") else line + b"\n" for line in lines]
    with pytest.raises(Refusal) as refusal:
        heard(whole)
    assert refusal.value.why is Why.UNREADABLE


@pytest.mark.parametrize(
    "block",
    [
        "text",
        ["text", "글", 0, 1],
        ["script", "글", 0, 1, []],
        ["text", 5, 0, 1, []],
        ["text", "\ud800", 0, 1, []],
        ["text", "a\u0000b", 0, 1, []],
        ["text", "a\u200bb", 0, 1, []],
        ["heading", "글", 10, 1, []],
        ["text", "글", 0, 3, []],
        ["text", "글", 0, -1, []],
        ["text", "글자들", 0, 2, [[*LINE[:6], 4]]],
        ["text", "글 하나", 0, 2, [[*LINE[:5], 3, 2]]],
        ["text", "글 하나", 0, 2, [[0, *LINE[1:]]]],
        ["text", "글 하나", 0, 2, [[2, 0.6, *LINE[2:]]]],
        ["text", "글 하나", 0, 2, [[2, 0.1, 0.2, 1.5, *LINE[4:]]]],
        ["text", "글 하나", 0, 2, [[2, float("nan"), *LINE[2:]]]],
        ["text", "글 하나", 0, 2, [[2, "0.1", *LINE[2:]]]],
        ["text", "글 하나", 0, 2, [LINE[:5]]],
        ["text", "글 하나", 0, 2, [None]],
    ],
)
def test_a_block_that_cannot_be_true_is_not_believed(block: object) -> None:
    lines = [json.dumps({**HEAD, "blocks": 1}).encode() + b"\n", json.dumps(block).encode() + b"\n"]
    with pytest.raises(Refusal) as refusal:
        heard(lines)
    assert refusal.value.why is Why.UNREADABLE
