"""The sequences of the context: who speaks in which, what each still holds of earlier talks, and whether more fits.

Every change of the KV memory goes through here, so that the books (tokens, cells, prefixes) never differ from it. Only
the decode thread calls it. A place is given by reserving: what a reply may come to need is counted before it begins,
so that those who speak cannot run out of memory under each other.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from hearth_reflex.llm.cells import Ledger
from hearth_reflex.llm.kept import Found, KeptStore
from hearth_reflex.llm.llama import Context
from hearth_reflex.llm.picture_parts import whole
from hearth_reflex.llm.prefixes import PrefixIndex, shared_length

log = structlog.get_logger(__name__)

WORTH_KEEPING = 256  # tokens: a shorter talk is read again sooner than it is fetched
_WORTH_SHARING = 16


@dataclass(slots=True)
class Slot:
    """One sequence. `tokens` is what it holds, `owner` whose talk that is, `goal` the length its reply may come to."""

    sequence: int
    tokens: list[int] = field(default_factory=list[int])
    owner: str = ""
    busy: bool = False
    goal: int = 0
    used_at: float = 0.0

    @property
    def reserved(self) -> int:
        return max(0, self.goal - len(self.tokens)) if self.busy else 0


class Slots:
    """Args:
    divisible: whether the model's memory can be cut and shared in the middle.
    idle_cells: cells that talks of quiet rooms may hold; more of them go to `kept`.
    """

    def __init__(self, context: Context, kept: KeptStore, *, divisible: bool, idle_cells: int) -> None:
        self._context, self._kept, self._divisible, self._idle_cells = context, kept, divisible, idle_cells
        self._ledger = Ledger(context.n_seq, context.size)
        self._slots = [Slot(sequence) for sequence in range(context.n_seq)]
        self._index = PrefixIndex[int]()

    @property
    def size(self) -> int:
        return self._context.size

    @property
    def divisible(self) -> bool:
        return self._divisible

    @property
    def free(self) -> int:
        return sum(not slot.busy for slot in self._slots)

    def fits(self, length: int, more: int) -> bool:
        """Whether a prompt of `length` tokens and `more` said ones have room, all idle talks given up at need.

        What the prompt shares with others is not counted: a careful answer that may let somebody wait a little longer.
        """
        held = {slot.sequence for slot in self._slots if slot.busy}
        busy = sum(self._ledger.length(sequence) for sequence in held)
        return self.free > 0 and busy + self._reserved + length + more <= self.size

    @property
    def _reserved(self) -> int:
        return sum(slot.reserved for slot in self._slots)

    @property
    def _free_cells(self) -> int:
        return self.size - self._ledger.used - self._reserved

    def find_kept(self, tokens: list[int]) -> Found | None:
        """A file that holds clearly more of this prompt than any sequence does."""
        found = self._kept.find(tokens)
        if found is None or found.shared < WORTH_KEEPING:
            return None
        return found if found.shared - self.shared(tokens) >= WORTH_KEEPING else None

    def take(self, tokens: list[int], more: int, *, owner: str, fresh: bool = False) -> Slot:
        """A sequence for a reply that `fits`; it then holds as much of the prompt's beginning as anybody knows.

        Args:
            tokens: the prompt; at least its last token is left to be read.
            more: tokens the reply may say.
            owner: whose talk it is (a room).
            fresh: nothing read earlier may be used, and nobody else may be here: where a token lies in the memory is
                enough to change the last bits of the numbers.
        """
        if fresh:
            self.put_all_away()
            self.forget()
        source, shared = (None, 0) if fresh else self._best(tokens)
        slot = self._place_for(source, shared, owner)
        self._index.drop(slot.sequence)
        if slot is source:
            self.cut(slot, shared)
        else:
            self._empty(slot)
        slot.busy, slot.owner, slot.goal = True, owner, len(tokens) + more
        if slot is not source and source is not None and shared >= _WORTH_SHARING:
            self._share(source, slot, shared)
        self._make_room()
        return slot

    def was_read(self, slot: Slot) -> None:
        """What has been read of its prompt may be shared by others from now on."""
        self._index.put(slot.sequence, slot.tokens)

    def restore(self, slot: Slot, found: Found, state: bytes) -> None:
        """Put a kept talk into a slot that was just taken for a prompt it begins like."""
        longer = len(found.tokens) - slot.goal
        if not state:
            self._kept.lose(found)
        if found.shared <= len(slot.tokens) or not state or self._free_cells < max(0, longer):
            return
        self._empty(slot)
        if self._context.restore(slot.sequence, state) and self._context.length(slot.sequence) == len(found.tokens):
            slot.tokens = list(found.tokens)
            self._ledger.extend(slot.sequence, len(found.tokens))
            self.cut(slot, found.shared)
        else:
            self._kept.lose(found)
            self._empty(slot)

    def extend(self, slot: Slot, tokens: Sequence[int]) -> None:
        """A step has read these."""
        slot.tokens.extend(tokens)
        self._ledger.extend(slot.sequence, len(tokens))

    def cut(self, slot: Slot, length: int) -> int:
        """Forget all from `length` on; returns what is left, which is nothing where the memory cannot be cut."""
        if length < len(slot.tokens) and not self._divisible:
            length = 0
        if not self._context.keep(slot.sequence, length):
            self._context.keep(slot.sequence, 0)
            length = 0
        del slot.tokens[length:]
        self._ledger.cut(slot.sequence, length)
        return length

    def roll_back(self, slots: Sequence[Slot]) -> None:
        """A step ended midway: what it left in the memory is taken out again."""
        for slot in slots:
            self.cut(slot, len(slot.tokens))

    def release(self, slot: Slot) -> None:
        """Its reply has ended; what it holds stays for the next turn of the talk."""
        slot.busy, slot.used_at = False, time.monotonic()
        self._index.put(slot.sequence, slot.tokens)

    def vacate(self) -> None:
        """Nobody speaks any more, whatever was thought before."""
        for slot in self._slots:
            slot.busy = False

    def drop_idle(self) -> bool:
        """Give up the idle talk that was used longest ago; False when there is none."""
        idle = [slot for slot in self._slots if not slot.busy and slot.tokens]
        if not idle:
            return False
        self._put_away(min(idle, key=lambda slot: slot.used_at))
        return True

    def put_all_away(self) -> None:
        """Keep every talk worth it, before the process ends."""
        while self.drop_idle():
            pass

    def forget_owner(self, owner: str) -> None:
        """Nothing of this talk stays, here or on disk. What is being said just now is not kept afterwards."""
        for slot in [slot for slot in self._slots if slot.owner == owner]:
            slot.owner = ""
            if not slot.busy:
                self._empty(slot)
        self._kept.drop(owner)

    def forget(self) -> None:
        """The memory is not what the books say: begin anew."""
        self._context.clear()
        for slot in self._slots:
            self._ledger.cut(slot.sequence, 0)
            self._index.drop(slot.sequence)
            slot.tokens = []

    def shared(self, tokens: list[int]) -> int:
        """Tokens of a prompt's beginning that some sequence could give it."""
        return self._best(tokens)[1]

    def _sharing(self, tokens: list[int]) -> list[tuple[Slot, int]]:
        found = [self._slots[sequence] for sequence in self._index.best(tokens)]
        return [(slot, whole(tokens, min(shared_length(slot.tokens, tokens), len(tokens) - 1))) for slot in found]

    def _best(self, tokens: list[int]) -> tuple[Slot | None, int]:
        candidates = self._sharing(tokens)
        if not self._divisible:  # one state: usable whole, and only where it stands
            candidates = [(slot, n) for slot, n in candidates if n == len(slot.tokens) and not slot.busy]
        # Of equal ones an idle one: it can be gone on with in its place.
        return max(candidates, key=lambda found: (found[1], not found[0].busy), default=(None, 0))

    def _place_for(self, source: Slot | None, shared: int, owner: str) -> Slot:
        if source is not None and not source.busy and self._may_overwrite(source, shared, owner):
            return source
        idle = [slot for slot in self._slots if not slot.busy and slot is not source]
        if not idle:
            assert source is not None  # noqa: S101 - `fits` said that one is free
            return source
        return min(idle, key=lambda slot: (bool(slot.tokens), slot.used_at))

    def _may_overwrite(self, source: Slot, shared: int, owner: str) -> bool:
        # Another room's long talk is not given up for the few hundred tokens of persona that both begin with.
        return not self._divisible or source.owner == owner or shared * 2 >= len(source.tokens)

    def _share(self, source: Slot, target: Slot, length: int) -> None:
        self._context.copy(source.sequence, target.sequence, length)
        self._ledger.copy(source.sequence, target.sequence, length)
        target.tokens = source.tokens[:length]

    def _make_room(self) -> None:
        while self._free_cells < 0 and self.drop_idle():
            pass

    def park(self) -> None:
        """Idle talks make every step of the others longer: beyond a bound they wait on disk instead.

        Copying one takes long: so this is for after everybody was told what there is to tell, and one is copied at a
        time, with a step of the others between two.
        """
        idle = sorted((slot for slot in self._slots if not slot.busy and slot.tokens), key=lambda slot: slot.used_at)
        held = sum(self._ledger.own(slot.sequence) for slot in idle)
        if len(idle) > 1 and held > self._idle_cells:
            self._put_away(idle[0])

    def _put_away(self, slot: Slot) -> None:
        try:
            self._write_away(slot)
        except (MemoryError, RuntimeError):  # no room for a copy, or no thread to write it
            log.warning("engine.talk_not_kept", tokens=len(slot.tokens))
        self._empty(slot)

    def _write_away(self, slot: Slot) -> None:
        if not slot.owner:
            return
        if len(slot.tokens) < WORTH_KEEPING or min(slot.tokens) < 0:
            self._kept.drop(slot.owner)  # the talk became another one: the old one is not left lying about
        elif self._kept.takes(self._context.state_size(slot.sequence)):
            self._kept.put(slot.owner, slot.tokens, self._context.state(slot.sequence))

    def _empty(self, slot: Slot) -> None:
        self._context.keep(slot.sequence, 0)
        self._ledger.cut(slot.sequence, 0)
        self._index.drop(slot.sequence)
        slot.tokens = []
