"""The engine's own program: `python -m hearth_reflex.llm.worker --socket PATH …`.

Serves worker_api on a Unix socket that only this user may open. It ends when its parent does (the pipe on its
standard input closes; on Linux the kernel sees to it as well) and when nobody has needed it for long enough. On SIGTERM
running replies have a few seconds left; what is not done by then ends with an error. Logs JSON lines to standard error.
"""

import asyncio
import ctypes
import logging
import os
import resource
import signal
import socket
import sys
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

from hearth_reflex.llm.arguments import IDLE_EXIT, RELOAD_EXIT, WorkerOrder, parse_arguments
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.host import EngineHost
from hearth_reflex.llm.use import InUse, add_rest_routes
from hearth_reflex.llm.worker_api import make_app

log = structlog.get_logger(__name__)

DRAIN_S = 2
_LOADING_S = 0.1
_PR_SET_PDEATHSIG = 1
_SWITCH_S = 0.0002


def main() -> None:
    order = parse_arguments(sys.argv[1:])
    # The decode thread comes back from C many times in a step: it must not wait 5 ms each time for the event loop.
    sys.setswitchinterval(_SWITCH_S)
    _log_as_json()
    _humble(order.config)
    _die_with(order.parent)
    code = asyncio.run(_Worker(order).serve())
    # A thread that is still loading a model cannot be stopped, and nothing else is left to be saved.
    os._exit(code)


class _Server(uvicorn.Server):
    """Gives those who are still being served a while, and then a word instead of a cut line."""

    def __init__(self, config: uvicorn.Config, use: InUse) -> None:
        super().__init__(config)
        self._use = use

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._use.leave()
        cutting = asyncio.get_running_loop().call_later(DRAIN_S, self._use.cut)
        await super().shutdown(sockets)
        cutting.cancel()


class _Worker:
    """The server with its model, and the reasons for which it ends by itself."""

    def __init__(self, order: WorkerOrder) -> None:
        self._order = order
        self._code = 0
        self._host = EngineHost(order.config)
        app = make_app(self._host, leave=lambda: self._leave(RELOAD_EXIT))
        self._use = InUse(app)
        add_rest_routes(app, self._use, is_loading=self._is_loading, sleep=lambda: self._leave(IDLE_EXIT))
        self._server = _Server(_server_config(self._use), self._use)

    async def serve(self) -> int:
        """Until it is told to end, or not needed any more; the exit code."""
        if self._order.parent:
            loop = asyncio.get_running_loop()
            loop.add_reader(sys.stdin.fileno(), _stdin_closed, loop, self._server)
        resting = asyncio.create_task(self._rest())
        await self._server.serve(sockets=[_bound(self._order.socket)])
        resting.cancel()
        return self._code

    def _leave(self, code: int) -> None:
        self._code = code
        self._use.leave()
        self._server.should_exit = True

    def _is_loading(self) -> bool:
        return self._host.health().status == "starting"

    async def _rest(self) -> None:
        """Idle time is counted from the moment the model can speak; ends the worker when it was long enough."""
        while self._is_loading():
            self._use.rest()
            await asyncio.sleep(_LOADING_S)
        if idle_s := self._order.config.idle_s:
            while (left := idle_s - self._use.idle_s) > 0:  # noqa: ASYNC110 - time is what it waits for
                await asyncio.sleep(left)
            log.info("engine.idle", seconds=idle_s)
            self._leave(IDLE_EXIT)


def _server_config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_S + 1,
    )


def _stdin_closed(loop: asyncio.AbstractEventLoop, server: uvicorn.Server) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin.fileno())
        server.should_exit = True


def _bound(path: Path) -> socket.socket:
    """A listening socket; the mode is right from the first moment because of the umask."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(128)
    return listener


def _humble(config: EngineConfig) -> None:
    """Give way to the web server, and keep to the memory cap."""
    os.nice(config.nice)
    if config.memory_limit_mb:
        limit = config.memory_limit_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _die_with(parent: int) -> None:
    """Ask the kernel for a SIGKILL when the parent goes; the pipe on standard input is the way elsewhere."""
    if not parent or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)


def _log_as_json() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s %(levelname)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
