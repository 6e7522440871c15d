"""Who calls, and whether they call too often: one answer for the page's doors and for REST.

A person is counted as a person, wherever they call from; all who are not signed in as their address. A token that this
process has not met costs the address before the database is asked, so that made-up ones cost the house nothing.
"""

from collections import OrderedDict

from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.scopes import Scope
from hearth_reflex.errors import ForbiddenError, LimitError, SignedOutError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.api_tokens import ApiTokens
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.sessions import Sessions

_MET = 10_000


class Callers:
    """Args:
    pace: how many events and calls.
    """

    def __init__(self, *, sessions: Sessions, tokens: ApiTokens, clock: Clock, pace: Buckets) -> None:
        self._sessions, self._tokens, self._clock, self._pace = sessions, tokens, clock, pace
        self._met: OrderedDict[str, None] = OrderedDict()  # hashes of tokens that were good when last seen

    async def admit(self, token: str | None, *, address: str, cost: float = 1.0) -> Actor | None:
        """Who holds this session token, or None. A program's key is none.

        Args:
            cost: of this call, in events; a page full of pictures is many calls and little work.

        Raises:
            LimitError: this person is too fast, or, if nobody is known by this token, this address.
        """
        known = self._meet(token, address=address)
        actor = await self._sessions.actor_for(token)
        if actor is None:
            self._met.pop(known, None)
            return None
        self._remember(known)
        self._count(actor.uuid, cost)
        return actor

    async def admit_key(self, key: str, *, address: str, scopes: frozenset[Scope], cost: float = 1.0) -> Actor:
        """Who this program's key acts for.

        Args:
            scopes: those of which one is enough for this call.

        Raises:
            SignedOutError: `token_unknown`, no such key, or its time is over.
            ForbiddenError: `token_scope`, it is not for such calls.
            LimitError: as `admit`.
        """
        known = self._meet(key, address=address)
        bearer = await self._tokens.bearer(key)
        if bearer is None:
            self._met.pop(known, None)
            raise SignedOutError("token_unknown")
        self._remember(known)
        self._count(bearer.actor.uuid, cost)
        if not scopes & bearer.scopes:
            raise ForbiddenError("token_scope")
        return bearer.actor

    async def is_known(self, *, token: str | None, key: str | None) -> bool:
        """Whether what somebody came in with is still good: their key if they showed one, else their session."""
        if key is not None:
            return await self._tokens.bearer(key) is not None
        return await self._sessions.actor_for(token) is not None

    def _meet(self, token: str | None, *, address: str) -> str:
        known = self._sessions.hashed(token) if token else ""
        if known not in self._met:
            self._count(f"address:{address}")
        return known

    def _count(self, key: str, cost: float = 1.0) -> None:
        if wait := self._pace.take(key, at=self._clock.now().timestamp(), cost=cost):
            raise LimitError(retry_after=wait)

    def _remember(self, known: str) -> None:
        self._met[known] = None
        self._met.move_to_end(known)
        if len(self._met) > _MET:
            self._met.popitem(last=False)
