"""The servers that are measured: child processes with a port of their own. Starting, waiting, pausing, ending them.

Knows processes and ports; what is said over them it does not know.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from hearth_reflex.cli import page
from hearth_reflex.settings import PROJECT_DIR

_TICKS = os.sysconf("SC_CLK_TCK")
# What a person's environment sets must not change what is measured.
_OWN_SETTINGS = {
    "HEARTH_HOST": "127.0.0.1",
    "HEARTH_ENVIRONMENT": "local",
    "HEARTH_SKIP_MODEL_LOADING": "true",
    "HEARTH_SKIP_EMBEDDING": "true",  # what is said is delivered, not looked up; reading_load.py measures what it costs
    "HEARTH_LOG_LEVEL": "warning",
    "HEARTH_REPLY_MAX_TOKENS": "8192",
    # A crowd comes in from one address, all at once.
    "HEARTH_EVENTS_PER_SECOND": "1000",
    "HEARTH_EVENTS_BURST": "10000",
    "HEARTH_MESSAGES_PER_SECOND": "1000",
    "HEARTH_MESSAGES_BURST": "10000",
    "HEARTH_ROOMS_BURST": "10000",
}


class Server:
    """One child process that listens on `port`.

    Args:
        module: the program, as for `python -m`.
        arguments: its arguments.
        port: where it will listen.
        environment: added to a bare environment.
    """

    def __init__(self, module: str, arguments: list[str], *, port: int, environment: dict[str, str]) -> None:
        self.port = port
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=PROJECT_DIR,
            env={**_bare_environment(), **environment},
            stdout=subprocess.DEVNULL,  # the last line of our own is the result; what went wrong comes on stderr
        )

    def wait(self, seconds: float = 60) -> None:
        """Until it answers."""
        deadline = time.monotonic() + seconds
        while not _answers(self.port):
            assert self._process.poll() is None, "the server ended before it was up"
            assert time.monotonic() < deadline, "the server did not come up"
            time.sleep(0.1)

    def cpu_seconds(self) -> float:
        """Processor time this process has used so far, in user and kernel mode."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def waited_seconds(self) -> float:
        """Time its main thread, where its event loop runs, was ready to go on and got no core: others were on them."""
        return int(Path(f"/proc/{self._process.pid}/schedstat").read_text().split()[1]) / 1e9

    def pause(self) -> None:
        """It stands still and takes nothing from the one that is being measured."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """In good order, so that it writes down its times."""
        self.resume()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def start_house(folder: Path, *, guests: int, history: int) -> Server:
    """The production composition on an empty data folder; it leaves `seeded.json` and, at its end, `house.json`."""
    port = _free_port()
    arguments = ["--guests", str(guests), "--history", str(history)]
    files = ["--seeded", str(folder / "seeded.json"), "--record", str(folder / "house.json")]
    environment = _house_environment(folder, port)
    return Server("benchmarks.paced_app", [*arguments, *files], port=port, environment=environment)


def start_live_house(folder: Path, *, guests: int, terms: dict[str, str]) -> Server:
    """The production composition with its real engine; it leaves `seeded.json`.

    Args:
        terms: settings of the engine.
    """
    environment = {**_house_environment(folder, port := _free_port()), "HEARTH_SKIP_MODEL_LOADING": "false", **terms}
    arguments = ["--guests", str(guests), "--seeded", str(folder / "seeded.json")]
    return Server("benchmarks.live_app", arguments, port=port, environment=environment)


def start_peer(folder: Path) -> Server:
    """The bare python-socketio server; it leaves `peer.json` at its end."""
    port = _free_port()
    environment = {**_OWN_SETTINGS, "HEARTH_DATA_DIR": str(folder / "peer")}
    arguments = ["--port", str(port), "--record", str(folder / "peer.json")]
    return Server("benchmarks.peer", arguments, port=port, environment=environment)


def _house_environment(folder: Path, port: int) -> dict[str, str]:
    data = folder / "data"
    environment = {
        **_OWN_SETTINGS,
        "HEARTH_DATA_DIR": str(data),
        "HEARTH_DATABASE_URL": f"sqlite:///{data / 'hearth.db'}",  # named, or a `.env` might name a real one
        "HEARTH_PORT": str(port),
    }
    if not page.is_built():
        # The socket is the same with or without a page; an empty one stands in, so that nothing need be built.
        (folder / "web" / "build" / "client").mkdir(parents=True)
        environment["REFLEX_WEB_WORKDIR"] = str(folder / "web")
    return environment


def _bare_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("HEARTH_", "REFLEX_"))}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
    except HTTPError:
        return True  # the peer has no such page, but it is there
    except (URLError, OSError):
        return False
    return True
