"""What may be shown. Rows of the database become plain values here and nowhere else."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import OPEN_STATUSES, Message, MessageKind
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Member, Notify, Room, Temper
from hearth_reflex.domain.feed import Row
from hearth_reflex.i18n import Words, say, words

EXCERPT = 160  # code points of a message that is answered
SHOWN_NAMES = 12  # of those who gave one emoji


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room as one person's list shows it. Times are ISO 8601 in UTC, "" for none.

    A direct room bears the name of the other person, who is `peer` (uuid) with the picture `avatar`. The talk of an AI
    session names the room that it belongs to, as `parent`; an `ended` one is only read.
    """

    id: str
    kind: str
    name_ko: str
    name_en: str
    members: int
    joined: bool
    role: str
    last_activity: str
    created_at: str
    description: str = ""
    max_members: int = 0
    ai_enabled: bool = True
    temper: str = Temper.ASKED.value
    archived: bool = False
    favourite: bool = False
    notify: str = Notify.ALL.value
    quiet_until: str = ""
    peer: str = ""
    avatar: str = ""
    purpose: str = ""  # "living" marks the first room, which stays
    deleted_at: str = ""
    parent: str = ""
    parent_ko: str = ""
    parent_en: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """The other person of a direct room."""

    id: str
    name: str
    avatar: str


@dataclass(frozen=True, slots=True)
class ReplyView:
    """The message that one answers, as a line above it."""

    id: str
    seq: int
    name: str
    name_en: str
    text: str
    deleted: bool


