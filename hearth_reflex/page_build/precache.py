"""What an installed app keeps for when there is no network. Knows the files of a built page, no browser."""

import hashlib
import json
import re
from pathlib import Path

WORKER = "sw.js"
_LIST = re.compile(r"/\*precache\*/.*?/\*end\*/", re.DOTALL)
_VERSION = re.compile(r"/\*version\*/.*?/\*end\*/")
# What every page needs at once; code and fonts of single pages are kept when they are first used.
_ALWAYS = (
    "offline.html",
    "offline.css",
    "manifest.webmanifest",
    "hearth/fire.svg",
    "hearth/flame.svg",
    "icons/icon-192.png",
)
_SHELL = re.compile(r'(?:href|src)="(/assets/[^"]+\.(?:js|css))"')


def write_precache(static_dir: Path) -> list[str]:
    """Write the list and its digest into the built service worker; returns the list.

    Raises:
        FileNotFoundError: a file that must be there is not in the built page.
    """
    paths = [f"/{name}" for name in _ALWAYS] + _shell(static_dir)
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.encode() + (static_dir / path.lstrip("/")).read_bytes())
    worker = static_dir / WORKER
    source = worker.read_text()
    source, lists = _LIST.subn(lambda _: json.dumps(paths), source)
    source, versions = _VERSION.subn(lambda _: json.dumps(digest.hexdigest()[:12]), source)
    if (lists, versions) != (1, 1):
        raise ValueError(f"{WORKER} has {lists} places for the list and {versions} for the version, not one of each")
    worker.write_text(source)
    return paths


def _shell(static_dir: Path) -> list[str]:
    """The scripts and styles that the home page names: with them the house stands up."""
    return sorted(set(_SHELL.findall((static_dir / "index.html").read_text())))
