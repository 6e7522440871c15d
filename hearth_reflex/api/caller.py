"""Who calls, and from where. Every route that needs a person takes `Caller`.

There are two witnesses, and no third: the session cookie of a browser, and the key that a program shows as
`Authorization: Bearer`. Who shows a key is judged by it alone, whatever cookie came along; a key in a cookie or in the
address is nothing. Matters of the account take `InPerson`, where no key counts.
"""

from typing import Annotated

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from hearth_reflex.bootstrap import House, house
from hearth_reflex.domain.address import household
from hearth_reflex.domain.device import device_of
from hearth_reflex.domain.scopes import scopes_for
from hearth_reflex.errors import ForbiddenError, LimitError, SignedOutError
from hearth_reflex.services.access import Actor

SESSION_COOKIE = "hearth_session"
# The longest that browsers keep one. When a session ends is the house's to say, and moves with each visit.
COOKIE_SECONDS = 400 * 86_400

# The two witnesses, as the description of the API names them. Who shows what is looked at by `_admit` alone.
_BEARER = HTTPBearer(scheme_name="key", description="A key for programs, made on the settings page.", auto_error=False)
_COOKIE = APIKeyCookie(scheme_name="session", name=SESSION_COOKIE, auto_error=False)


async def _named(key: Annotated[object, Security(_BEARER)], session: Annotated[object, Security(_COOKIE)]) -> None:
    """Takes nothing: a route that depends on it is described as one that wants either."""


_Named = Annotated[None, Depends(_named)]


def current_house() -> House:
    return house()


TheHouse = Annotated[House, Depends(current_house)]


def unknown_caller_pace(request: Request, home: House) -> None:
    """Raises LimitError when this address is too fast: for routes that anybody may call."""
    if wait := home.event_pace.take(f"address:{address_of(request)}", at=home.clock.now().timestamp()):
        raise LimitError(retry_after=wait)


def session_token(request: Request) -> str | None:
    return request.cookies.get(SESSION_COOKIE)


def bearer_key(request: Request) -> str | None:
    """The key that a program showed; None where it showed none. Another scheme is a proxy's matter, not ours."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


async def caller(request: Request, home: TheHouse, _: _Named) -> Actor:
    """Raises SignedOutError without a good session or key, ForbiddenError `token_scope` for a key that is not for such
    calls, LimitError when this person is too fast."""
    return await _admit(request, home)


async def onlooker(request: Request, home: TheHouse, _: _Named) -> Actor:
    """The same, at a tenth of the cost: for the pictures that a page is full of."""
    return await _admit(request, home, cost=0.1)


async def _admit(request: Request, home: House, *, cost: float = 1.0) -> Actor:
    address, key = address_of(request), bearer_key(request)
    if key is not None:
        scopes = scopes_for(request.method, request.url.path)
        return await home.callers.admit_key(key, address=address, scopes=scopes, cost=cost)
    actor = await home.callers.admit(session_token(request), address=address, cost=cost)
    if actor is None:
        raise SignedOutError
    return actor


Caller = Annotated[Actor, Depends(caller)]
Onlooker = Annotated[Actor, Depends(onlooker)]


async def in_person(request: Request, actor: Caller) -> Actor:
    """As `caller`, but for a key: raises ForbiddenError `token_account`."""
    if bearer_key(request) is not None:
        raise ForbiddenError("token_account")
    return actor


InPerson = Annotated[Actor, Depends(in_person)]


async def is_still_known(request: Request, home: House) -> bool:
    """Whether what this call came in with is still good; for answers that take long."""
    return await home.callers.is_known(token=session_token(request), key=bearer_key(request))


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
