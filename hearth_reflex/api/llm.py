"""Talks with an AI over REST, and one's own settings of answers. The id of a session is that of its talk, a room."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from hearth_reflex.api import events, rooms
from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.api.problems import reader_locale
from hearth_reflex.api.rooms import MessageOut, MessagePage, NewMessage
from hearth_reflex.i18n import say
from hearth_reflex.services.ai_session_views import SessionFacts, SessionView

router = APIRouter(tags=["llm"])
SESSION = "/llm/sessions/{session_id}"
Id = Annotated[str, Field(max_length=40)]


class NewSession(BaseModel):
    """`persona`: who is to answer, "" for the house's own. `title`: "" is made from the first question."""

    room_uuid: Id
    persona: Id = ""
    title: str = Field(default="", max_length=1000)


class Started(BaseModel):
    result: bool
    session_id: str
    room_uuid: str
    room_name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOut(SessionFacts):
    """`room_name` in the language of who asks."""

    room_name: str


class SessionList(BaseModel):
    sessions: list[SessionOut]
    total_count: int


class Title(BaseModel):
    title: str = Field(max_length=1000)


class Config(BaseModel):
    """Settings of answers. What is left out, null or "" is left to whoever speaks next: the persona, the person who
    asks, the room, the house."""

    model: str | None = Field(default=None, max_length=100)
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    system_prompt: str | None = None
    context_turns: int | None = None
    do_sample: bool | None = None


class Turn(BaseModel):
    role: str
    content: str


class Context(BaseModel):
    """`turns` as the model reads them. Not `instructed`: the persona is somebody else's, and its turn and
    `config` are what the session itself says."""

    persona_ko: str
    persona_en: str
    instructed: bool
    turns: list[Turn]
    heard: int
    dropped: int
    first_seq: int
    config: Config


@router.post("/llm/start_session")
async def start_session(form: NewSession, request: Request, actor: Caller, home: TheHouse) -> Started:
    """Begin a talk with an AI beside a room."""
    begun = await home.ai_sessions.start(actor, form.room_uuid, persona=form.persona, title=form.title)
    shown = _shown(begun, request)
    locale = reader_locale(request)
    name = begun.persona_ko if locale == "ko" else begun.persona_en
    return Started(
        result=True,
        session_id=shown.session_id,
        room_uuid=shown.room_uuid,
        room_name=shown.room_name,
        message=say(locale, "sessions.started", name=name),
    )


@router.get("/llm/sessions")
async def sessions(
    request: Request, actor: Caller, home: TheHouse, room_uuid: Annotated[str, Query(max_length=40)] = ""
) -> SessionList:
    """The talks with an AI of a room, or of all my rooms: the liveliest first."""
    found = [_shown(one, request) for one in await home.ai_sessions.list(actor, room_uuid)]
    return SessionList(sessions=found, total_count=len(found))


@router.get(SESSION)
async def session(session_id: str, request: Request, actor: Caller, home: TheHouse) -> SessionOut:
    return _shown(await home.ai_sessions.look(actor, session_id), request)


@router.patch(SESSION)
async def rename(session_id: str, form: Title, request: Request, actor: Caller, home: TheHouse) -> SessionOut:
    """Give it a title."""
    return _shown(await home.ai_sessions.rename(actor, session_id, form.title), request)


@router.post(SESSION + "/end")
async def end(session_id: str, request: Request, actor: Caller, home: TheHouse) -> SessionOut:
    """From now on nobody answers there; what was said stays."""
    return _shown(await home.ai_sessions.end(actor, session_id), request)


@router.post(SESSION + "/resume")
async def resume(session_id: str, request: Request, actor: Caller, home: TheHouse) -> SessionOut:
    """Go on with an ended one."""
    return _shown(await home.ai_sessions.resume(actor, session_id), request)


@router.get(SESSION + "/config")
async def config(session_id: str, actor: Caller, home: TheHouse) -> Config:
    """What is set for its answers."""
    return Config(**asdict(await home.ai_sessions.config(actor, session_id)))


@router.put(SESSION + "/config")
async def configure(session_id: str, form: Config, actor: Caller, home: TheHouse) -> Config:
    """Other settings in place of those."""
    return Config(**asdict(await home.ai_sessions.configure(actor, session_id, form.model_dump())))


@router.get(SESSION + "/context")
async def context(session_id: str, actor: Caller, home: TheHouse) -> Context:
    """What the model would read if I asked something there now: persona, last messages, the newest one."""
    return Context.model_validate(asdict(await home.ai_contexts.of(actor, session_id)))


@router.get(SESSION + "/messages")
async def messages(
    session_id: str,
    actor: Caller,
    home: TheHouse,
    before: Annotated[int, Query(ge=1, le=2**31 - 1)] = 2**31 - 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> MessagePage:
    """A page of what was said there, as of a room."""
    await home.ai_sessions.look(actor, session_id)
    return await rooms.messages(session_id, actor, home, before, limit)


@router.post(SESSION + "/messages", status_code=201)
async def send(session_id: str, form: NewMessage, actor: Caller, home: TheHouse, response: Response) -> MessageOut:
    """Ask something there; its persona answers."""
    await home.ai_sessions.look(actor, session_id)
    return await rooms.send(session_id, form, actor, home, response)


@router.get(SESSION + "/events")
async def stream(session_id: str, request: Request, actor: Caller, home: TheHouse) -> StreamingResponse:
    """The talk from now on, as server-sent events."""
    await home.ai_sessions.look(actor, session_id)
    return await events.events(session_id, request, actor, home)


@router.get("/llm/settings")
async def my_settings(actor: Caller, home: TheHouse) -> Config:
    """What I have set for answers that I ask for."""
    return Config(**asdict(await home.ai_settings.mine(actor)))


@router.put("/llm/settings")
async def set_mine(form: Config, actor: Caller, home: TheHouse) -> Config:
    """Other settings in place of those; a system prompt belongs to a persona or a session."""
    return Config(**asdict(await home.ai_settings.keep_mine(actor, form.model_dump())))


@router.post("/llm/alone")
async def alone(actor: Caller, home: TheHouse) -> dict[str, Any]:
    """The private room where I talk with the house's AI alone, made if there is none yet."""
    return asdict(await home.alone.open(actor))


def _shown(view: SessionView, request: Request) -> SessionOut:
    told = asdict(view)
    names = {"ko": told.pop("room_ko"), "en": told.pop("room_en")}
    return SessionOut(room_name=names[reader_locale(request)], **told)
