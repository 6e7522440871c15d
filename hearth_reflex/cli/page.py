"""The built page: whether it is there, whether it still fits the sources, and building it.

Knows files and Reflex's command line; what the page shows it does not know.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from hearth_reflex.settings import PROJECT_DIR, load_settings

SINGLE_SOURCES = ("rxconfig.py", "requirements.txt", ".npmrc")
SOURCE_TREES = ("hearth_reflex", "assets")
GENERATED = ("__pycache__", "external", "generated")


def web_dir(project: Path = PROJECT_DIR) -> Path:
    return project / os.environ.get("REFLEX_WEB_WORKDIR", ".web")


def is_built(project: Path = PROJECT_DIR) -> bool:
    return (web_dir(project) / "build" / "client" / "index.html").is_file()


def is_current(project: Path = PROJECT_DIR) -> bool:
    stamp = _stamp(project)
    return is_built(project) and stamp.is_file() and stamp.read_text() == fingerprint(project)


def build(project: Path = PROJECT_DIR) -> bool:
    """Build the page with Reflex. False when that failed; Reflex has said why on the terminal."""
    print_of_sources = fingerprint(project)  # taken first: what is edited meanwhile is not in the page
    _stamp(project).unlink(missing_ok=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    if subprocess.run(command, cwd=project, check=False).returncode != 0 or not is_built(project):  # noqa: S603 - fixed words
        return False
    _stamp(project).write_text(print_of_sources)
    return True


def fingerprint(project: Path = PROJECT_DIR) -> str:
    """A digest of names and contents of everything the page is made from."""
    digest = hashlib.sha256(load_settings().default_locale.encode())  # the one setting that is in the page
    for path in sources(project):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(project).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sources(project: Path = PROJECT_DIR) -> list[Path]:
    singles = [project / name for name in SINGLE_SOURCES]
    trees = [path for tree in SOURCE_TREES for path in (project / tree).rglob("*")]
    return sorted(path for path in [*singles, *trees] if path.is_file() and not set(path.parts) & set(GENERATED))


def _stamp(project: Path) -> Path:
    return web_dir(project) / "hearth-page.sha256"