@dataclass(slots=True)
class Around:
    """What belongs to a message and lies in other tables.

    `author` is the uuid of the user who said it, `asker` of who asked for an answer, "" when they are gone.
    `look` is what its persona wears in the room. `captions` is what was said of pictures, by the id of the file.
    `generation` is the run of the model that wrote what stands there, for an answer. `reactions` holds (emoji, uuid,
    name) of each, in the order in which they came; `mentions` and `mention_names` the uuids and names of who is called.
    `cited` counts the places that an answer cites; `sources` is the receipt of what was looked for it.
    """

    author: str = ""
    asker: str = ""
    persona: Persona | None = None
    look: int = 0
    generation: Generation | None = None
    reply: ReplyView | None = None
    reactions: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    files: list[Attachment] = field(default_factory=list[Attachment])
    captions: dict[int, str] = field(default_factory=dict[int, str])
    mentions: list[str] = field(default_factory=list[str])
    mention_names: list[str] = field(default_factory=list[str])
    cited: int = 0
    sources: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A room as it stands: its newest rows, and the rev and seq they were read at."""

    room: RoomView
    rev: int
    rows: list[Row]
    has_older: bool


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def room_view(
    room: Room, *, members: int, seat: Member | None, peer: Peer | None = None, parent: RoomView | None = None
) -> RoomView:
    """A room as the person of `seat` sees it; None: they have none.

    Args:
        peer: the other person of a direct room.
        parent: the room that the talk of an AI session belongs to, as they see it.
    """
    if parent is not None:
        return _talk_view(room, parent)
    return RoomView(
        id=room.uuid,
        kind=room.kind,
        name_ko=peer.name if peer else room.name_ko,
        name_en=peer.name if peer else room.name_en,
        members=members,
        joined=seat is not None,
        role=seat.role if seat else "",
        last_activity=iso(room.last_activity),
        created_at=iso(room.created_at),
        description=room.description,
        max_members=room.max_members,
        ai_enabled=room.ai_enabled,
        temper=room.temper,
        archived=room.archived_at is not None,
        favourite=seat is not None and seat.favourite,
        notify=seat.notify if seat else Notify.ALL.value,
        quiet_until=iso(seat.quiet_until) if seat and seat.quiet_until else "",
        peer=peer.id if peer else "",
        avatar=peer.avatar if peer else "",
        purpose=room.purpose or "",
        deleted_at=iso(room.deleted_at) if room.deleted_at else "",
    )


def _talk_view(room: Room, parent: RoomView) -> RoomView:
    """The talk of an AI session: seats and roles are those of its room, what one wants of that room is not."""
    return replace(
        parent,
        id=room.uuid,
        kind=room.kind,
        name_ko=room.name_ko,
        name_en=room.name_en,
        last_activity=iso(room.last_activity),
        created_at=iso(room.created_at),
        description="",
        ai_enabled=room.ai_enabled and parent.ai_enabled,
        favourite=False,
        quiet_until="",
        peer="",
        avatar="",
        purpose="",
        parent=parent.id,
        parent_ko=parent.name_ko,
        parent_en=parent.name_en,
        ended=room.archived_at is not None,
    )


def message_row(message: Message, around: Around) -> Row:
    """A message as the whole room sees it: nothing in it depends on who looks. Of a deleted one only its place."""
    persona, generation, deleted = around.persona, around.generation, message.deleted_at is not None
    if deleted:
        around = Around(author=around.author, look=around.look)
    is_notice = message.kind == MessageKind.NOTICE
    english_name = persona.name_en if persona else message.author_name
    return {
        "id": message.uuid,
        "seq": message.seq,
        "rev": message.rev,
        "kind": message.kind,
        "status": message.status,
        "author": persona.uuid if persona else around.author,
        "name": message.author_name,
        "name_en": english_name,
        "is_ai": message.author_persona_id is not None,
        "look": around.look,
        "avatar": persona.avatar if persona else "",
        "asker": around.asker,
        "client_msg_id": message.client_msg_id or "",
        "text": "" if is_notice or deleted else message.text,
        "notice": _notice(message.text, ko=message.author_name, en=english_name) if is_notice else None,
        "error": _error(message.error) if message.error else None,
        "reason": generation.reason if generation else "",
        "version": 1 if deleted else message.version,
        "versions": 1 if deleted else message.versions,
        "figures": _figures(generation) if generation and message.status not in OPEN_STATUSES and not deleted else None,
        "at": iso(message.created_at),
        "edited": message.edited_at is not None and not deleted,
        "deleted": deleted,
        "pinned": message.pinned_at is not None and not deleted,
        "reply": asdict(around.reply) if around.reply else None,
        "reactions": _reactions(around.reactions),
        "files": [file_view(file, caption=around.captions.get(file.id or 0, "")) for file in around.files],
        "mentions": around.mentions,
        "mention_names": around.mention_names,
        "cited": around.cited,
        "sources": around.sources,
    }


def reply_view(message: Message, name_en: str | None) -> ReplyView:
    """The message that is answered. `name_en` is that of a persona."""
    gone = message.deleted_at is not None
    return ReplyView(
        id=message.uuid,
        seq=message.seq,
        name=message.author_name,
        name_en=name_en or message.author_name,
        text="" if gone else message.text[:EXCERPT],
        deleted=gone,
    )


def file_view(file: Attachment, *, caption: str = "") -> Row:
    """A file as a room sees it. Its bytes are at /api/files/{id}; a picture's small one behind /thumb.

    Args:
        caption: what was said of a picture.
    """
    return {
        "id": file.uuid,
        "kind": file.kind,
        "name": file.name,
        "mime": file.mime,
        "size": file.size_bytes,
        "width": file.width,
        "height": file.height,
        "blur": file.blur,
        "moves": file.moves,
        "caption": caption,
    }


def _reactions(given: list[tuple[str, str, str]]) -> list[Row]:
    """One entry an emoji: who gave it, all by uuid and the first of them by name."""
    found: dict[str, Row] = {}
    for emoji, person, name in given:
        entry = found.setdefault(emoji, {"emoji": emoji, "people": [], "names": []})
        entry["people"].append(person)
        if len(entry["names"]) < SHOWN_NAMES:
            entry["names"].append(name)
    return list(found.values())


def _notice(kept: str, *, ko: str, en: str) -> dict[str, str]:
    """The line in both languages, and its `code`. `kept` is a catalogue key and, behind a colon, what else its sentence
    names."""
    key, _, detail = kept.partition(":")
    return {
        "code": key,
        "ko": say("ko", f"notice.{key}", name=ko, detail=detail),
        "en": say("en", f"notice.{key}", name=en, detail=detail),
    }


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
        "cpu_ms": round(generation.cpu_ms),
        "price_micro": generation.price_micro,
        "tokens_per_second": round(generation.tokens_per_second, 1),
        "shortened": generation.shortened,
    }
