"""A line to the house that can be cut: a small TCP relay between a browser and the server.

Switching a browser offline leaves its open websocket alone in some versions; a cut line is cut for certain.
"""

import asyncio
import contextlib

from tests.ui.served import free_port

_CHUNK = 65_536


class Line:
    """Args:
    far: the server's port.
    """

    def __init__(self, far: int) -> None:
        self.far, self.port = far, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """Ends every connection at once and takes no new one."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.far)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        await asyncio.gather(_pour(reader, far_writer), _pour(far_reader, writer))
        self._open -= {writer, far_writer}


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await source.read(_CHUNK):
            sink.write(chunk)
            await sink.drain()
    with contextlib.suppress(ConnectionError):
        sink.close()
