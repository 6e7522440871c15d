"""What the house is compared with: python-socketio's server under Uvicorn and nothing else.

It says the same bytes in the same rhythm to everybody in one Socket.IO room: no rows, no session, no Reflex. A program
of its own.
"""

import argparse
import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import uvicorn
from socketio import ASGIApp, AsyncServer

from benchmarks.timing import TOKEN_CHARS, Recorder, token_text
from hearth_reflex.state.bus import NAMESPACE, WORDS, WORDS_FRAME

ROOM = "room"


class Peer:
    """One room, where everybody sits who connects."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._speech: asyncio.Task[None] | None = None
        self.sio = AsyncServer(
            async_mode="asgi", cors_allowed_origins="*", transports=["websocket"], allow_upgrades=False
        )
        self.sio.on("connect", self._sit, namespace=NAMESPACE)
        self.sio.on("say", self._say, namespace=NAMESPACE)

    async def _sit(self, sid: str, environ: dict[str, Any]) -> None:
        await self.sio.enter_room(sid, ROOM, namespace=NAMESPACE)

    async def _say(self, sid: str, wish: dict[str, Any]) -> None:
        self._speech = asyncio.create_task(self._speak(**wish))

    async def _speak(self, *, tag: str, seq: int, tokens: int, rate: float) -> None:
        answer, start = self._recorder.begin(), time.monotonic()
        for index in range(tokens):
            await asyncio.sleep(start + index / rate - time.monotonic())
            answer.made.append(time.monotonic_ns())
            offset, text = index * TOKEN_CHARS, token_text(index)
            self._recorder.speak(seq=seq, offset=offset, text=text)
            words = {WORDS: {WORDS_FRAME: [tag, seq, offset, text]}}
            await self.sio.emit("event", {"delta": words}, room=ROOM, namespace=NAMESPACE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--record", type=Path, required=True, help="file for the times, written at the end")
    arguments = parser.parse_args()
    recorder = Recorder()
    # Uvicorn stops in good order and then raises the signal again; the times are written after it.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    # The same settings of Uvicorn as the house's: cli/server.py.
    uvicorn.run(
        ASGIApp(Peer(recorder).sio, socketio_path="_event"),
        host="127.0.0.1",
        port=arguments.port,
        log_level="warning",
        access_log=False,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
    )
    recorder.write(arguments.record)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
