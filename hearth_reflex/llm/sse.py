"""Server-sent events out of a stream of bytes. Knows the framing, not what the events mean.

Lines are cut at newline bytes only: other line separators are legal inside the JSON that some servers send.
"""

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass

from hearth_reflex.errors import EngineError

_LONGEST_LINE = 1 << 20
_LONGEST_EVENT = 1 << 21


@dataclass(frozen=True, slots=True)
class ServerEvent:
    name: str
    data: str


async def read_events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[ServerEvent, None]:
    """Whole events only: one that the stream broke off in is not yielded. Raises EngineError on an endless one."""
    name, data, length = "", list[str](), 0
    async for line in _lines(chunks):
        if not line:
            if data:
                yield ServerEvent(name, "\n".join(data))
            name, data, length = "", [], 0
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
            length += len(value) + 1
            if length > _LONGEST_EVENT:
                raise EngineError
        elif field == "event":
            name = value


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncGenerator[str, None]:
    rest = bytearray()  # grown in place: a long line that comes byte by byte must not be copied for each of them
    async for chunk in chunks:
        begin = 0
        while (end := chunk.find(b"\n", begin)) >= 0:
            rest += chunk[begin:end]
            yield rest.removesuffix(b"\r").decode("utf-8", "replace")
            rest.clear()
            begin = end + 1
        rest += chunk[begin:]
        if len(rest) > _LONGEST_LINE:
            raise EngineError
