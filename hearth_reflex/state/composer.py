"""Saying something in a room."""

from typing import Annotated

import reflex as rx
from pydantic import Field

from hearth_reflex.bootstrap import house
from hearth_reflex.errors import HearthError
from hearth_reflex.i18n import words
from hearth_reflex.services.access import Actor
from hearth_reflex.state.doors import Policy, door

FILES_MAX = 20  # with one message
_Setting = bool | int | float | Annotated[str, Field(max_length=100)]


class ComposerState(rx.State):
    """`refused` names the message that was not kept, and why; the browser marks its bubble and keeps its text.

    `kept` names the last one that was: sent twice, a message makes no second frame, and its row may be far up the talk.
    """

    refused: dict[str, str] = {}
    kept: str = ""

    def _refuse(self, error: HearthError, *, client_msg_id: str, **_: str) -> None:
        said = words(f"error.{error.code}", **error.params)
        self.refused = {"id": client_msg_id, "code": error.code, "ko": said["ko"], "en": said["en"]}

    @rx.event
    @door(Policy.MEMBER, refuse=_refuse)
    async def send(
        self,
        actor: Actor,
        room: Annotated[str, Field(max_length=40)],
        client_msg_id: Annotated[str, Field(max_length=40)],
        text: Annotated[str, Field(max_length=60_000)],
        reply_to: Annotated[str, Field(max_length=40)] = "",
        files: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=FILES_MAX)] = [],  # noqa: B006 - Reflex reads it; nothing writes it
        config: Annotated[dict[Annotated[str, Field(max_length=20)], _Setting], Field(max_length=10)] = {},  # noqa: B006 - as above
    ):
        """Keeps a message. The sender hears it over the bus, like everyone; the outcome is told apart.

        Args:
            config: what is set for the answers to it alone.
        """
        home = house()
        own = await home.ai_settings.for_message(actor, room, config) if config else None
        await home.messages.send(
            actor, room, text=text, client_msg_id=client_msg_id, reply_to=reply_to, files=files, config=own
        )
        self.kept = client_msg_id


class AnswerState(rx.State):
    """What a person may do with an answer."""

    @rx.event
    @door(Policy.MEMBER)
    async def stop(
        self, actor: Actor, room: Annotated[str, Field(max_length=40)], message: Annotated[str, Field(max_length=40)]
    ):
        await house().replies.stop(actor, room, message)

    @rx.event
    @door(Policy.MEMBER)
    async def go_on(
        self, actor: Actor, room: Annotated[str, Field(max_length=40)], message: Annotated[str, Field(max_length=40)]
    ):
        await house().replies.go_on(actor, room, message)
