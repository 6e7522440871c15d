"""Coming in and going out. These routes set the cookie; nothing else does."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import (
    Caller,
    TheHouse,
    address_of,
    device,
    give_cookie,
    session_token,
    take_cookie,
    unknown_caller_pace,
)
from hearth_reflex.bootstrap import House
from hearth_reflex.errors import LimitError

router = APIRouter(tags=["session"])


class GuestForm(BaseModel):
    name: str = Field(max_length=200)


class LoginForm(BaseModel):
    login: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class AccountForm(LoginForm):
    name: str = Field(max_length=200)


class SetupForm(AccountForm):
    token: str = Field(max_length=200)


class Me(BaseModel):
    """The signed-in person."""

    user_id: str
    name: str
    is_guest: bool
    is_admin: bool


@router.get("/session")
async def who_am_i(actor: Caller) -> Me:
    return Me(user_id=actor.uuid, name=actor.name, is_guest=actor.is_guest, is_admin=actor.is_admin)


@router.post("/session/guest", status_code=201)
async def join_as_guest(form: GuestForm, request: Request, response: Response, home: TheHouse) -> Me:
    """A guest with a nickname."""
    _slow_down(home, request)
    token = await home.accounts.join_as_guest(form.name, device=device(request))
    return await _come_in(home, request, response, token)


@router.post("/session", status_code=201)
async def log_in(form: LoginForm, request: Request, response: Response, home: TheHouse) -> Me:
    """Log in. The same words and the same time for an unknown name and a wrong password."""
    _slow_down(home, request, name=form.login)
    token = await home.accounts.log_in(login=form.login, password=form.password, device=device(request))
    return await _come_in(home, request, response, token)


@router.post("/accounts", status_code=201)
async def register(form: AccountForm, request: Request, response: Response, home: TheHouse) -> Me:
    """A new account, signed in."""
    _slow_down(home, request)
    token = await home.accounts.register(
        login=form.login, name=form.name, password=form.password, device=device(request)
    )
    return await _come_in(home, request, response, token)


@router.post("/setup", status_code=201)
async def set_up(form: SetupForm, request: Request, response: Response, home: TheHouse) -> Me:
    """The first admin account, by the one-time link that the first start printed."""
    _slow_down(home, request)
    token = await home.accounts.claim_setup(
        form.token, login=form.login, name=form.name, password=form.password, device=device(request)
    )
    return await _come_in(home, request, response, token)


@router.delete("/session", status_code=204)
async def log_out(request: Request, response: Response, home: TheHouse) -> None:
    """Ends this session at once, on its open sockets too. No error when it has ended already."""
    unknown_caller_pace(request, home)
    if token := session_token(request):
        await home.sessions.end(token)
    take_cookie(response)


async def _come_in(home: House, request: Request, response: Response, token: str) -> Me:
    if before := session_token(request):
        await home.sessions.end(before)  # a session id is never carried over from before a login
    give_cookie(request, response, token)
    actor = await home.sessions.actor_for(token)
    assert actor is not None  # noqa: S101 - it has just begun
    return Me(user_id=actor.uuid, name=actor.name, is_guest=actor.is_guest, is_admin=actor.is_admin)


def _slow_down(home: House, request: Request, *, name: str = "") -> None:
    """Thirty entries at once from an address, then one every two seconds; for a password, ten tries a name as well."""
    at, address = home.clock.now().timestamp(), address_of(request)
    wait = home.entry_pace.take(address, at=at)
    if not wait and name:
        wait = home.login_pace.take(f"{address}:{name.strip().casefold()[:40]}", at=at)
    if wait:
        raise LimitError("login_pace", retry_after=wait)
