"""What may be shown. Rows of the database become plain values here and nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import OPEN_STATUSES, Message, MessageKind
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.domain.feed import Row
from hearth_reflex.i18n import Words, say, words


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room as a list shows it. `last_activity` is ISO 8601 in UTC."""

    id: str
    kind: str
    name_ko: str
    name_en: str
    members: int
    joined: bool
    role: str
    last_activity: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A room as it stands: its newest rows, and the rev and seq they were read at."""

    room: RoomView
    rev: int
    rows: list[Row]
    has_older: bool


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def room_view(room: Room, *, members: int, role: str) -> RoomView:
    return RoomView(
        id=room.uuid,
        kind=room.kind,
        name_ko=room.name_ko,
        name_en=room.name_en,
        members=members,
        joined=bool(role),
        role=role,
        last_activity=iso(room.last_activity),
        created_at=iso(room.created_at),
    )


def message_row(
    message: Message, *, author: str, persona: Persona | None = None, generation: Generation | None = None
) -> Row:
    """A message as the whole room sees it: nothing in it depends on who looks.

    Args:
        author: uuid of the user who said it; "" when they are gone.
        persona: who said it, when it was an AI.
        generation: the newest run of the model that wrote it, for an answer.
    """
    is_notice = message.kind == MessageKind.NOTICE
    english_name = persona.name_en if persona else message.author_name
    return {
        "id": message.uuid,
        "seq": message.seq,
        "rev": message.rev,
        "kind": message.kind,
        "status": message.status,
        "author": persona.uuid if persona else author,
        "name": message.author_name,
        "name_en": english_name,
        "is_ai": message.author_persona_id is not None,
        "client_msg_id": message.client_msg_id or "",
        "text": "" if is_notice else message.text,
        "notice": _notice(message.text, ko=message.author_name, en=english_name) if is_notice else None,
        "error": _error(message.error) if message.error else None,
        "figures": _figures(generation) if generation and message.status not in OPEN_STATUSES else None,
        "at": iso(message.created_at),
    }


def _notice(key: str, *, ko: str, en: str) -> Words:
    return Words(ko=say("ko", f"notice.{key}", name=ko), en=say("en", f"notice.{key}", name=en))


def _error(kept: str) -> Words:
    code, _, limit = kept.partition(":")
    return words(f"error.{code}", limit=limit)


def _figures(generation: Generation) -> dict[str, int | float | str]:
    """How an answer was made, for those who ask. Times in milliseconds."""
    return {
        "model": generation.model,
        "prompt_tokens": generation.prompt_tokens,
        "kept_tokens": generation.kept_tokens,
        "output_tokens": generation.output_tokens,
        "queue_ms": round(generation.queue_ms),
        "first_token_ms": round(generation.first_token_ms),
        "total_ms": round(generation.total_ms),
        "tokens_per_second": round(generation.tokens_per_second, 1),
        "shortened": generation.shortened,
    }
