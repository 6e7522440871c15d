"""The engine's own program: `python -m hearth_reflex.llm.worker --socket PATH …`.

Serves worker_api on a Unix socket that only this user may open. It ends when its parent does (the pipe on its
standard input closes; on Linux the kernel sees to it as well), finishes the running reply on SIGTERM within a few
seconds, and logs JSON lines to standard error.
"""

import asyncio
import ctypes
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import structlog
import uvicorn

from hearth_reflex.llm.arguments import RELOAD_EXIT, parse_arguments
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.host import EngineHost
from hearth_reflex.llm.worker_api import make_app

log = structlog.get_logger(__name__)

DRAIN_S = 3
_PR_SET_PDEATHSIG = 1


def main() -> int:
    order = parse_arguments(sys.argv[1:])
    _log_as_json()
    _humble(order.config)
    _die_with(order.parent)
    leaving: list[int] = []
    server = uvicorn.Server(_server_config(order.config, leave=lambda: _leave(server, leaving)))
    asyncio.run(_serve(server, _bound(order.socket), watch_stdin=bool(order.parent)))
    return leaving[0] if leaving else 0


def _leave(server: uvicorn.Server, leaving: list[int]) -> None:
    leaving.append(RELOAD_EXIT)
    server.should_exit = True


def _server_config(config: EngineConfig, *, leave: Callable[[], None]) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(EngineHost(config), leave=leave),
        http="h11",
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_S,
    )


async def _serve(server: uvicorn.Server, listener: socket.socket, *, watch_stdin: bool) -> None:
    if watch_stdin:
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin.fileno(), _stdin_closed, loop, server)
    await server.serve(sockets=[listener])


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
    sys.exit(main())
