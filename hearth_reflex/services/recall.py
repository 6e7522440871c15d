"""What a persona has before it when it speaks: the last turns of the room, counted and cut to the budget.

Of the talk it reads as many rows as the window holds, however long the room is. What a line says is decided in
`domain/heard.py`, which of them stay in `domain/prompt.py`.
"""

import asyncio
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import PictureNote
from hearth_reflex.db.message import Message, MessageKind, Reaction
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.user import User
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.citing import uncited
from hearth_reflex.domain.fences import Quote, fenced, quoted
from hearth_reflex.domain.generation import ChatTurn, EngineHealth, Sampling
from hearth_reflex.domain.heard import Given, Heard, with_given
from hearth_reflex.domain.pictures_told import shown_caption
from hearth_reflex.domain.prompt import NOTHING_CLOSES, Budget, Closing, Prompt, build_prompt
from hearth_reflex.services.engines import Engines

_COUNTS_KEPT = 5_000
_GIVEN_KEPT = 12  # emoji of one message that are told, the first ones: more of them change nothing that was told
_PASSAGE_LEAST = 200  # characters of the best passage, however little room there is
_LONG = 20_000  # characters: an answer that long is gone through beside the event loop
_CONTEXT = 4096  # of a server that does not say how much it takes
NOTHING_SET = AiConfig()
_ANSWERED = aliased(Message)  # made once, as in `access`


