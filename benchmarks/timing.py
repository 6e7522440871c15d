"""What a measured server notes down while it speaks: when each token was made, and when it was told.

Times are nanoseconds of the machine's monotonic clock, which all its processes share: the clients hold their own times
against these. Knows no server and no client.
"""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.text import utf16_length

TOKEN_CHARS = 5


def token_text(index: int) -> str:
    """The words of token `index`: five characters, as long as an average token, telling which one it is."""
    return f"{index:0{TOKEN_CHARS - 1}d} "


def tokens_in(length: int) -> int:
    """How many whole tokens a text of this length holds."""
    return length // TOKEN_CHARS


@dataclass(slots=True)
class Answer:
    """One answer as its server saw it.

    `told` holds (time, seq, length of the text known to listeners from then on), oldest first.
    `spoken` is how much of the text went out as words; its end comes with the finished row.
    """

    made: list[int] = field(default_factory=list[int])
    told: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    spoken: int = 0

    @property
    def seq(self) -> int:
        return self.told[-1][1]

    def told_at(self) -> list[int]:
        """When each token was told first."""
        times: list[int] = []
        for at, _, length in self.told:
            times += [at] * (tokens_in(length) - len(times))
        return times


class Recorder:
    """Notes of one server. It is also a `services.bus.Bus` that stands before the socket's: it hears the same
    publishing, a moment earlier."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def begin(self) -> Answer:
        self.answers.append(Answer())
        return self.answers[-1]

    def speak(self, *, seq: int, offset: int, text: str) -> None:
        """`text` goes out as words, from `offset` on."""
        length = utf16_length(text)
        self.answers[-1].told.append((time.monotonic_ns(), seq, offset + length))
        self.answers[-1].spoken += length

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        for row in rows:
            if row["is_ai"] and row["text"]:
                self.answers[-1].told.append((time.monotonic_ns(), row["seq"], utf16_length(row["text"])))

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        self.speak(seq=seq, offset=offset, text=text)

    async def place(self, room: str, *, seq: int, position: int, seconds: int | None) -> None:
        """Waiting in line is no part of an answer."""

    async def signal(self, room: str, kind: str, payload: list[Any]) -> None:
        pass

    async def tell(self, people: list[str], kind: str, payload: list[Any]) -> None:
        pass

    async def unseated(self, room: str, people: list[str]) -> None:
        pass

    async def lobby(self) -> None:
        """The list of rooms is no part of an answer."""

    async def signed_out(self, sessions: list[str]) -> None:
        """Nobody signs out while it is measured."""

    def write(self, path: Path) -> None:
        path.write_text(json.dumps([asdict(answer) for answer in self.answers]))


def read_answers(path: Path) -> list[Answer]:
    """What `Recorder.write` left, once the server has ended."""
    return [
        Answer(**{**answer, "told": [(at, seq, length) for at, seq, length in answer["told"]]})
        for answer in json.loads(path.read_text())
    ]
