"""The container of older office files: streams by their paths. The one place that knows olefile."""

from types import TracebackType
from typing import Any, BinaryIO

import olefile

_open: Any = olefile.OleFileIO  # its types are half told


class Container:
    """Raises what olefile raises: in many ways, that a container is broken."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._ole = _open(file)

    def __enter__(self) -> "Container":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ole.close()

    @property
    def names(self) -> list[str]:
        """Paths of all streams, with `/` between their steps."""
        return ["/".join(steps) for steps in self._ole.listdir()]

    def read(self, name: str, *, most: int = -1) -> bytes:
        return self._ole.openstream(name).read(most)
