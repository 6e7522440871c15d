"""Whose turn it is: kinds before kinds, people in turn, each person's rooms in turn, and bounds. Plain Python.

Each person has a *turn*, a number that grows by one with each of their requests that is served; the lowest goes next.
Who comes anew starts at the turn that is being served, so that nobody can save turns up. A person's rooms take turns
in the same way among themselves. (Start-time fair queuing with requests of equal size; Goyal, Vin and Cheng 1996.)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hearth_reflex.domain.generation import Priority
from hearth_reflex.errors import EngineBusyError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    item: T
    asker: str
    room: str
    priority: Priority
    number: int


@dataclass(slots=True)
class _Turns:
    """Turns of people, or of one person's rooms. `now` is the turn that was served last."""

    now: int = 0
    by_name: dict[str, int] = field(default_factory=dict[str, int])

    def of(self, name: str) -> int:
        return max(self.now, self.by_name.get(name, 0))

    def serve(self, name: str) -> None:
        self.now = self.of(name)
        self.by_name[name] = self.now + 1

    def copy(self) -> "_Turns":
        return _Turns(self.now, dict(self.by_name))

    def forget_idle(self, waiting: set[str]) -> None:
        """Drop who neither waits nor is ahead of the others."""
        self.by_name = {name: turn for name, turn in self.by_name.items() if name in waiting or turn > self.now}


class FairQueue(Generic[T]):
    """A bounded line of items. Not thread-safe.

    Args:
        limit: most items that may wait.
        limit_each: most items of one asker that may wait; 0 is no limit of its own.
    """

    def __init__(self, limit: int, *, limit_each: int = 0) -> None:
        self._limit, self._limit_each = limit, limit_each
        self._line: list[_Waiting[T]] = []
        self._people = _Turns()
        self._rooms: dict[str, _Turns] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._line)

    def __iter__(self) -> Iterator[T]:
        """Everybody in line, in no order that matters."""
        return (waiting.item for waiting in self._line)

    def push(self, item: T, *, asker: str, room: str = "", priority: Priority = Priority.PEOPLE) -> None:
        """Raises EngineBusyError when the line, or the asker's part of it, is full."""
        own = sum(one.asker == asker for one in self._line)
        if len(self._line) >= self._limit or (self._limit_each and own >= self._limit_each):
            raise EngineBusyError
        self._count += 1
        self._line.append(_Waiting(item, asker, room, priority, self._count))

    def put_back(self, item: T, *, asker: str, room: str = "", priority: Priority = Priority.PEOPLE) -> None:
        """Somebody who was served already and had to make room: before everybody else of their kind, no bound."""
        first = min((one.number for one in self._line), default=self._count)
        self._line.append(_Waiting(item, asker, room, priority, first - 1))
        for turns in (self._people, self._rooms.setdefault(asker, _Turns())):
            name = asker if turns is self._people else room
            turns.by_name[name] = min(turns.of(name), turns.now)

    def pop(self, fits: Callable[[T], bool] = lambda _: True) -> T | None:
        """The next item that `fits`, or None."""
        for waiting in self._in_order():
            if fits(waiting.item):
                self._line.remove(waiting)
                self._served(waiting, self._people, self._rooms)
                self._forget_idle()
                return waiting.item
        return None

    def remove(self, item: T) -> bool:
        """Take somebody out of the line who no longer waits; False when it was not in it."""
        found = next((waiting for waiting in self._line if waiting.item is item), None)
        if found is not None:
            self._line.remove(found)
        return found is not None

    def order(self) -> list[T]:
        """Everybody in line, the next one first."""
        return [waiting.item for waiting in self._in_order()]

    def _in_order(self) -> list[_Waiting[T]]:
        people, rooms = self._people.copy(), {name: turns.copy() for name, turns in self._rooms.items()}
        left, ordered = list(self._line), list[_Waiting[T]]()
        while left:
            chosen = min(left, key=lambda one: self._rank(one, people, rooms))
            left.remove(chosen)
            ordered.append(chosen)
            self._served(chosen, people, rooms)
        return ordered

    @staticmethod
    def _rank(one: _Waiting[T], people: _Turns, rooms: dict[str, _Turns]) -> tuple[int, int, int, int]:
        own = rooms.get(one.asker)
        return one.priority, people.of(one.asker), own.of(one.room) if own else 0, one.number

    @staticmethod
    def _served(one: _Waiting[T], people: _Turns, rooms: dict[str, _Turns]) -> None:
        people.serve(one.asker)
        rooms.setdefault(one.asker, _Turns()).serve(one.room)

    def _forget_idle(self) -> None:
        waiting = {one.asker for one in self._line}
        self._people.forget_idle(waiting)
        self._rooms = {name: turns for name, turns in self._rooms.items() if name in waiting}
