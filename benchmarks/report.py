"""Turns what servers noted and clients heard into figures. Pure: frames and times in, numbers out."""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

from benchmarks.sockets import Heard, event_of
from benchmarks.timing import TOKEN_CHARS, Answer, tokens_in
from hearth_reflex.domain.feed import RoomFold
from hearth_reflex.state.bus import CHANGES, CHANGES_FRAME, WORDS, WORDS_FRAME


@dataclass(slots=True)
class Reception:
    """One answer as one client heard it.

    Attributes:
        arrivals: when each token was there, in order; shorter than the answer when some were lost.
        text: what the client shows in the end.
        spoken: how much of it came as words.
        frames: how many carried words; the last words of an answer come with its finished row instead.
        frame_bytes: their size, had each carried one token. (On a busy machine some carry two, which is cheaper:
            that would be a figure of the machine.) Without the websocket's own header of two to four bytes.
        all_bytes: size of everything heard meanwhile, as it was.
    """

    arrivals: list[int] = field(default_factory=list[int])
    text: str = ""
    spoken: int = 0
    frames: int = 0
    frame_bytes: int = 0
    all_bytes: int = 0

    def count(self, frame: str, words: str) -> None:
        """A frame that carried words."""
        self.spoken += len(words)
        self.frames += 1
        self.frame_bytes += len(frame.encode()) - len(words) + TOKEN_CHARS

    def grow(self, text: str, *, at: int) -> None:
        self.text = text
        self.arrivals += [at] * (tokens_in(len(text)) - len(self.arrivals))


@dataclass(slots=True)
class Figures:
    """All answers of one server put together. Times in milliseconds."""

    told_ms: list[float] = field(default_factory=list[float])  # from publishing to a client's receipt
    made_ms: list[float] = field(default_factory=list[float])  # from the engine's token to a client's receipt
    expected: int = 0
    delivered: int = 0
    frames: int = 0
    frame_bytes: int = 0
    all_bytes: int = 0

    @property
    def lost(self) -> int:
        return self.expected - self.delivered

    @property
    def bytes_per_token(self) -> float:
        return round(self.frame_bytes / max(1, self.frames), 1)

    @property
    def bytes_per_token_in_all(self) -> float:
        """With the rows of question and answer, which come once an answer."""
        return round(self.all_bytes / max(1, self.expected), 1)

    def add(self, answer: Answer, reception: Reception, *, tokens: int, text: str) -> None:
        """Args:
        tokens, text: what the answer was to be.
        """
        for arrived, told, made in zip(reception.arrivals, answer.told_at(), answer.made, strict=False):
            self.told_ms.append((arrived - told) / 1e6)
            self.made_ms.append((arrived - made) / 1e6)
        self.expected += tokens
        # A frame that was lost stays lost, though the finished row mends the view.
        missed = tokens_in(answer.spoken - reception.spoken)
        self.delivered += min(_same_tokens(reception.text, text), tokens - missed)
        self.frames += reception.frames
        self.frame_bytes += reception.frame_bytes
        self.all_bytes += reception.all_bytes


def receive_in_house(fold: RoomFold, frames: list[Heard], *, seq: int) -> Reception:
    """Folds frames into the client's view, as its page would, and watches the answer `seq` grow in it."""
    reception = Reception()
    for at, frame in frames:
        reception.all_bytes += len(frame.encode())
        delta = _delta(frame)
        if words_frame := delta.get(WORDS, {}).get(WORDS_FRAME):
            _, about, offset, words = words_frame
            fold.words(about, offset, words)
            if about == seq:
                reception.count(frame, words)
        _change(fold, delta)
        if seq in fold.rows:
            reception.grow(fold.rows[seq]["text"], at=at)
    return reception


def receive_from_peer(frames: list[Heard]) -> Reception:
    """The peer has no rows: its words are put together as they come."""
    reception = Reception()
    for at, frame in frames:
        if words_frame := _delta(frame).get(WORDS, {}).get(WORDS_FRAME):
            _, _, offset, words = words_frame
            reception.count(frame, words)
            if offset == len(reception.text):
                reception.grow(reception.text + words, at=at)
    reception.all_bytes = reception.frame_bytes
    return reception


def fold_of(frames: list[Heard], room: str) -> RoomFold:
    """The view of a client that has just come into `room`, from its snapshot on."""
    fold = RoomFold()
    for _, frame in frames:
        delta = _delta(frame)
        for variables in delta.values():
            for value in variables.values():
                if isinstance(value, dict) and value.get("room") == room and "rev" in value:
                    fold.load(value["rev"], value["rows"])
        _change(fold, delta)
    assert fold.rev >= 0, "a client was not let into the room"
    return fold


def percentile(values: list[float], percent: float) -> float:
    """The nearest rank; NaN of nothing."""
    if not values:
        return float("nan")
    return sorted(values)[max(0, ceil(len(values) * percent / 100) - 1)]


def _delta(frame: str) -> dict[str, dict[str, Any]]:
    """Vars by state. A page that loads gets all of them, the two of the bus still empty."""
    return event_of(frame).get("delta") or {}


def _change(fold: RoomFold, delta: dict[str, dict[str, Any]]) -> None:
    if change_frame := delta.get(CHANGES, {}).get(CHANGES_FRAME):
        _, rev, rows = change_frame
        if rows is not None:  # else it only says how far the room is, to a page that was long without a frame
            fold.change(rev, rows)


def _same_tokens(heard: str, said: str) -> int:
    pairs = zip(_tokens(heard), _tokens(said), strict=False)
    return sum(1 for ours, theirs in pairs if ours == theirs)


def _tokens(text: str) -> list[str]:
    return [text[start : start + TOKEN_CHARS] for start in range(0, len(text), TOKEN_CHARS)]
