"""The sheet that says how an answer was made. It holds a prompt: filled when opened, emptied when closed."""

import json
from functools import partial
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import Field

from hearth_reflex.bootstrap import house
from hearth_reflex.errors import HearthError
from hearth_reflex.i18n import words
from hearth_reflex.services.access import Actor
from hearth_reflex.services.metadata import HowMade
from hearth_reflex.services.replays import Replay, ReplayStatus
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.socket import socket_bus


class Parameter(TypedDict):
    name: str
    value: str


class MadeCard(TypedDict):
    """`HowMade` as it is drawn: figures as they are read, "" for what is not known."""

    at: str
    known: bool
    provider: str
    model: str
    sha256: str
    build: str
    template: str
    seed: str
    parameters: list[Parameter]
    prompt_tokens: int
    kept_tokens: int
    output_tokens: int
    queue: str
    first: str
    total: str
    cpu: str
    price: str
    rate: str
    streams: int
    leaves_house: bool
    heard: int
    dropped: int
    first_id: str  # the oldest message that was heard
    first_seq: int
    first_name: str
    shortened: bool
    continued: bool
    prompt: str
    exact: bool
    hindrance: dict[str, str]


class ReplayCard(TypedDict):
    """What came of saying it again; `status` "" before anybody asked."""

    status: str
    agree: int
    before: str
    then: str
    now: str
    streams: int
    other_build: bool
    code: str  # of what went wrong
    refusals: int  # counted, so that the same words are told again
    problem: dict[str, str]


NOTHING = MadeCard(
    at="", known=False, provider="", model="", sha256="", build="", template="", seed="", parameters=[],
    prompt_tokens=0, kept_tokens=0, output_tokens=0, queue="", first="", total="", cpu="", price="", rate="",
    streams=1, leaves_house=False, heard=0, dropped=0, first_id="", first_seq=0, first_name="", shortened=False,
    continued=False, prompt="", exact=False, hindrance={},
)  # fmt: skip
UNASKED = ReplayCard(
    status="", agree=0, before="", then="", now="", streams=1, other_build=False, code="", refusals=0, problem={}
)


class HowMadeState(rx.State):
    """The open sheet of this tab, of one answer in one room."""

    is_open: bool = False
    room: str = ""
    message: str = ""
    made: MadeCard = NOTHING
    replay: ReplayCard = UNASKED

    def _refuse(self, error: HearthError, **_: str) -> None:
        # Said where one looks, not behind the sheet.
        told = {"status": "failed", "code": error.code, "problem": _both(error.code, **error.params)}
        self.replay = ReplayCard(**{**UNASKED, **told, "refusals": self.replay["refusals"] + 1})

    @rx.event
    @door(Policy.MEMBER)
    async def show(
        self, actor: Actor, room: Annotated[str, Field(max_length=40)], message: Annotated[str, Field(max_length=40)]
    ):
        self.made = _made_card(await house().metadata.how_made(actor, room, message))
        self.room, self.message, self.is_open = room, message, True
        self.replay = _replay_card(house().replays.of(actor, message))

    @rx.event
    @door(Policy.PUBLIC, by_itself=True)
    async def close(self, actor: Actor | None):
        self.is_open, self.room, self.message, self.made, self.replay = False, "", "", NOTHING, UNASKED
        if actor is not None:
            house().replays.forget(actor)

    @rx.event
    @door(Policy.MEMBER, refuse=_refuse)
    async def say_again(
        self, actor: Actor, room: Annotated[str, Field(max_length=40)], message: Annotated[str, Field(max_length=40)]
    ):
        """Begins; what comes of it is fetched by `look`."""
        done = partial(socket_bus().call, actor.uuid, LOOK)
        self.replay = _replay_card(await house().replays.begin(actor, room, message, done=done))

    @rx.event
    @door(Policy.SESSION, by_itself=True)
    async def look(self, actor: Actor):
        """Called by the page when the bus tells it that something came of what this person asked for."""
        if found := house().replays.of(actor, self.message):
            self.replay = _replay_card(found)


LOOK = f"{HowMadeState.get_full_name()}.look"


def _made_card(made: HowMade) -> MadeCard:
    return MadeCard(
        at=made.at,
        known=made.known,
        provider=made.provider,
        model=made.model,
        sha256=made.model_sha256,
        build=made.build,
        template=" · ".join(filter(None, (made.template_id, made.prompt_id))),
        seed="" if made.seed is None else str(made.seed),
        parameters=[Parameter(name=key, value=_plain(value)) for key, value in made.parameters.items() if _says(value)],
        prompt_tokens=made.prompt_tokens,
        kept_tokens=made.kept_tokens,
        output_tokens=made.output_tokens,
        queue=_duration(made.queue_ms) or "0 ms",
        first=_duration(made.first_token_ms),
        total=_duration(made.total_ms),
        cpu=_duration(made.cpu_ms),
        price=f"{made.price_micro / 1e6:.6f}".rstrip("0") if made.price_micro else "",
        rate=str(made.tokens_per_second) if made.tokens_per_second else "",
        streams=made.streams,
        leaves_house=made.leaves_house,
        heard=made.heard,
        dropped=made.dropped,
        first_id=made.first_id,
        first_seq=made.first_seq,
        first_name=made.first_name,
        shortened=made.shortened,
        continued=made.continued,
        prompt=made.prompt,
        exact=made.exact,
        hindrance=_both(made.hindrance) if made.hindrance else {},
    )


def _replay_card(replay: Replay | None) -> ReplayCard:
    if replay is None:
        return UNASKED
    found = replay.comparison
    return ReplayCard(
        status=replay.status.value,
        agree=found.agree if found else 0,
        before=found.before if found else "",
        then=found.then if found else "",
        now=found.now if found else "",
        streams=replay.streams,
        other_build=replay.other_build,
        code=replay.error,
        refusals=0,
        problem=_both(replay.error) if replay.status is ReplayStatus.FAILED else {},
    )


def _duration(milliseconds: int) -> str:
    if milliseconds == 0:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    return f"{milliseconds / 1000:.{2 if milliseconds < 10_000 else 1}f} s"


def _says(value: object) -> bool:
    """Whether a parameter was set to something; an empty list of stop strings is none."""
    return value is not None and value not in ("", [])


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _both(code: str, **params: object) -> dict[str, str]:
    said = words(f"error.{code}", **params)
    return {"ko": said["ko"], "en": said["en"]}
