"""What a persona has before it when it speaks: the last turns of the room, counted and cut to the budget."""

from collections import OrderedDict

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.persona import Persona
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.prompt import Budget, Heard, Prompt, build_prompt
from hearth_reflex.services.engines import Engines

_COUNTS_KEPT = 5_000
NOTHING_SET = AiConfig()


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
    ) -> Prompt:
        """The prompt for `answer`, from what was said before it.

        Args:
            model: the model that counts, and will speak.
            context, reply: tokens of the model's context, and of it what the answer may take.
            begun: what the answer says already, when it is gone on with; the prompt ends with it.
            config: of it the system prompt, in place of the persona's instructions, and the turns of history.
            since_seq: the first message that the persona may hear of.

        Raises:
            EngineError: nothing there can count tokens.
        """
        async with self._db.read() as db:
            history = await self._history(db, answer, turns=config.context_turns or self._turns, since=since_seq)
            heard = [_heard(said, persona, to=to, to_text=text) for said, to, text in history]
        instructions = instructions_of(persona, config)
        texts = [instructions, *(item.line for item in heard)]
        tokens = await self._count(texts, model)
        said = (await self._engines.count_tokens([begun], model=model))[0] if begun else 0
        return build_prompt(
            instructions=instructions,
            heard=heard,
            tokens=tokens[1:],
            instruction_tokens=tokens[0],
            budget=Budget(context=context, reply=reply + said),
        )

    async def _history(
        self, db: AsyncSession, answer: Message, *, turns: int, since: int
    ) -> list[tuple[Message, str | None, str | None]]:
        """What was said before, each with whom it answers and what was said there."""
        # The window moves in whole steps: its start, and so the head of the prompt, stays put for many turns.
        first = max(1, ((answer.seq - 1) // turns - 1) * turns + 1, since)
        answered = aliased(Message)
        query = (
            select(Message, col(answered.author_name), col(answered.text))
            .join(answered, col(answered.id) == col(Message.reply_to_id), isouter=True)
            .where(
                Message.room_id == answer.room_id,
                Message.seq >= first,
                Message.seq < answer.seq,
                Message.kind == MessageKind.TALK.value,
                Message.text != "",
            )
            .order_by(col(Message.seq))
        )
        return list((await db.exec(query)).all())

    async def _count(self, texts: list[str], model: str) -> list[int]:
        unknown = list(dict.fromkeys(text for text in texts if (model, text) not in self._counts))
        if unknown:
            for text, count in zip(unknown, await self._engines.count_tokens(unknown, model=model), strict=True):
                self._counts[model, text] = count
        counts = [self._counts[model, text] for text in texts]
        while len(self._counts) > _COUNTS_KEPT:
            self._counts.popitem(last=False)
        return counts


def instructions_of(persona: Persona, config: AiConfig) -> str:
    """The head of the prompt: what the persona is, or what was set in its place, and how it speaks."""
    return "\n".join(part for part in (config.system_prompt or persona.instructions, persona.voice) if part)


def _heard(message: Message, persona: Persona, *, to: str | None, to_text: str | None) -> Heard:
    return Heard(
        seq=message.seq,
        speaker=message.author_name,
        text=message.text,
        own=message.author_persona_id == persona.id,
        to=to or "",
        to_text=to_text or "",
    )
