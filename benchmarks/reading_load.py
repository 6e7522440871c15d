"""How long one person waits to see what another says, while the house stands still and while it reads a book.

    python -m benchmarks.reading_load [--pages 500] [--idle 60] [--embedding-for 120]

One guest says short things, one after the other, another in the same room hears them: idle first, then while a PDF that
was made for it is brought, read, cut and embedded by the house, then idle again. The house runs as in production, with
its real reader and its real embedder, and without a model that speaks. To embed 500 pages takes two cores half an hour:
with `--embedding-for` the book is removed after so many seconds of it. The last line printed is one JSON object;
docs/benchmarks.md says what its figures are.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from benchmarks.report import percentile
from benchmarks.seed import Seeded
from benchmarks.servers import Server, start_live_house
from benchmarks.sockets import Listener, all_marked
from benchmarks.stages import LOAD
from hearth_reflex.pages.room import ROUTE
from hearth_reflex.state.composer import ComposerState
from hearth_reflex.state.doors import SESSION_COOKIE
from tests.documents import Page, pdf, prose

SAY_EVERY_S = 0.05  # after the last one was heard
LOST_S = 10.0
WARM_UP = 20  # messages that are not counted
_LOOK_S = 0.5
_READ_WITHIN_S = 3600.0
_CALM_S = 20.0  # after which nothing of a removed book is under way any more
_LINES = 34
_TERMS = {"HEARTH_SKIP_MODEL_LOADING": "true", "HEARTH_SKIP_EMBEDDING": "false"}  # it knows, and does not speak
_SEND = f"{ComposerState.get_full_name()}.send"
_WHO = ("서기", "농부", "사서", "어부", "의사", "목수", "교사", "우체부", "제빵사", "등대지기")
_WHERE = ("언덕 위 창고", "강가의 집", "낡은 역", "시장 뒷골목", "바닷가 마을", "성당 종탑", "외딴 농장")
_WHAT = (
    "장부를 다시 적었다",
    "비가 그치기를 기다렸다",
    "오래된 편지를 태웠다",
    "이웃의 문을 두드렸다",
    "씨앗을 나누었다",
)


@dataclass(slots=True)
class Talk:
    """Two tabs in one room: who says, and who hears.

    Attributes:
        waits: (stage, milliseconds) of each message, from its sending to its frame at the other's.
        lost: messages that nobody heard in time.
    """

    speaker: Listener
    hearer: Listener
    room: str
    waits: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    lost: int = 0
    _said: int = 0

    async def say(self, stage: str) -> None:
        """One message; it is over when it was heard."""
        self._said += 1
        text = f"say-{self._said:06d}"
        self.hearer.await_mark(text)
        begun = time.monotonic_ns()
        await self.speaker.ask(
            _SEND, path=f"/room/{self.room}", route=ROUTE, room=self.room, client_msg_id=str(uuid4()), text=text
        )
        await all_marked([self.hearer], seconds=LOST_S)
        heard = next((at for at, frame in self.hearer.take() if text in frame), None)
        self.speaker.take()
        if heard is None:
            self.lost += 1
        elif stage:
            self.waits.append((stage, (heard - begun) / 1e6))
        await asyncio.sleep(SAY_EVERY_S)

    async def go_on(self, stage: str, *, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await self.say(stage)

    def of(self, *stages: str) -> list[float]:
        return [ms for stage, ms in self.waits if stage in stages]


class Book:
    """A PDF on its way through the house, watched over REST."""

    def __init__(self, client: httpx.AsyncClient, room: str) -> None:
        self._client, self._room = client, room
        self.stage = ""
        self.since: dict[str, float] = {}

    async def bring(self, data: bytes, *, embedding_for: float = 0.0) -> None:
        """Until it is ready, or has been embedded for so long; `stage` says meanwhile how far it is."""
        self._at("upload")
        asked = {"name": "book.pdf", "room": self._room}
        answer = await self._client.post("/api/documents", params=asked, content=data, timeout=LOST_S * 30)
        uuid = answer.raise_for_status().json()["id"]
        async with asyncio.timeout(_READ_WITHIN_S):
            while self.stage != "ready":
                told = (await self._client.get(f"/api/documents/{uuid}")).raise_for_status().json()
                self._at(told["status"])
                assert told["status"] not in ("failed", "cancelled"), told["error"]
                if embedding_for and time.monotonic() - self.since.get("embedding", time.monotonic()) > embedding_for:
                    self._at("ready")
                    (await self._client.delete(f"/api/documents/{uuid}")).raise_for_status()
                await asyncio.sleep(_LOOK_S)

    def took(self, begin: str, end: str) -> float:
        """Seconds between the first sight of two stages; one that was over too fast to be seen took none."""
        return round(self.since.get(end, self.since["ready"]) - self.since.get(begin, self.since["upload"]), 1)

    def _at(self, stage: str) -> None:
        self.stage = stage
        self.since.setdefault(stage, time.monotonic())


def book(pages: int) -> bytes:
    """A PDF of full pages, none like the other."""
    return pdf([Page(prose([_line(page, line) for line in range(_LINES)], size=11)) for page in range(pages)])


def _line(page: int, line: int) -> str:
    at = page * _LINES + line
    who, where, what = _WHO[at % len(_WHO)], _WHERE[at // 3 % len(_WHERE)], _WHAT[at // 7 % len(_WHAT)]
    return f"{page + 1}장 {line + 1}째 날에 {who}는 {where}에서 {at * 37 % 9973}번째로 {what}."


async def measure(folder: Path, *, pages: int, idle: float, embedding_for: float) -> dict[str, float]:
    server = start_live_house(folder, guests=2, terms=_TERMS)
    try:
        server.wait()
        seeded = Seeded.read(folder / "seeded.json")
        data = await asyncio.to_thread(book, pages)
        talk, used = await played(server, seeded, data, idle=idle, embedding_for=embedding_for)
    finally:
        server.end()
    return summary(talk, used, pages=pages)


async def played(
    server: Server, seeded: Seeded, data: bytes, *, idle: float, embedding_for: float
) -> tuple[Talk, Book]:
    """Idle, a book, idle."""
    cookies = [f"{SESSION_COOKIE}={token}" for token in seeded.tokens]
    talk = Talk(Listener(), Listener(), seeded.quiet_room)
    for listener, cookie in zip((talk.speaker, talk.hearer), cookies, strict=True):
        await listener.open(server.port, cookie=cookie)
        listener.await_mark(f'"room":"{talk.room}"')
        await listener.ask(LOAD, path=f"/room/{talk.room}", route=ROUTE)
        await all_marked([listener], seconds=LOST_S * 3)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers={"Cookie": cookies[0]}) as client:
        # The embedder comes up for the first time here, and makes its model ready: that is nobody's book.
        await Book(client, talk.room).bring(pdf([Page(prose(["첫 쪽입니다. 모닥불 앞에 모였습니다."]))]))
        for _ in range(WARM_UP):
            await talk.say("")
        used = Book(client, talk.room)
        _tell("idle")
        await talk.go_on("idle", seconds=idle / 2)
        _tell("a book")
        bringing = asyncio.create_task(used.bring(data, embedding_for=embedding_for))
        while not bringing.done():
            await talk.say(used.stage)
        await bringing
        if embedding_for:
            await asyncio.sleep(_CALM_S)
        _tell("idle again")
        await talk.go_on("idle", seconds=idle / 2)
    for listener in (talk.speaker, talk.hearer):
        await listener.close()
    return talk, used


def summary(talk: Talk, used: Book, *, pages: int) -> dict[str, float]:
    idle = talk.of("idle")
    reading = talk.of("upload", "waiting", "reading", "cutting")
    embedding = talk.of("embedding", "ready")
    loaded = reading + embedding
    p99, p99_loaded = percentile(idle, 99), percentile(loaded, 99)
    return {
        "p50_idle_ms": round(percentile(idle, 50), 2),
        "p50_reading_ms": round(percentile(loaded, 50), 2),
        "p99_idle_ms": round(p99, 2),
        "p99_reading_ms": round(p99_loaded, 2),
        "ratio": round(p99_loaded / p99, 2),
        "p99_read_ms": round(percentile(reading, 99), 2),
        "p99_embedded_ms": round(percentile(embedding, 99), 2),
        "pages": pages,
        "reading_s": used.took("upload", "embedding"),
        "embedding_s": used.took("embedding", "ready"),
        "messages_idle": len(idle),
        "messages_reading": len(loaded),
        "lost": talk.lost,
    }


def _tell(stage: str) -> None:
    print(stage, file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500, help="pages of the PDF")
    parser.add_argument("--idle", type=float, default=60, help="seconds without it, half before and half after")
    parser.add_argument("--embedding-for", type=float, default=0, help="seconds of embedding it; 0: all of it")
    given = parser.parse_args()
    if given.pages < 1 or given.idle <= 0:
        parser.error("at least one page, and some time without it")
    with tempfile.TemporaryDirectory(prefix="hearth-reading-") as folder:
        line = asyncio.run(measure(Path(folder), pages=given.pages, idle=given.idle, embedding_for=given.embedding_for))
    for name, value in line.items():
        print(f"{name:>18}  {value}")
    print(json.dumps(line))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
