"""What an answer stands on, as values: what was found for it, which way it is given, and what of it is kept.

The seam to whatever finds passages. Knows no index and no table.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from hearth_reflex.db.room import Room
from hearth_reflex.domain.fences import Quote
from hearth_reflex.services.access import Actor
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.retrieval import Retrieved


class Finds(Protocol):
    """The seam to retrieval: only what `actor` may read is found."""

    async def for_answer(
        self,
        actor: Actor,
        room: Room,
        question: str,
        *,
        limit: int = 8,
        whole_tokens: int = 0,
        receipt: bool = True,
    ) -> Retrieved:
        """What may help to answer a question in a room; all of its documents where they are short enough."""
        ...

    async def find(self, actor: Actor, question: str, *, documents: Sequence[str] = (), limit: int = 8) -> Retrieved:
        """What of all that `actor` may read is near a question, or of some documents."""
        ...


UNRANKED = 1_000  # of a piece that stands in a prompt only because its document does


class Way(StrEnum):
    """How an answer is given."""

    TALK = "talk"  # from the talk alone
    CITE = "cite"  # by the model, from passages
    EXTRACT = "extract"  # sentences of the passages, by the house
    NOTHING = "nothing"  # the house says that nothing was found


@dataclass(frozen=True, slots=True)
class Given:
    """A passage under its number."""

    number: int
    passage: Passage

    @property
    def quote(self) -> Quote:
        its = self.passage
        return Quote(self.number, its.text, its.name, its.heading, its.page_from, rank=its.rank or UNRANKED)


@dataclass(frozen=True, slots=True)
class Sourced:
    """What an answer stands on.

    Args:
        given: its passages, the nearest first. Of more than fit into a prompt the last are left out.
        said: what the house says in place of a model.
        quotes: (number, words) of what it quotes there.
        log: the receipt of the look, "" without one.
    """

    way: Way = Way.TALK
    question: str = ""
    given: tuple[Given, ...] = ()
    said: str = ""
    quotes: tuple[tuple[int, str], ...] = ()
    log: str = ""

    def narrowed(self, numbers: Collection[int]) -> "Sourced":
        """Without the passages that did not fit into the prompt."""
        return replace(self, given=tuple(one for one in self.given if one.number in numbers))

    @property
    def is_private(self) -> bool:
        """Whether something of the asker's own shelf is among its passages."""
        return any(not one.passage.room for one in self.given)

    @property
    def prompted(self) -> tuple[Quote, ...]:
        """What goes into a prompt."""
        return tuple(one.quote for one in self.given) if self.way is Way.CITE else ()


NOT_LOOKED = Sourced()


@dataclass(frozen=True, slots=True)
class Cite:
    """One citation to be kept. `document` is what its passage is a piece of, "" of none."""

    number: int
    key: str
    quote: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """What is kept of an answer's sources in the commit that ends it.

    Args:
        stands: whether it stands on what was looked for, or says that nothing was found; one from the talk alone does
            not, and its row tells no receipt.
    """

    log: str = ""
    cites: tuple[Cite, ...] = ()
    stands: bool = True
