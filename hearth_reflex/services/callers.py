"""Who calls, and whether they call too often: one answer for the page's doors and for REST.

A person is counted as a person, wherever they call from; all who are not signed in as their address. A token that this
process has not met costs the address before the database is asked, so that made-up ones cost the house nothing.
"""

from collections import OrderedDict

from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.errors import LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.sessions import Sessions

_MET = 10_000


class Callers:
    """Args:
    pace: how many events and calls.
    """

    def __init__(self, *, sessions: Sessions, clock: Clock, pace: Buckets) -> None:
        self._sessions, self._clock, self._pace = sessions, clock, pace
        self._met: OrderedDict[str, None] = OrderedDict()  # hashes of tokens that were good when last seen

    async def admit(self, token: str | None, *, address: str, cost: float = 1.0) -> Actor | None:
        """Who holds this token, or None.

        Args:
            cost: of this call, in events; a page full of pictures is many calls and little work.

        Raises:
            LimitError: this person is too fast, or, if nobody is known by this token, this address.
        """
        known = self._sessions.hashed(token) if token else ""
        if known not in self._met:
            self._count(f"address:{address}")
        actor = await self._sessions.actor_for(token)
        if actor is None:
            self._met.pop(known, None)
            return None
        self._remember(known)
        self._count(actor.uuid, cost)
        return actor

    def _count(self, key: str, cost: float = 1.0) -> None:
        if wait := self._pace.take(key, at=self._clock.now().timestamp(), cost=cost):
            raise LimitError(retry_after=wait)

    def _remember(self, known: str) -> None:
        self._met[known] = None
        self._met.move_to_end(known)
        if len(self._met) > _MET:
            self._met.popitem(last=False)
