"""A form with one file in it, read as it comes: the file goes on in pieces, and never lies anywhere as a whole.

The fields before the file are known when it begins, those after it when it has ended. What is no such form is refused,
and so is one that says too much about itself.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from hearth_reflex.errors import InputError
from hearth_reflex.services.uploads import PATIENCE_SECONDS

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FORM = "multipart/form-data"
_FIELDS_MOST = 20
_FIELD_BYTES = 10_000
_HEADS_MOST = 20  # lines that say what one part is
_BEFORE_BYTES = 400_000  # before the file, and what came together with its beginning


@dataclass(slots=True)
class _Part:
    head: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    name: str = ""
    is_file: bool = False
    said: bytearray = field(default_factory=bytearray)


class FileForm:
    """Args:
    file: the name of the field that is the file.
    """

    def __init__(self, request: Request, *, file: str = "file") -> None:
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != FORM.encode() or not options.get(b"boundary"):
            raise InputError("arguments", field=file)
        self.fields: dict[str, str] = {}
        self.name = ""  # of the file
        self._file, self._stream = file, request.stream()
        self._part, self._head = _Part(), [b"", b""]
        self._came: list[bytes] = []
        self._begun = self._ended = False
        self._read = self._parts = 0  # bytes; parts that began
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())
        except FormParserError:
            raise InputError("arguments", field=file) from None

    async def begin(self) -> None:
        """Reads until the file begins.

        Raises:
            InputError: `arguments` when none does, or too much stands before it; `file_stalled` when it does not come.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not self._begun:
                    if self._read > _BEFORE_BYTES or not await self._more():
                        raise InputError("arguments", field=self._file)
        except TimeoutError:
            raise InputError("file_stalled", field=self._file) from None

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The bytes of the file, then the rest of the form."""
        is_more = True
        while is_more:
            came, self._came = self._came, []
            for piece in came:
                yield piece
            is_more = await self._more()

    async def _more(self) -> bool:
        """One more step of the body. False: that was all."""
        piece = await anext(self._stream, None)
        try:
            if piece is not None:
                self._read += len(piece)
                self._parser.write(piece)
                return True
        except FormParserError:
            raise InputError("arguments", field=self._file) from None
        if not self._ended:
            raise InputError("arguments", field=self._file)
        return False

    # --- what the parser says

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._on_part,
            "on_header_field": lambda data, start, end: self._on_head(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._on_head(1, data[start:end]),
            "on_header_end": self._on_head_end,
            "on_headers_finished": self._on_heads_end,
            "on_part_data": lambda data, start, end: self._on_data(data[start:end]),
            "on_part_end": self._on_part_end,
            "on_end": self._on_end,
        }

    def _on_part(self) -> None:
        self._part, self._parts = _Part(), self._parts + 1
        if self._parts > _FIELDS_MOST + 1:  # and the file
            raise InputError("arguments")

    def _on_head(self, side: int, data: bytes) -> None:
        self._head[side] += data
        if len(self._head[side]) > _FIELD_BYTES or len(self._part.head) >= _HEADS_MOST:
            raise InputError("arguments")

    def _on_head_end(self) -> None:
        name, value = self._head
        self._part.head[name.lower()] = value
        self._head = [b"", b""]

    def _on_heads_end(self) -> None:
        _, options = parse_options_header(self._part.head.get(b"content-disposition", b""))
        self._part.name = options.get(b"name", b"").decode(errors="replace")
        self._part.is_file = b"filename" in options
        if not self._part.is_file:
            return
        if self._begun or self._part.name != self._file:
            raise InputError("arguments", field=self._part.name[:40] or None)
        self.name, self._begun = options[b"filename"].decode(errors="replace"), True

    def _on_data(self, data: bytes) -> None:
        if self._part.is_file:
            self._came.append(bytes(data))
            return
        self._part.said += data
        if len(self._part.said) > _FIELD_BYTES:
            raise InputError("arguments", field=self._part.name[:40] or None)

    def _on_part_end(self) -> None:
        if self._part.is_file:
            return
        self.fields[self._part.name] = self._part.said.decode(errors="replace")

    def _on_end(self) -> None:
        self._ended = True


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith(FORM)
