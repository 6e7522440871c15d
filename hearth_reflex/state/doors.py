"""Every handler is a public door: whoever has a socket can call it with anything. Each one names its policy here.

`door` wraps a handler: it finds the caller from the session cookie of the socket (never from an argument), checks every
argument against its type, takes a token from the caller's bucket, and turns errors into words. `Gate` refuses every
event whose handler is behind no door, but for the few of Reflex's own that a page cannot live without, and empties a
tab that comes back in another session.
"""

import functools
import inspect
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any, get_type_hints

import reflex as rx
import structlog
from pydantic import ConfigDict, ValidationError, create_model
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.registry import RegistrationContext

from hearth_reflex.bootstrap import house
from hearth_reflex.domain.address import household
from hearth_reflex.errors import HearthError, InputError, SignedOutError
from hearth_reflex.services.access import admin_only
from hearth_reflex.state.notices import NoticeState
from hearth_reflex.state.tab import TabState

log = structlog.get_logger(__name__)

SESSION_COOKIE = "hearth_session"
_MARK = "__hearth_door__"

# Reflex's own: without these a page neither loads nor comes back after a lost connection.
OF_REFLEX = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____state.reflex___state____on_load_internal_state.set_is_hydrated",
    }
)


class Policy(StrEnum):
    PUBLIC = "public"  # anybody; the handler gets None or the caller
    SESSION = "session"  # somebody signed in
    ADMIN = "admin"  # somebody who keeps the house; the service looks again
    MEMBER = "member"  # somebody who sits in the room that the argument `room` names; the service looks again


def door(
    policy: Policy, *, by_itself: bool = False, refuse: Callable[..., None] | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """Guards a handler written as `async def name(self, actor, …)`; callers give all but `actor`.

    Args:
        by_itself: the page calls it without anybody having done anything; its success says nothing to the reader.
        refuse: `refuse(self, error, **arguments)` takes what room or handler refused, in place of a notice.
    """

    def guard(handler: Callable[..., Any]) -> Any:
        parameters = list(inspect.signature(handler).parameters.values())
        hints = get_type_hints(handler, include_extras=True)
        given = parameters[2:]  # behind self and actor
        fields: dict[str, Any] = {p.name: (hints[p.name], ... if p.default is p.empty else p.default) for p in given}
        if policy is Policy.MEMBER and "room" not in fields:
            raise TypeError(f"{handler.__qualname__} asks for members of a room, and is given none")
        config = ConfigDict(strict=True, extra="forbid")
        arguments = create_model(f"{handler.__name__}_arguments", __config__=config, **fields)

        async def guarded(self: rx.State, /, **raw: Any) -> Any:
            checked: dict[str, Any] | None = None
            try:
                actor = await _admit(self, policy)
                checked = _check(arguments, raw)
                if policy is Policy.ADMIN:
                    admin_only(actor)
                if policy is Policy.MEMBER:
                    await house().rooms.check_seat(actor, checked["room"])
                came = await handler(self, actor, **checked)
                if not by_itself:
                    (await self.get_state(NoticeState))._forget()
                return came
            except HearthError as error:
                if refuse is None or checked is None:
                    return await _explain(self, error)
                return refuse(self, error, **checked)

        functools.update_wrapper(guarded, handler)
        delattr(guarded, "__wrapped__")  # or its signature, with `actor`, would be shown to Reflex
        guarded.__signature__ = inspect.Signature([parameters[0], *given])  # pyright: ignore[reportFunctionMemberAccess]
        plain = get_type_hints(handler)
        guarded.__annotations__ = {p.name: plain[p.name] for p in given}
        setattr(guarded, _MARK, policy)
        return guarded

    return guard


def policy_of(handler: Callable[..., Any]) -> Policy | None:
    """The policy a handler was declared with; None for one that is behind no door."""
    return getattr(handler, _MARK, None)


def is_declared(name: object) -> bool:
    """Whether a handler of this full name may be called from a page."""
    if not isinstance(name, str):
        return False
    registered = RegistrationContext.get().event_handlers.get(name)
    return name in OF_REFLEX or (registered is not None and policy_of(registered.handler.fn) is not None)


class Gate(Middleware):
    """Refuses events that lead to no declared door, before any code of theirs runs."""

    async def preprocess(self, app: Any, state: BaseState, event: Event) -> StateUpdate | None:
        if not is_declared(event.name):
            log.warning("door.refused", handler=event.name[:120])
            return StateUpdate()
        if event.name in OF_REFLEX and _is_too_fast(_browser(state)):
            return StateUpdate()
        tab = await state.get_state(TabState)
        if tab._pass_to(session_token(state)):
            # What the tab held was for somebody else's eyes; Reflex would show it again to whoever comes now.
            state._get_root_state().reset()
            tab._pass_to(session_token(state))
        return None


def on_fault(exception: Exception) -> None:
    """What no door expected: into the log, and no trace of it onto a page. The sender's bubble offers to try again."""
    log.error("door.broke", exc_info=exception)


def session_token(state: BaseState) -> str | None:
    """The session token of the socket's cookie, as the browser sent it when the socket was opened."""
    try:
        cookie = SimpleCookie(str(state.router.headers.cookie or ""))
    except CookieError:
        return None
    return cookie[SESSION_COOKIE].value if SESSION_COOKIE in cookie else None


async def _admit(state: rx.State, policy: Policy) -> Any:
    actor = await house().callers.admit(session_token(state), address=_address(state))
    if actor is None and policy is not Policy.PUBLIC:
        raise SignedOutError
    return actor


def _is_too_fast(key: str) -> bool:
    """Loading a page costs little; but the buckets are shared with the API, and so must be the clock."""
    home = house()
    return home.event_pace.take(key, at=home.clock.now().timestamp(), cost=0.2) > 0


def _check(arguments: Any, raw: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(arguments.model_validate(raw))
    except ValidationError as error:
        raise InputError("arguments", field=str(error.errors()[0]["loc"][0])) from None


async def _explain(state: rx.State, error: HearthError) -> Any:
    log.info("door.answered", code=error.code, field=error.field)
    notices = await state.get_state(NoticeState)
    notices._tell(error)  # underscore: not a door
    return None


def _browser(state: BaseState) -> str:
    """Whose page this is, without asking the database: many people may come from one address."""
    token = session_token(state)
    return (
        f"browser:{sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()}"
        if token
        else f"address:{_address(state)}"
    )


def _address(state: BaseState) -> str:
    return household(str(state.router.session.client_ip or "unknown"))
