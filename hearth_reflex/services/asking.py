"""One question outside a room, answered from what its asker may read: for programs. Nothing of it is said anywhere.

The same as an answer in a room: a model speaks from numbered passages, the house quotes where the model is too small,
and says plainly when nothing was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document
from hearth_reflex.domain.citing import Cited
from hearth_reflex.domain.fences import fenced
from hearth_reflex.domain.passages import Kind
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_settings import AiSettings
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.generating import Asked, Generated, Generating
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.quoting import nothing_found, quote_of
from hearth_reflex.services.search_logs import mark_used
from hearth_reflex.services.sourced import Given, Sourced, Way
from hearth_reflex.services.sources import Sources

_LENGTH = 512  # tokens of an answer
_COLD = 0.2  # temperature: what is read off, not made up


@dataclass(frozen=True, slots=True)
class SourceView:
    """A passage that an answer was made from; `cited` where its number stands in the answer."""

    number: int
    kind: str
    document: str
    name: str
    heading: str
    page: int
    quote: str = field(repr=False)
    image_url: str = ""
    cited: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer. `way` is how it was given (`services/sourced.py`), `model` who wrote it, "" of the house itself."""

    answer: str = field(repr=False)
    way: str
    model: str
    log: str
    sources: list[SourceView] = field(default_factory=list[SourceView])
    image_urls: list[str] = field(default_factory=list[str])


class Asking:
    """Args:
    limit: longest prompt, in code points.
    """

    def __init__(
        self,
        *,
        database: Database,
        engines: Engines,
        sources: Sources,
        generating: Generating,
        settings: AiSettings,
        limit: int,
    ) -> None:
        self._db, self._engines, self._sources = database, engines, sources
        self._generating, self._settings, self._limit = generating, settings, limit

    async def answer(self, actor: Actor, question: str, *, document: str = "") -> Answered:
        """What the documents of `actor`, and of the rooms where they sit, say to a question.

        Args:
            document: the only one to look into: its uuid, or what the program that brought it calls it.

        Raises:
            NotFoundError: `document_unknown`.
            LimitError: too fast; `usage_person`; `answers_many`.
            EngineError: no model answers.
        """
        named = await self._named(actor, document)
        found = await self._sources.find(actor, question, documents=named)
        read = [one for one in found.passages if one.kind in (Kind.CHUNK, Kind.PICTURE) and one.text.strip()]
        given = tuple(Given(number, one) for number, one in enumerate(read, start=1))
        if not given:
            return Answered(nothing_found(question), Way.NOTHING.value, "", found.log)
        health = await self._engines.health((await self._settings.mine(actor)).model)
        if self._sources.quotes_with(health):
            sourced = await self._sources.quoted(found.question, given)
            model = ""
        else:
            sourced, model = await self._written(actor, found.question, given)
        return await self._answered(sourced, model, found.log)

    async def _named(self, actor: Actor, document: str) -> list[str]:
        """The documents of that name or uuid; who may see them is checked where they are looked for."""
        if not document:
            return []
        own = select(Document.uuid).where(
            Document.owner_user_id == actor.user_id, col(Document.outside_id) == document[:80]
        )
        async with self._db.read() as db:
            return list((await db.exec(own.limit(100))).all()) or [document]

    async def _written(self, actor: Actor, question: str, given: Sequence[Given]) -> tuple[Sourced, str]:
        """By the model, from as many passages as a prompt holds."""
        await self._generating.admit(actor)
        kept = list(given)
        while len(kept) > 1 and len(_prompt(question, kept)) > self._limit:
            kept.pop()
        asked = Asked(_prompt(question, kept)[: self._limit], max_length=_LENGTH, temperature=_COLD, do_sample=True)
        reader, said, model = Cited(one.number for one in kept), list[str](), ""
        async for word in await self._generating.begin(actor, asked):
            if isinstance(word, Generated):
                model = word.model
            else:
                said.append(reader.feed(word))
        text = "".join([*said, reader.flush()]).strip()
        return Sourced(Way.CITE, question, tuple(kept), text), model

    async def _answered(self, sourced: Sourced, model: str, log_uuid: str) -> Answered:
        text, linked = await self._sources.link(sourced.said, sourced)
        quotes = {cite.number: cite.quote for cite in linked.cites}
        keys = {cite.key for cite in linked.cites}
        if log_uuid:
            async with self._db.write() as db:
                await mark_used(db, log_uuid, keys)
        shown = [one for one in sourced.given if one.number in quotes] or list(sourced.given)
        urls = dict.fromkeys(url for one in shown for url in one.passage.image_urls)
        return Answered(
            answer=text,
            way=sourced.way.value,
            model=model,
            log=log_uuid,
            sources=[_source(one, quotes.get(one.number), sourced.question) for one in sourced.given],
            image_urls=list(urls),
        )


def _prompt(question: str, given: Sequence[Given]) -> str:
    return f"{question}\n{fenced([one.quote for one in given])}"


def _source(one: Given, quote: str | None, question: str) -> SourceView:
    its: Passage = one.passage
    return SourceView(
        number=one.number,
        kind=its.kind.value,
        document=its.document,
        name=its.name,
        heading=its.heading,
        page=its.page_from,
        quote=quote if quote is not None else quote_of(its, [question]),
        image_url=next(iter(its.image_urls), ""),
        cited=quote is not None,
    )
