"""The real house as a process of its own, without a page: what sockets and REST see is what `hearth serve` serves.

Each server has a data folder and a port of its own and nothing of this machine's settings. Its log lines are JSON and
are kept in `log`, so that a test can also look at what was written there.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import httpx

from hearth_reflex.settings import PROJECT_DIR

START_SECONDS = 60.0
STOP_SECONDS = 15.0
_ALIASES = ("SKIP_MODEL_LOADING", "CPU_THREADS", "REDIS_URL")
_BROAD = {  # limits wide enough for tests that are not about limits
    "HEARTH_EVENTS_PER_SECOND": "1000",
    "HEARTH_EVENTS_BURST": "10000",
    "HEARTH_MESSAGES_PER_SECOND": "1000",
    "HEARTH_MESSAGES_BURST": "10000",
    "HEARTH_ROOMS_BURST": "10000",
    "HEARTH_SKIP_EMBEDDING": "true",
}


class Server:
    """One running house. `settings` are HEARTH_ variables without the prefix, in any case.

    Args:
        data_dir: its data folder; given to a second server, that one finds what the first has kept.
        model: whether the demo model is loaded; without it nobody answers.
    """

    def __init__(self, data_dir: Path, *, model: bool = False, **settings: str | float) -> None:
        self.data_dir, self.port = data_dir, _free_port()
        self.log = data_dir.parent / f"server-{self.port}.log"
        given = {f"HEARTH_{name.upper()}": str(value) for name, value in settings.items()}
        self._environ = (
            clean_environ()
            | _BROAD
            | {
                "HEARTH_DATA_DIR": str(data_dir),
                "HEARTH_HOST": "127.0.0.1",
                "HEARTH_PORT": str(self.port),
                "HEARTH_LOG_FORMAT": "json",
                "HEARTH_SKIP_MODEL_LOADING": "false" if model else "true",
                **given,
            }
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> "Server":
        """Returns once the server answers; raises with the end of its log when it does not."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.backend"], cwd=PROJECT_DIR, env=self._environ, stdout=log, stderr=log
            )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"the server did not come up:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)
        return self

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self, *, seconds: float = STOP_SECONDS) -> float:
        """Asks it to end, and returns the seconds that took. Raises TimeoutExpired when it does not."""
        assert self._process is not None, "not started"
        began = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(seconds)
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9: no goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def children(self) -> list[int]:
        """Processes that this one has started and that run now."""
        listed = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(pid) for file in listed for pid in file.read_text().split()]

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_running():
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
                if kind is None:
                    raise

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2.0).status_code == 200
        except httpx.TransportError:
            return False


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The URL of a Redis of its own, for as long as the block runs: what is told in one reaches all who listen."""
    port = _free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _wait_for_port(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def clean_environ() -> dict[str, str]:
    """The environment without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEARTH_")}
    return {name: value for name, value in kept.items() if name not in _ALIASES}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
