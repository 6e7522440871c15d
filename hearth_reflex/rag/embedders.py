"""The embedder as the house sees it: a process that is started when it is needed and started again when it has fallen.

Each web process has one of its own. A request whose process fell is asked once more of the next; then it is an
EmbedderError. Knows no model and no index.
"""

import asyncio
import itertools
import subprocess
import sys
from array import array
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar, cast, get_origin

import structlog

from hearth_reflex.domain.meanings import UNKNOWN, Meanings
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.frames import LENGTHS_BYTES, head_of, lengths, packed
from hearth_reflex.rag.order import EmbedderOrder

log = structlog.get_logger(__name__)

TEXT_MAX = 20_000  # letters of one text; a model reads far fewer
_TEXTS_MAX = 64  # of one request
_CROSSED_MAX = 2_000  # letters of a passage of which a second look is taken
_COUNTED_MAX = 512
_ALIKE_MAX = 2_000  # letters of a passage whose words are compared
_ALIKE_PATIENCE_S = 30.0  # before the process counts as hung; who asks waits a moment
_PATIENCE_S = 60.0  # for a question, words, a count
_BULK_PATIENCE_S = 300.0
FETCH_PATIENCE_S = 1800.0  # of another model, which may have to be fetched before it answers the first time
_STOP_S = 3.0
_LONGEST_LINE = 300
_ROOT = Path(__file__).parents[2]
_T = TypeVar("_T")
_Answer = tuple[dict[str, Any], bytes]


class _FellError(Exception):
    """The process went before it had answered."""


