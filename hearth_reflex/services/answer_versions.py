"""The several answers to the same words, as rows: which stands, which stepped aside, which run wrote which.

Everything here runs in the caller's transaction, behind the lock of the room, and tells nobody. Who may do what is said
by `services/answers.py`.
"""

from dataclasses import dataclass

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import OPEN_STATUSES, AnswerVersion, Message, MessageStatus
from hearth_reflex.errors import ConflictError

VERSIONS_MAX = 20  # of one answer


@dataclass(frozen=True, slots=True)
class Runs:
    """Who wrote an answer: the run of the version that stands, and the user who first asked for it."""

    standing: Generation
    asker_user_id: int | None


async def runs_of(db: AsyncSession, messages: list[Message]) -> dict[int, Runs]:
    """The runs of these answers, by message; one that no model wrote is left out."""
    ids = [message.id for message in messages if message.id is not None]
    if not ids:
        return {}
    query = select(Generation).where(col(Generation.message_id).in_(ids)).order_by(col(Generation.id))
    of_message: dict[int, list[Generation]] = {}
    for run in (await db.exec(query)).all():
        of_message.setdefault(run.message_id, []).append(run)
    chosen = await _standing_ids(db, [message for message in messages if message.versions > 1])
    return {
        message_id: Runs(
            next((run for run in runs if run.id == chosen.get(message_id)), runs[-1]), runs[0].asker_user_id
        )
        for message_id, runs in of_message.items()
    }


async def standing_run(db: AsyncSession, message: Message) -> Generation | None:
    """The run that wrote, or writes, what stands in the room."""
    runs = (await runs_of(db, [message])).get(message.id or 0)
    return runs.standing if runs else None


async def asked_for(db: AsyncSession, message: Message, user_id: int) -> bool:
    """Whether this person first asked for the answer. Who had it made again, or go on, did not."""
    query = select(Generation.asker_user_id).where(Generation.message_id == message.id).order_by(col(Generation.id))
    return (await db.exec(query.limit(1))).first() == user_id


async def versions_of(db: AsyncSession, message: Message) -> list[AnswerVersion]:
    """The kept versions in their order; none of an answer that was made once."""
    query = select(AnswerVersion).where(AnswerVersion.message_id == message.id).order_by(col(AnswerVersion.number))
    return list((await db.exec(query)).all())


def check_another(message: Message) -> None:
    """Raises ConflictError where no further version may be made: `answer_open`, `message_gone`, `versions_many`."""
    if message.deleted_at is not None:
        raise ConflictError("message_gone")
    if message.status in OPEN_STATUSES:
        raise ConflictError("answer_open")
    if message.versions >= VERSIONS_MAX:
        raise ConflictError("versions_many", limit=VERSIONS_MAX)


async def step_aside(db: AsyncSession, message: Message) -> None:
    """Keeps what stands, for another version to take its place."""
    kept = await _version(db, message, message.version)
    if kept is None:
        run = await standing_run(db, message)
        kept = AnswerVersion(
            message_id=message.id or 0,
            number=message.version,
            generation_id=run.id if run else None,
            created_at=message.created_at,
        )
    kept.text, kept.status, kept.error = message.text, message.status, message.error
    db.add(kept)
    await db.flush()


async def begin_version(db: AsyncSession, message: Message) -> None:
    """Lets a new version stand in the room: it waits for the model, and says nothing yet. Its run follows."""
    await step_aside(db, message)
    message.version = message.versions = message.versions + 1
    message.text, message.status, message.error = "", MessageStatus.QUEUED.value, None
    db.add(AnswerVersion(message_id=message.id or 0, number=message.version, status=message.status))
    await db.flush()


async def written_by(db: AsyncSession, message: Message, run: Generation) -> None:
    """Notes the run that writes, or goes on writing, the version that stands."""
    standing = (col(AnswerVersion.message_id) == message.id) & (col(AnswerVersion.number) == message.version)
    await db.exec(update(AnswerVersion).where(standing).values(generation_id=run.id))


async def stand(db: AsyncSession, message: Message, number: int) -> bool:
    """Puts a kept version in the place of the one that stands. False: there is none of that number."""
    chosen = await _version(db, message, number)
    if chosen is None:
        return False
    await step_aside(db, message)
    message.version, message.text = number, chosen.text
    message.status, message.error = chosen.status, chosen.error
    chosen.text = ""  # from now on Message alone has it
    await db.flush()
    return True


async def _version(db: AsyncSession, message: Message, number: int) -> AnswerVersion | None:
    query = select(AnswerVersion).where(AnswerVersion.message_id == message.id, AnswerVersion.number == number)
    return (await db.exec(query)).first()


async def _standing_ids(db: AsyncSession, messages: list[Message]) -> dict[int, int | None]:
    if not messages:
        return {}
    query = (
        select(AnswerVersion.message_id, AnswerVersion.generation_id)
        .join(Message, col(Message.id) == col(AnswerVersion.message_id))
        .where(col(AnswerVersion.number) == col(Message.version), col(Message.id).in_([one.id for one in messages]))
    )
    return dict((await db.exec(query)).all())
