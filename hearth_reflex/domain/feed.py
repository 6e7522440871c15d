"""How a room's view is kept in step: frames, their order, and the fold that every client does.

A *change frame* carries the rows changed by one commit and the room's `rev` after it. Revs are gapless, so a client
that holds rev n and hears n+2 knows that it missed one and asks for all rows with a rev above n. A *stream frame*
carries words of one growing answer: (seq, offset, text). Frames may come twice, late or before the snapshot; the fold
takes them in any order and ends at the same view as a fresh load. A *place frame* tells where an answer stands in line:
(seq, position, seconds); it is a hint that nothing repairs but the next one. `assets/hearth/fold.js` is the same fold
in the browser; `tests/unit/test_feed.py` runs both on the same histories.
"""

from dataclasses import dataclass, field
from typing import Any

from hearth_reflex.domain.text import utf16_length

Row = dict[str, Any]
_OPEN = ("sending", "streaming")


@dataclass(slots=True)
class RoomFold:
    """One client's view of a room.

    `rows` maps seq to row. `rev` is the newest rev up to which nothing is missing. `missing` is true while a gap in
    revs, or in the text of a growing answer, waits for a repair. `places` maps the seq of an answer that waits to its
    place in line: (position, estimated seconds or None).
    """

    rev: int = -1
    rows: dict[int, Row] = field(default_factory=dict[int, Row])
    places: dict[int, tuple[int, float | None]] = field(default_factory=dict[int, tuple[int, float | None]])
    _early: dict[int, list[Row]] = field(default_factory=dict[int, list[Row]])
    _words: dict[int, list[tuple[int, str]]] = field(default_factory=dict[int, list[tuple[int, str]]])

    @property
    def missing(self) -> bool:
        return bool(self._early) or any(self._words.values())

    def load(self, rev: int, rows: list[Row]) -> None:
        """Take a snapshot or a repair: `rows` hold all that changed up to `rev` since the view's own rev."""
        self._merge(rows)
        self.rev = max(self.rev, rev)
        self._drain()
        for seq in list(self._words):
            self._grow(seq)

    def change(self, rev: int, rows: list[Row]) -> None:
        if rev <= self.rev:
            return  # a late copy; of a row older than the view it might not even be the newest word
        self._early[rev] = rows
        self._drain()

    def words(self, seq: int, offset: int, text: str) -> None:
        self._words.setdefault(seq, []).append((offset, text))
        self._grow(seq)

    def place(self, seq: int, position: int, seconds: float | None) -> None:
        """Where the answer `seq` stands in line; position 0: it waits no longer."""
        row = self.rows.get(seq)
        if row is None or row["status"] != "sending":
            return  # a late copy: it speaks already, or has ended
        if position:
            self.places[seq] = (position, seconds)
        else:
            self.places.pop(seq, None)

    def _drain(self) -> None:
        for rev in sorted(self._early):
            if rev > self.rev + 1:
                break
            rows = self._early.pop(rev)
            if rev > self.rev:  # else a load held it already
                self._merge(rows)
                self.rev = rev

    def _merge(self, rows: list[Row]) -> None:
        for row in rows:
            known = self.rows.get(row["seq"])
            if known is not None and known["rev"] > row["rev"]:
                continue
            if known is not None and not _same_version(known, row):
                # Another version begins anew: what was told of the one before is no part of it, however late it comes.
                self._words.pop(row["seq"], None)
            self.rows[row["seq"]] = self._longest(known, row)
            if row["status"] != "sending":
                self.places.pop(row["seq"], None)
            self._grow(row["seq"])

    @staticmethod
    def _longest(known: Row | None, row: Row) -> Row:
        # While an answer grows the stored text trails the told one: never take words back. A newer rev of "sending"
        # is another run, which goes on behind what was stored.
        same_run = row["status"] == "streaming" or (row["status"] == "sending" and known and known["rev"] == row["rev"])
        same_run = same_run and known is not None and _same_version(known, row)
        if known and same_run and known["status"] in _OPEN and utf16_length(known["text"]) > utf16_length(row["text"]):
            return {**row, "text": known["text"]}
        return row

    def _grow(self, seq: int) -> None:
        row = self.rows.get(seq)
        if row is None:
            if any(held > seq for held in self.rows):
                self._words.pop(seq, None)  # rows come in order: this one is older than the view
            return
        waiting = self._words.pop(seq, [])
        if row["status"] not in _OPEN:
            return  # the finished row holds the whole text
        text, left = row["text"].encode("utf-16-le"), list[tuple[int, str]]()
        for offset, words in sorted(waiting, key=lambda frame: frame[0]):
            new, known = words.encode("utf-16-le"), text[offset * 2 :]
            if offset * 2 > len(text):
                left.append((offset, words))
            elif new.startswith(known):  # else they are known already, or of a run that died
                text += new[len(known) :]
        if (grown := text.decode("utf-16-le")) != row["text"]:
            self.rows[seq] = {**row, "text": grown}
            self.places.pop(seq, None)
        if left:
            self._words[seq] = left


def _same_version(known: Row, row: Row) -> bool:
    return known.get("version", 1) == row.get("version", 1)
