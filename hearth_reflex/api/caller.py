"""Who calls, and from where. Every route that needs a person takes `Caller`; the cookie is the only witness."""

from typing import Annotated

from fastapi import Depends, Request, Response

from hearth_reflex.bootstrap import House, house
from hearth_reflex.domain.address import household
from hearth_reflex.domain.device import device_of
from hearth_reflex.errors import LimitError, SignedOutError
from hearth_reflex.services.access import Actor

SESSION_COOKIE = "hearth_session"
# The longest that browsers keep one. When a session ends is the house's to say, and moves with each visit.
COOKIE_SECONDS = 400 * 86_400


def current_house() -> House:
    return house()


TheHouse = Annotated[House, Depends(current_house)]


def unknown_caller_pace(request: Request, home: House) -> None:
    """Raises LimitError when this address is too fast: for routes that anybody may call."""
    if wait := home.event_pace.take(f"address:{address_of(request)}", at=home.clock.now().timestamp()):
        raise LimitError(retry_after=wait)


def session_token(request: Request) -> str | None:
    return request.cookies.get(SESSION_COOKIE)


async def caller(request: Request, home: TheHouse) -> Actor:
    """Raises SignedOutError without a good session, LimitError when this person is too fast."""
    actor = await home.callers.admit(session_token(request), address=address_of(request))
    if actor is None:
        raise SignedOutError
    return actor


async def onlooker(request: Request, home: TheHouse) -> Actor:
    """The same, at a tenth of the cost: for the pictures that a page is full of."""
    actor = await home.callers.admit(session_token(request), address=address_of(request), cost=0.1)
    if actor is None:
        raise SignedOutError
    return actor


Caller = Annotated[Actor, Depends(caller)]
Onlooker = Annotated[Actor, Depends(onlooker)]


def address_of(request: Request) -> str:
    """What limits count somebody by who is not signed in."""
    return household(request.client.host) if request.client else "unknown"


def device(request: Request) -> str:
    """What the caller's browser will be known by in their list of devices."""
    return device_of(request.headers.get("user-agent"))


def give_cookie(request: Request, response: Response, token: str) -> None:
    """The session cookie: not for scripts, not for other sites, and never over plain HTTP where there is HTTPS."""
    secure = (
        request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "").split(",")[0].strip() == "https"
    )
    response.set_cookie(
        SESSION_COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
    )


def take_cookie(response: Response) -> None:
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")
