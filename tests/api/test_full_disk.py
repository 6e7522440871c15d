"""A disk that is full while a document comes, is read, drawn or kept: a plain word, nothing half there, and the house
goes on; as soon as there is room again, so does the document.
"""

import asyncio
import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import SpaceError
from hearth_reflex.media.store import FileStore, write_to
from hearth_reflex.rag import reader
from hearth_reflex.rag.limits import NO_SPACE
from hearth_reflex.services import uploads
from hearth_reflex.services.document_bytes import PageCache
from tests.api.checks import check_problem
from tests.api.test_documents import brought, put, read
from tests.documents import Page, pdf, prose
from tests.full_disk import no_file_above, no_room_in
from tests.library import WORDS, kept

MB = 1 << 20
LARGE = b"word " * MB  # five of them
UUID = "01890000-0000-7000-8000-000000000000"


async def test_of_a_document_that_finds_no_room_nothing_stays(house: House, mina: httpx.AsyncClient) -> None:
    with no_file_above(4 * MB):
        refused = await put(mina, LARGE)
        assert "디스크" in (await mina.post("/api/documents", content=LARGE, headers={"Accept-Language": "ko"})).text
        check_problem(refused, 422, "file_space", "file")
        assert "no room left on its disk" in refused.text
        assert [path for path in (house.settings.data_dir / "documents").rglob("*") if path.is_file()] == []
        assert (await mina.get("/api/documents")).json()["documents"] == []
        small = await brought(mina)  # what is small enough still finds its place
    await read(house)
    assert (await mina.get(f"/api/documents/{small}")).json()["status"] == "ready"
    await brought(mina, LARGE, "large.txt")


async def test_a_small_document_that_finds_no_room_says_so_too(
    house: House, mina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "write_to", _refused_with(errno.EDQUOT))
    check_problem(await put(mina, WORDS), 422, "file_space", "file")
    assert kept(house) == []
    monkeypatch.setattr(FileStore, "keep", _refused_with(errno.ENOSPC))  # its folder finds no room
    monkeypatch.setattr(uploads, "write_to", write_to)
    check_problem(await put(mina, WORDS), 422, "file_space", "file")
    monkeypatch.undo()
    await brought(mina)
    assert len(kept(house)) == 1


async def test_a_disk_that_fails_otherwise_is_not_called_full(
    house: House, mina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "write_to", _refused_with(errno.EIO))
    refused = await put(mina, WORDS)
    check_problem(refused, 500, "unexpected")
    assert (await mina.get("/api/documents")).json()["documents"] == []
    assert kept(house) == []
    monkeypatch.undo()
    await brought(mina)


def _refused_with(fault: int) -> Callable[..., None]:
    def refused(*_: object, **__: object) -> None:
        raise OSError(fault, os.strerror(fault))

    return refused


def test_some_room_is_left_for_the_house_itself(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    assert FileStore(tmp_path, spare_bytes=0).has_room(1)
    assert not FileStore(tmp_path, spare_bytes=free * 2).has_room(1)


async def test_a_full_database_says_so_and_keeps_what_it_has(
    house: House, mina: httpx.AsyncClient, living_room: str
) -> None:
    """SQLite's own refusal: the row of a document does not fit any more."""
    first = await brought(mina)
    await read(house)
    before = kept(house)
    async with no_room_in(house.database):
        refused = await _until_full(mina, living_room)
        check_problem(refused, 507, "file_space")
        assert "no room left on its disk" in refused.text
        for _ in range(40):  # of whatever document that does not fit there is no trace
            answer = await put(mina, WORDS + os.urandom(8).hex().encode(), "x" * 200)
            if answer.status_code != 201:
                check_problem(answer, 507, "file_space")
        there = {one["id"] for one in (await mina.get("/api/documents")).json()["documents"]}
        assert first in there
        assert {path.name for path in kept(house)} == there | {path.name for path in before}
        assert (await mina.get(f"/api/documents/{first}/text")).status_code == 200
    assert (await mina.post(f"/api/rooms/{living_room}/messages", json={"text": "다시"})).status_code == 201
    await brought(mina, WORDS + b"again", "again.txt")


async def _until_full(client: httpx.AsyncClient, room: str) -> httpx.Response:
    """The first message that does not fit."""
    for _ in range(60):
        answer = await client.post(f"/api/rooms/{room}/messages", json={"text": "긴 말 " * 900})
        if answer.status_code != 201:
            return answer
    raise AssertionError("all of them were kept")


async def test_pieces_that_find_no_room_are_read_again_when_there_is(house: House, mina: httpx.AsyncClient) -> None:
    text_of_many = "\n\n".join(f"{number}. " + "불은 장작과 공기로 자란다. " * 60 for number in range(200)).encode()
    async with no_room_in(house.database, pages=16):
        uuid = await brought(mina, text_of_many)
        await house.document_work.ended()
        told = (await mina.get(f"/api/documents/{uuid}")).json()
        assert (told["status"], told["error"]) == ("failed", "file_space")
        async with house.database.read() as db:
            assert (await db.exec(text("SELECT count(*) FROM chunk"))).one()[0] == 0  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert (await mina.post(f"/api/documents/{uuid}/retry")).status_code == 200
    await read(house)
    assert (await mina.get(f"/api/documents/{uuid}")).json()["status"] == "ready"


async def test_an_index_without_room_leaves_the_words_and_goes_on(
    house: House, mina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(house.index, "put", full)
    house.indexing.start()
    uuid = await brought(mina)
    await house.document_work.ended()
    assert (await mina.get(f"/api/documents/{uuid}")).json()["status"] == "embedding"
    found = (await mina.post("/api/rag/search", json={"query": "장작과 공기로 자라는 불"})).json()
    assert found["passages"][0]["document"] == uuid
    monkeypatch.undo()
    async with asyncio.timeout(20):
        while (await mina.get(f"/api/documents/{uuid}")).json()["status"] != "ready":
            house.indexing.kick()
            await asyncio.sleep(0.1)


def test_the_reading_program_says_that_there_was_no_room_for_its_answer() -> None:
    with tempfile.TemporaryFile() as file, open("/dev/full", "wb") as full:
        file.write(pdf([Page(prose(["글입니다"]))]))
        file.seek(0)
        command = [sys.executable, "-m", reader.MODULE, "read", "pdf", "1", "1000"]
        limits = [str(1 << 30), "20", "20", str(1 << 20)]
        ended = subprocess.run([*command, *limits], stdin=file, stdout=full, stderr=subprocess.DEVNULL, check=False)
    assert ended.returncode == NO_SPACE


async def test_a_file_that_could_be_read_is_not_called_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stored"
    path.write_bytes(pdf([Page(prose(["글입니다"]))]))
    monkeypatch.setattr(reader.tempfile, "TemporaryFile", partial(open, "/dev/full", "r+b", buffering=0))
    with pytest.raises(SpaceError):
        await reader.Reader().read(path, name="a.pdf")
    monkeypatch.undo()
    assert (await reader.Reader().read(path, name="a.pdf")).pages == 1


def test_a_picture_of_a_page_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    cache = PageCache(tmp_path / "pages")
    path = cache.path(UUID, 1, 800)
    with no_file_above(MB), pytest.raises(SpaceError):
        cache.put(path, bytes(2 * MB))
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    cache.put(path, bytes(2 * MB))
    assert cache.seen(path)
