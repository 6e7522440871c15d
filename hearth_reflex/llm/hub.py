"""Fetches model files from the Hugging Face Hub, or a server of its kind. The only thing here that leaves the house.

What there is, how large and with which checksum is asked through `huggingface_hub`. The bytes are fetched with httpx
and `Range` instead of that library's downloader: that one runs in a thread which cannot be stopped in the middle, tells
its progress to a bar on a terminal, and keeps its own cache of links; here a stop is at once, each piece is told, and a
broken connection or a restart goes on where the partial file ends. Telemetry, Xet and tokens lying about are off.

Knows no table and no person; whether anything may be asked at all is decided above.
"""

import asyncio
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import httpx
import structlog

from hearth_reflex.errors import HubError
from hearth_reflex.llm.model_facts import sha256_of_file
from hearth_reflex.llm.shelf import SUFFIX, write_all

log = structlog.get_logger(__name__)
T = TypeVar("T")

ASK_SECONDS = 15.0
_TIMEOUT = httpx.Timeout(ASK_SECONDS, read=30.0)
_TRIES = 5  # in a row without a byte of progress
_REPO = re.compile(r"[\w][\w.-]{0,95}(/[\w][\w.-]{0,95})?", re.ASCII)
_REVISION = re.compile(r"[\w][\w./-]{0,99}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_FILE = 300

# Read by huggingface_hub when it is imported, which is later.
for _name in ("TELEMETRY", "XET", "IMPLICIT_TOKEN", "UPDATE_CHECK"):
    os.environ[f"HF_HUB_DISABLE_{_name}"] = "1"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file that a repository offers."""

    file: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Target:
    """One file at one commit: these very bytes."""

    url: str
    size_bytes: int
    sha256: str
    commit: str


class Hub:
    """Args:
    url: of another server of this kind; "" is the hub that `huggingface_hub` knows.
    token: for models that ask for one; goes to the hub alone, not to where it redirects.
    pause: seconds before a broken connection is tried again; doubled each time.
    """

    def __init__(self, *, url: str = "", token: str = "", pause: float = 1.0) -> None:
        self._url, self._token, self._pause = url.rstrip("/") or None, token, pause

    async def files(self, repo: str, revision: str = "main") -> list[HubFile]:
        """The GGUF files of a repository, by name.

        Raises:
            HubError: `hub_missing`, `hub_key`, `hub_offline`.
        """
        _check(repo, revision)

        def ask() -> list[HubFile]:
            from huggingface_hub import HfApi  # slow to import, and needed by few houses

            api = HfApi(endpoint=self._url, token=self._token or False)
            info = api.model_info(repo, revision=revision, files_metadata=True, timeout=ASK_SECONDS)
            return [HubFile(found.rfilename, found.size or 0) for found in info.siblings or []]

        offered = await _asked(ask)
        return sorted((one for one in offered if one.file.lower().endswith(SUFFIX)), key=lambda one: one.file)

    async def locate(self, repo: str, file: str, revision: str = "main") -> Target:
        """Where the bytes of a file are, and what they must be.

        Raises:
            HubError: as `files`; `hub_checksum` when the hub does not tell how to check the file.
        """
        _check(repo, revision)
        if not file.lower().endswith(SUFFIX) or len(file) > _LONGEST_FILE or not _plain(file):
            raise HubError("hub_missing")

        def ask() -> Target:
            from huggingface_hub import HfApi, hf_hub_url

            api = HfApi(endpoint=self._url, token=self._token or False)
            url = hf_hub_url(repo, file, revision=revision, endpoint=self._url)
            told = api.get_hf_file_metadata(url=url, timeout=ASK_SECONDS)
            if not told.commit_hash or not told.size or not _SHA256.fullmatch(told.etag or ""):
                raise HubError("hub_checksum")
            pinned = hf_hub_url(repo, file, revision=told.commit_hash, endpoint=self._url)
            return Target(pinned, told.size, told.etag or "", told.commit_hash)

        return await _asked(ask)

    async def fetch(self, target: Target, partial: Path, *, told: Callable[[int], None]) -> None:
        """Brings `partial` to the whole file, from wherever it ends now, and checks it.

        Args:
            told: how many bytes are there, called for each piece.

        Raises:
            HubError: `hub_offline` when the connection stays broken; `hub_checksum` (the file is thrown away);
                as `files` when the server refuses; `hub_space` when the disk is full.
        """
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=True) as client:
            tries, before = 0, -1
            while _size(partial) < target.size_bytes:
                if (size := _size(partial)) > before:
                    tries, before = 0, size
                try:
                    await self._gather(client, target, partial, told)
                except httpx.TransportError as error:
                    tries += 1
                    log.info("hub.broke_off", fault=type(error).__name__, tries=tries, size=_size(partial))
                    if tries >= _TRIES:
                        raise HubError("hub_offline") from error
                    await asyncio.sleep(self._pause * 2 ** (tries - 1))
                except OSError as error:
                    raise HubError("hub_space") from error
        await _check_sum(partial, target)

    async def _gather(
        self, client: httpx.AsyncClient, target: Target, partial: Path, told: Callable[[int], None]
    ) -> None:
        """One connection's worth. Ends when the server does, whole or not; raises TransportError when it breaks."""
        start = _size(partial)
        headers = {"Range": f"bytes={start}-", "Accept-Encoding": "identity"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        async with client.stream("GET", target.url, headers=headers) as answer:
            if answer.status_code not in (200, 206):
                raise _refusal(answer.status_code)
            if answer.status_code == 200:
                start = 0  # this server does not resume: from the beginning
            elif not answer.headers.get("content-range", "").startswith(f"bytes {start}-"):
                raise httpx.RemoteProtocolError("another range than was asked for")
            with await asyncio.to_thread(_open_at, partial, start) as file:
                async for piece in answer.aiter_bytes():
                    start += len(piece)
                    if start > target.size_bytes:
                        await asyncio.to_thread(partial.unlink, missing_ok=True)
                        raise HubError("hub_checksum")
                    await write_all(file, piece)
                    told(start)
        if start < target.size_bytes:
            raise httpx.RemoteProtocolError("the answer ended early")


def _open_at(partial: Path, start: int) -> BinaryIO:
    file = partial.open("ab")
    file.truncate(start)
    return file


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


async def _check_sum(partial: Path, target: Target) -> None:
    stop = threading.Event()
    try:
        found = await asyncio.to_thread(sha256_of_file, partial, stop)
    finally:
        stop.set()  # a thread cannot be cancelled: it is told
    if found != target.sha256:
        await asyncio.to_thread(partial.unlink, missing_ok=True)
        log.warning("hub.checksum_wrong", size=target.size_bytes)
        raise HubError("hub_checksum")


def _check(repo: str, revision: str) -> None:
    if not _REPO.fullmatch(repo) or not _REVISION.fullmatch(revision) or ".." in repo + revision:
        raise HubError("hub_missing")


def _plain(file: str) -> bool:
    return file.isprintable() and "\\" not in file and not any(step in ("", ".", "..") for step in file.split("/"))


async def _asked(ask: Callable[[], T]) -> T:
    """Runs a question off the event loop, and puts the library's many faults into our few words."""
    try:
        return await asyncio.to_thread(ask)
    except HubError:
        raise
    except Exception as error:  # it raises faults of its own HTTP library, of its validators, and plain ones
        answer: Any = getattr(error, "response", None)
        log.info("hub.refused", fault=type(error).__name__, status=getattr(answer, "status_code", None))
        raise _in_our_words(error, answer) from error


def _in_our_words(error: Exception, answer: Any) -> HubError:
    from huggingface_hub.errors import HFValidationError

    if isinstance(error, HFValidationError):
        return HubError("hub_missing")
    if answer is None:
        return HubError("hub_offline")
    # To strangers the hub says 401 of a repository that is not there, too; a header tells the difference.
    return (
        HubError("hub_missing")
        if answer.headers.get("x-error-code") == "RepoNotFound"
        else _refusal(answer.status_code)
    )


def _refusal(status: int) -> HubError:
    if status in (401, 403):
        return HubError("hub_key")
    if status in (404, 410):
        return HubError("hub_missing")
    return HubError("hub_offline") if status >= 500 or status == 429 else HubError()
