"""The running house: one Uvicorn process with the page, the API and the socket on one port.

Reflex's own `run` builds the page anew each time; started this way, on a page that is built, it is up in seconds. The
app is named by its path and loaded by Uvicorn, so that nothing here imports Reflex.
"""

import asyncio
import os
import signal
import socket
from types import FrameType

import typer
import uvicorn

from hearth_reflex.errors import SettingsError
from hearth_reflex.services.hearth import EVERYWHERE, lan_address
from hearth_reflex.settings import PROJECT_DIR, Settings

APP = "hearth_reflex.hearth_reflex:app"
# Reflex's names (the double underscore is its mark of "internal"); a test holds them against the installed Reflex.
SERVE_BUILT_PAGE = {
    "REFLEX_ENV_MODE": "prod",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}
GRACE_SECONDS = 5


class _Announced(uvicorn.Server):
    """A server that says where it is to be found once it is."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            typer.echo("\n".join(["", "Hearth is lit.", *addresses(self._settings), "Ctrl+C puts it out.", ""]))


def serve(settings: Settings) -> int:
    """Serve until told to stop; the exit status."""
    os.chdir(PROJECT_DIR)
    os.environ.update(SERVE_BUILT_PAGE)
    listener = _listen(settings)
    server = _Announced(_config(settings), settings)
    # Uvicorn stops in good order and then raises the signal again; by then it has been answered.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _answered)
    with listener:
        asyncio.run(server.serve(sockets=[listener]))
    return 0 if server.started else 1


def addresses(settings: Settings) -> list[str]:
    """Lines that tell a person where to go."""
    everywhere = settings.host in EVERYWHERE
    found = [("This machine", "localhost" if everywhere else settings.host)]
    if everywhere and (lan := lan_address()):
        found.append(("This network", lan))
    lines = [f"  {f'{where}:':<14} http://{host}:{settings.port}" for where, host in found]
    return [*lines, f"  {'Public:':<14} {settings.public_url}"] if settings.public_url else lines


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        APP,
        factory=True,
        log_config=None,
        log_level="warning",  # its access lines would hold the tokens of open tabs
        access_log=False,
        server_header=False,
        ws_max_size=settings.frame_limit_bytes,
        ws_per_message_deflate=False,  # frames are small: compressing each for every tab costs more than it saves
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"HEARTH_PORT: {settings.host}:{settings.port} cannot be used ({error.strerror}); "
            "another can be chosen with --port"
        ) from error
    listener.set_inheritable(False)
    return listener


def _answered(number: int, frame: FrameType | None) -> None:
    """The server has stopped already."""
