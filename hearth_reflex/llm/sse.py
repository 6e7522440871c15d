"""Server-sent events out of a stream of bytes. Knows the framing, not what the events mean.

Lines are cut at newline bytes only: other line separators are legal inside the JSON that some servers send.
"""

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass

from hearth_reflex.errors import EngineError

_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True)
class ServerEvent:
    name: str
    data: str


async def read_events(chunks: AsyncIterable[bytes]) -> AsyncGenerator[ServerEvent, None]:
    """Whole events only: one that the stream broke off in is not yielded. Raises EngineError on an endless line."""
    name, data = "", list[str]()
    async for line in _lines(chunks):
        if not line:
            if data:
                yield ServerEvent(name, "\n".join(data))
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            name = value


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncGenerator[str, None]:
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise EngineError
        for line in lines:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