class WorkerEmbedder:
    """Implements domain.passages.Embedder, and domain.second_look.Reranker, with a process on this machine."""

    def __init__(self, order: EmbedderOrder) -> None:
        self._order = order
        self._model = order.model
        self._dimension = order.dimension
        self._talk: _Talk | None = None
        self._starting = asyncio.Lock()
        self._closed = False
        self.engine = ""  # that answered last: "light" or "heavy"; "" while none has

    @property
    def model(self) -> str:
        return self._model

    @property
    def dimension(self) -> int:
        """0 of a model that has not answered yet."""
        return self._dimension

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._talk.pid if self._talk is not None and self._talk.is_alive else None

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        found = await self._embed(texts, query=query)
        if found:
            if self._order.dimension not in (0, len(found[-1])):
                raise EmbedderError  # its process found other packages installed than this one did
            self._dimension = len(found[-1])
        return found

    async def embed_sentences(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        return await self._embed(texts, query=query, alone=True)

    async def _embed(self, texts: Sequence[str], *, query: bool, alone: bool = False) -> list[list[float]]:
        found: list[list[float]] = []
        patience = _PATIENCE_S if query else _BULK_PATIENCE_S
        for part in _parts(texts, _TEXTS_MAX):
            head, body = await self._ask({"do": "embed", "query": query, "alone": alone, "texts": part}, patience)
            found += vectors_of(head, body, len(part))
            self.engine = str(head.get("engine", ""))
        return found

    async def alike(self, words: Sequence[str], texts: Sequence[str], *, seconds: float) -> list[list[float]]:
        if not self._order.has_companion:
            raise EmbedderError
        if not words or not texts:
            return [[] for _ in texts]
        bounded = [text[:_ALIKE_MAX] for text in texts]
        request = {"do": "kin", "words": list(words), "texts": bounded, "seconds": seconds}
        head, body = await self._ask(request, _ALIKE_PATIENCE_S)
        rows = head.get("rows")
        if rows == 0:
            return []
        found = vectors_of(head, body, rows if isinstance(rows, int) and 0 < rows <= len(texts) else -1)
        if len(found[0]) != len(words) or not all(isfinite(number) for row in found for number in row):
            raise EmbedderError
        return found

    async def words(self, texts: Sequence[str]) -> list[str]:
        found: list[str] = []
        for part in _parts(texts, _TEXTS_MAX):
            head, _ = await self._ask({"do": "words", "texts": part})
            found += _listed(head, "words", str, len(part))
        return found

    async def meanings(self, words: Sequence[str]) -> Meanings:
        if not words:
            return UNKNOWN
        (asked,) = _parts(words[:_TEXTS_MAX], _TEXTS_MAX)
        head, _ = await self._ask({"do": "meanings", "texts": asked})
        (line,), each = _listed(head, "words", str, 1), _listed(head, "each", list[str], len(asked))
        return Meanings(line, tuple(tuple(map(str, its)) for its in each))

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        found: list[int] = []
        for part in _parts(texts, _COUNTED_MAX):
            head, _ = await self._ask({"do": "count", "texts": part})
            found += _listed(head, "counts", int, len(part))
        return found

    async def scores(self, question: str, passages: Sequence[str], *, seconds: float) -> list[float]:
        """Implements domain.second_look.Reranker. Whoever asks waits no longer than they like; the process is left to
        load or fetch its model, and does nothing for who has gone."""
        if not self._order.reranker:
            raise EmbedderError
        texts = [text[:_CROSSED_MAX] for text in passages]
        request = {"do": "cross", "question": question[:_CROSSED_MAX], "texts": texts, "seconds": seconds}
        head, _ = await self._ask(request, FETCH_PATIENCE_S)
        count = head.get("count")
        if not isinstance(count, int) or not 0 <= count <= len(texts):
            raise EmbedderError
        found = _listed(head, "scores", float, count)
        if not all(isfinite(score) for score in found):
            raise EmbedderError
        return found

    async def close(self) -> None:
        self._closed = True
        talk, self._talk = self._talk, None
        if talk is not None:
            await talk.close()

    async def ask(self, request: dict[str, Any], body: bytes = b"", *, patience: float) -> _Answer:
        """What its process says to a request of another kind. Raises EmbedderError."""
        return await _twice(lambda: self._ask_once(request, patience, body))

    async def _ask(self, request: dict[str, Any], patience: float = _PATIENCE_S) -> _Answer:
        if not self._order.is_default and not self._dimension:
            patience = FETCH_PATIENCE_S
        return await self.ask(request, patience=patience)

    async def _ask_once(self, request: dict[str, Any], patience: float, body: bytes) -> _Answer:
        talk = await self._alive()
        try:
            async with asyncio.timeout(patience):
                answer = await talk.ask(request, body)
        except TimeoutError:
            log.warning("embedder.too_slow", do=request["do"])
            await talk.close()
            raise EmbedderError from None
        if "error" in answer[0]:
            raise EmbedderError
        return answer

    async def _alive(self) -> "_Talk":
        async with self._starting:
            if self._closed:
                raise EmbedderError
            if self._talk is None or not self._talk.is_alive:
                try:
                    self._talk = await _Talk.start(self._order)
                except OSError as error:
                    raise EmbedderError from error
            return self._talk


class _Talk:
    """One process and who waits for its answers. Make it with `start`."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None  # noqa: S101 - they were asked for
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        self._process, self._in = process, process.stdin
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[_Answer]] = {}
        self._cries: deque[str] = deque(maxlen=20)
        self._sending = asyncio.Lock()
        self._reader = asyncio.create_task(self._read(process.stdout))
        self._listener = asyncio.create_task(self._listen(process.stderr))

    @classmethod
    async def start(cls, order: EmbedderOrder) -> "_Talk":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *order.arguments(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=_ROOT,
            env=order.environment(),
        )
        log.info("embedder.spawned", pid=process.pid)
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None and not self._reader.done()

    async def ask(self, request: dict[str, Any], body: bytes) -> _Answer:
        """Raises _FellError."""
        number = next(self._numbers)
        answer: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with self._sending:
                self._in.write(packed({"id": number} | request, body))
                await self._in.drain()
            if not self.is_alive:
                raise _FellError
            return await answer
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _FellError from error
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        self._in.close()
        try:
            async with asyncio.timeout(_STOP_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
        await self._process.wait()
        await asyncio.wait([self._reader, self._listener])

    async def _read(self, source: asyncio.StreamReader) -> None:
        try:
            while True:
                head_size, body_size = lengths(await source.readexactly(LENGTHS_BYTES))
                head = head_of(await source.readexactly(head_size))
                body = await source.readexactly(body_size)
                waiting = self._waiting.get(int(head.get("id", 0)))
                if waiting is not None and not waiting.done():
                    waiting.set_result((head, body))
        except (asyncio.IncompleteReadError, ValueError, ConnectionResetError):
            # It has gone, or says what is no frame: either way it is not spoken to any more.
            if self._process.returncode is None:
                self._kill()
        finally:
            await self._mourn()

    def _kill(self) -> None:
        try:
            self._process.kill()
        except ProcessLookupError:
            return

    async def _mourn(self) -> None:
        code = await self._process.wait()
        if code:
            log.warning("embedder.fell", exit_code=code, pid=self.pid, waiting=len(self._waiting))
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(_FellError())

    async def _listen(self, source: asyncio.StreamReader) -> None:
        """Its events go into our log; what native code cried, when it has nothing more to say."""
        while True:
            try:
                line = await source.readline()
            except ValueError:
                continue  # longer than the reader's buffer: dropped
            if not line:
                break
            text = line.decode("utf-8", "replace").strip()
            if text and not _told(text, pid=self.pid):
                self._cries.append(text[:_LONGEST_LINE])
        if self._cries and self._process.returncode not in (0, None):
            log.warning("embedder.last_words", lines=list(self._cries), pid=self.pid)


def _told(text: str, *, pid: int) -> bool:
    try:
        told = head_of(text.encode())
    except ValueError:
        return False
    event = str(told.pop("event", "embedder.worker"))
    log.info(event, **(told | {"pid": pid}))
    return True


async def _twice(ask: Callable[[], Awaitable[_T]]) -> _T:
    """Of a process that fell, the next one is asked; who falls twice over the same is left alone."""
    try:
        return await ask()
    except _FellError:
        log.info("embedder.asked_again")
    try:
        return await ask()
    except _FellError:
        raise EmbedderError from None


def vectors_of(head: dict[str, Any], body: bytes, count: int) -> list[list[float]]:
    """Raises EmbedderError for what are not so many vectors."""
    rows, dimension = head.get("rows"), head.get("dimension")
    if rows != count or not isinstance(dimension, int) or dimension < 1 or len(body) != 4 * count * dimension:
        raise EmbedderError
    numbers = array("f", body).tolist()
    return [numbers[start : start + dimension] for start in range(0, len(numbers), dimension)]


def _parts(texts: Sequence[str], size: int) -> list[list[str]]:
    bounded = [text[:TEXT_MAX] for text in texts]
    return [bounded[start : start + size] for start in range(0, len(bounded), size)]


def _listed(head: dict[str, Any], name: str, kind: type[_T], count: int) -> list[_T]:
    said = head.get(name)
    values = cast("list[object]", said) if isinstance(said, list) else []
    right = [cast("_T", value) for value in values if isinstance(value, get_origin(kind) or kind)]
    if len(right) != len(values) or len(values) != count:
        raise EmbedderError
    return right