@dataclass(frozen=True, slots=True)
class Space:
    """Tokens: what a model takes, and what of it the answer may take."""

    context: int
    reply: int

    @classmethod
    def of(cls, health: EngineHealth, sampling: Sampling) -> "Space":
        context = health.context_tokens or _CONTEXT
        return cls(context=context, reply=min(sampling.max_tokens, context // 2))


@dataclass(frozen=True, slots=True)
class _Said:
    """A message, whom it answers, and what was said there; "" for what the persona may not hear of."""

    message: Message
    to: str
    to_text: str


@dataclass(frozen=True, slots=True)
class _File:
    """What is shown with a message."""

    name: str
    is_picture: bool
    caption: str


class Recall:
    """Args:
    turns: how many messages of history a persona hears at least, once the room has them.
    """

    def __init__(self, *, database: Database, engines: Engines, turns: int) -> None:
        self._db, self._engines, self._turns = database, engines, turns
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()  # by model and text

    async def gather(
        self,
        persona: Persona,
        answer: Message,
        *,
        model: str,
        context: int,
        reply: int,
        begun: str = "",
        config: AiConfig = NOTHING_SET,
        since_seq: int = 0,
        quotes: Sequence[Quote] = (),
    ) -> Prompt:
        """The prompt for `answer`, from what was said before it.

        Args:
            model: the model that counts, and will speak.
            context, reply: tokens of the model's context, and of it what the answer may take.
            begun: what the answer says already, when it is gone on with; the prompt ends with it.
            config: of it the system prompt, in place of the persona's instructions, and the turns of history.
            since_seq: the first message that the persona may hear of.
            quotes: what was found for it; as many as fit stand at the end.

        Raises:
            EngineError: nothing there can count tokens.
        """
        async with self._db.read() as db:
            first = self.first_in_reach(answer.seq, config=config, since_seq=since_seq)
            said = await _history(db, answer, first=first, since=since_seq)
            heard = await _heard(db, said, persona)
        instructions = instructions_of(persona, config)
        tokens = await self._count([instructions, *(item.whole for item in heard)], model)
        already = (await self._engines.count_tokens([begun], model=model))[0] if begun else 0
        budget = Budget(context=context, reply=reply + already)
        return build_prompt(
            instructions=instructions,
            heard=heard,
            tokens=tokens[1:],
            instruction_tokens=tokens[0],
            budget=budget,
            closing=await self._closing(quotes, model=model, room=(budget.high - tokens[0]) // 2),
        )

    def first_in_reach(self, seq: int, *, config: AiConfig = NOTHING_SET, since_seq: int = 0) -> int:
        """The seq of the oldest message that an answer at `seq` can hear of, whatever the budget is."""
        # The window moves in whole steps: its start, and so the head of the prompt, stays put for many turns.
        turns = config.context_turns or self._turns
        return max(1, ((seq - 1) // turns - 1) * turns + 1, since_seq)

    async def tokens_of(self, turns: Sequence[ChatTurn], *, model: str) -> int:
        """How many tokens the words of a prompt are, without the marks that a model's template puts around turns.

        Raises:
            EngineError: nothing there can count them.
        """
        return sum(await self._count([turn.content for turn in turns], model))

    async def _closing(self, quotes: Sequence[Quote], *, model: str, room: int) -> Closing:
        """The passages, the likeliest of them where not all fit into `room` tokens; the best alone is cut to fit."""
        if not quotes:
            return NOTHING_CLOSES
        counts = await self._engines.count_tokens([fenced([]), *map(quoted, quotes)], model=model)
        best = sorted(range(len(quotes)), key=lambda at: (quotes[at].rank, at))
        left, kept = room - counts[0], set[int]()
        for at in best:
            if counts[at + 1] <= left:
                left -= counts[at + 1]
                kept.add(at)
        chosen = [quote for at, quote in enumerate(quotes) if at in kept]
        if not chosen:
            one = quotes[best[0]]
            most = len(one.text) * max(0, left) // max(1, counts[best[0] + 1]) * 8 // 10
            chosen = [replace(one, text=one.text[: max(_PASSAGE_LEAST, most)])]
        text = fenced(chosen)
        (tokens,) = await self._engines.count_tokens([text], model=model)
        return Closing(text, tokens, tuple(quote.number for quote in chosen))

    async def _count(self, texts: list[str], model: str) -> list[int]:
        # What is known is taken before anything is waited for: others may put it out of the memory meanwhile.
        known = {text: self._counts[model, text] for text in texts if (model, text) in self._counts}
        if unknown := list(dict.fromkeys(text for text in texts if text not in known)):
            counted = await self._engines.count_tokens(unknown, model=model)
            known |= dict(zip(unknown, counted, strict=True))
        for text, count in known.items():
            self._counts[model, text] = count
            self._counts.move_to_end((model, text))
        while len(self._counts) > _COUNTS_KEPT:
            self._counts.popitem(last=False)
        return [known[text] for text in texts]


def instructions_of(persona: Persona, config: AiConfig) -> str:
    """The head of the prompt: what the persona is, or what was set in its place, and how it speaks."""
    return "\n".join(part for part in (config.system_prompt or persona.instructions, persona.voice) if part)


def is_said() -> ColumnElement[bool]:
    """That a message says something: words, or what is shown with it."""
    shows = select(Attachment.id).where(col(Attachment.message_id) == col(Message.id)).exists()
    return (
        (col(Message.kind) == MessageKind.TALK.value)
        & col(Message.deleted_at).is_(None)
        & ((col(Message.text) != "") | shows)
    )


async def _history(db: AsyncSession, answer: Message, *, first: int, since: int) -> list[_Said]:
    """What was said before, each with whom it answers and what was said there."""
    query = (
        select(Message, col(_ANSWERED.author_name), col(_ANSWERED.text), col(_ANSWERED.seq))
        .join(_ANSWERED, col(_ANSWERED.id) == col(Message.reply_to_id), isouter=True)
        .where(Message.room_id == answer.room_id, Message.seq >= first, Message.seq < answer.seq, is_said())
        .order_by(col(Message.seq))
    )
    found: list[_Said] = []
    for message, to, text, seq in (await db.exec(query)).all():
        # Whom it answers may be known from before the persona came; what was said there may not.
        found.append(_Said(message, to or "", (text or "") if (seq or 0) >= since else ""))
    return found


async def _heard_text(message: Message) -> str:
    if message.author_persona_id is None:
        return message.text
    if len(message.text) > _LONG:
        return await asyncio.to_thread(uncited, message.text)
    return uncited(message.text)


async def _heard(db: AsyncSession, said: Sequence[_Said], persona: Persona) -> list[Heard]:
    ids = [one.message.id for one in said if one.message.id is not None]
    shown = await _shown(db, ids)
    heard = [
        Heard(
            seq=one.message.seq,
            speaker=one.message.author_name,
            text=await _heard_text(one.message),
            own=one.message.author_persona_id == persona.id,
            to=one.to,
            to_text=one.to_text,
            pictures=tuple(file.name for file in shown.get(one.message.id or 0, ()) if file.is_picture),
            captions=tuple(file.caption for file in shown.get(one.message.id or 0, ()) if file.is_picture),
            files=tuple(file.name for file in shown.get(one.message.id or 0, ()) if not file.is_picture),
        )
        for one in said
    ]
    return with_given(heard, await _given(db, ids, said))


async def _shown(db: AsyncSession, ids: list[int]) -> dict[int, list[_File]]:
    """The files of these messages, and what was said of pictures."""
    query = (
        select(Attachment, PictureNote.caption, PictureNote.caption_by)
        .join(PictureNote, col(PictureNote.attachment_id) == col(Attachment.id), isouter=True)
        .where(col(Attachment.message_id).in_(ids))
        .order_by(col(Attachment.position), col(Attachment.id))
    )
    found: dict[int, list[_File]] = {}
    for file, caption, by in (await db.exec(query)).all():
        shown = _File(file.name, file.kind == AttachmentKind.IMAGE, shown_caption(caption, by))
        found.setdefault(file.message_id or 0, []).append(shown)
    return found


async def _given(db: AsyncSession, ids: list[int], said: Sequence[_Said]) -> list[Given]:
    """The emoji of these messages, in the order in which they were given."""
    place = func.row_number().over(partition_by=col(Reaction.message_id), order_by=col(Reaction.id)).label("place")
    ranked = select(col(Reaction.id), place).where(col(Reaction.message_id).in_(ids)).subquery()
    query = (
        select(Reaction.message_id, Reaction.emoji, Reaction.created_at, User.name)
        .join(User, col(User.id) == col(Reaction.user_id))
        .join(ranked, ranked.c.id == col(Reaction.id))
        .where(ranked.c.place <= _GIVEN_KEPT)
        .order_by(col(Reaction.id))
    )
    index = {message_id: at for at, message_id in enumerate(ids)}
    # A clock that was set back must not tell what was given before what it was given to.
    times = list(accumulate((one.message.created_at for one in said), max))
    return [
        Given(emoji=emoji, by=name, to=index[message_id], after=max(bisect_left(times, at) - 1, index[message_id]))
        for message_id, emoji, at, name in (await db.exec(query)).all()
    ]
