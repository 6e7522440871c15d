"""What may be asked after an answer. The words are made by `domain/followups.py`; here is what it needs to read."""

from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message, MessageKind, MessageStatus
from hearth_reflex.domain.followups import LOOKED_AT, follow_ups
from hearth_reflex.domain.roles import Permission
from hearth_reflex.i18n import LOCALES, say
from hearth_reflex.services.access import Actor, message_for
from hearth_reflex.services.answering import check_answer

# What the house itself says of what it found; nobody asks about the words of these sentences.
_SAID_BY_HOUSE = tuple(say(locale, key) for locale in LOCALES for key in ("citing.extract", "citing.nothing"))


class FollowUps:
    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def of(self, actor: Actor, room_uuid: str, message_uuid: str) -> list[str]:
        """Two or three questions behind an answer that came to its end, else none.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
            InputError: `not_an_answer`.
        """
        async with self._db.read() as db:
            _, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
            check_answer(message)
            if message.status != MessageStatus.COMPLETE or message.deleted_at is not None:
                return []
            query = (
                select(Message.text)
                .where(Message.room_id == message.room_id, Message.seq < message.seq)
                .where(Message.kind == MessageKind.TALK.value, col(Message.author_user_id).is_not(None))
                .order_by(col(Message.seq).desc())
            )
            question = (await db.exec(query.limit(1))).first() or ""
        return follow_ups(question[:LOOKED_AT], _answered(message.text)[:LOOKED_AT])


def _answered(text: str) -> str:
    """An answer without the sentence by which the house leads quotations in, or says that it has none."""
    for sentence in _SAID_BY_HOUSE:
        text = text.removeprefix(sentence)
    return text.strip()
