"""What people say of pictures in libraries: who may, that they are found by it, and that it stands for them."""

from pathlib import Path

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Citation, Document, PictureNote, SearchLog
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.generation import ChatRequest, ChatTurn
from hearth_reflex.domain.looks_alike import Looks
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.prompt import Prompt
from hearth_reflex.errors import ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.document_news import DocumentNews
from hearth_reflex.services.document_views import DocumentView
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.pictures import Pictures, Places
from hearth_reflex.services.records import Record
from hearth_reflex.services.runs import Run, keep_record
from hearth_reflex.services.shelved_pictures import ShelvedPictures
from hearth_reflex.services.sourced import Cite, Given, Linked, Sourced, Way
from tests.factories import guest, say, seated
from tests.hostile_files import noise, written
from tests.knowledge import brought_in
from tests.library import put_and_read

CAPTION = "난로 앞에서 조는 고양이"


class Eyes:
    """All pictures look the same to them."""

    async def look(self, path: Path) -> Looks:
        return Looks("0" * 16, "0" * 96)


async def picture(house: House, actor: Actor, *, room: str = "") -> DocumentView:
    return await put_and_read(house, actor, written(noise(60, 40), "PNG"), "모닥불.png", room=room)


async def look_at(house: House) -> None:
    path = house.document_bytes.path
    places = Places(small=path, whole=path, document=path)
    await Pictures(database=house.database, places=places, looker=Eyes()).look_at_some()


async def note_of(house: House) -> PictureNote:
    async with house.database.read() as db:
        return (await db.exec(select(PictureNote))).one()


async def test_a_picture_is_found_by_what_somebody_said_of_it(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    view = await picture(house, mina, room=room)
    before = await house.shelved_pictures.of(jun, view.id)
    assert (before.id, before.caption, before.may_caption, before.ready) == (view.id, "", False, False)
    said = await house.shelved_pictures.put(mina, view.id, f" {CAPTION}\n")
    assert (said.caption, said.by, said.may_caption) == (CAPTION, "person", True)
    await look_at(house)
    assert (await house.shelved_pictures.of(jun, view.id)).caption == CAPTION
    await brought_in(house)
    found = await house.retrieval.find(jun, "조는 고양이")
    assert [(one.kind, one.document, one.text) for one in found.passages] == [(Kind.PICTURE, view.id, CAPTION)]
    await house.shelved_pictures.put(mina, view.id, "")
    note = await note_of(house)
    assert (note.caption, note.caption_by, note.embedded) == ("모닥불", "nobody", "")
    await brought_in(house)
    assert (await house.retrieval.find(jun, "조는 고양이")).is_nothing


async def test_who_may_say_what_is_on_it(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    view, shelved = await picture(house, mina, room=room), await picture(house, mina)
    with pytest.raises(ForbiddenError, match="document_of_another"):
        await house.shelved_pictures.put(jun, view.id, "x")
    words = await put_and_read(house, mina, room=room)
    stranger = await guest(house, "하늘")
    for actor, uuid in ((stranger, view.id), (jun, shelved.id), (mina, words.id), (mina, "no uuid")):
        for call in (house.shelved_pictures.of(actor, uuid), house.shelved_pictures.put(actor, uuid, "x")):
            with pytest.raises(NotFoundError, match="document_unknown"):
                await call
    with pytest.raises(InputError, match="caption_long"):
        await house.shelved_pictures.put(mina, view.id, "x" * 301)
    own = (await house.rooms.create(jun, name="준의 방")).id
    await house.rooms.sit_down(mina, own)
    other = await picture(house, mina, room=own)
    assert (await house.shelved_pictures.put(jun, other.id, CAPTION)).caption == CAPTION  # keeps order there
    await house.order.silence(jun, own, mina.uuid, minutes=10)
    with pytest.raises(ForbiddenError, match="silenced"):
        await house.shelved_pictures.put(mina, other.id, "x")
    assert (await house.shelved_pictures.of(mina, other.id)).may_caption is False


async def test_captions_have_a_pace(house: House) -> None:
    mina = await guest(house, "미나")
    view = await picture(house, mina)
    house.shelved_pictures._pace = type(house.shelved_pictures._pace)(rate=0.01, burst=1)
    for _ in range(2):
        await house.shelved_pictures.put(mina, view.id, "하나")  # the second says nothing new
    with pytest.raises(LimitError):
        await house.shelved_pictures.put(mina, view.id, "둘")


async def test_what_was_said_before_goes_from_prompts_and_stands_as_it_is_now_where_it_is_cited(house: House) -> None:
    room, [mina, _] = await seated(house, "미나", "준")
    view = await picture(house, mina, room=room)
    await house.shelved_pictures.put(mina, view.id, "개")
    answer = await say(house, mina, room, "여기 고양이가 있어?")
    note = await note_of(house)
    async with house.database.write() as db:
        message = (await db.exec(select(Message).where(Message.uuid == answer["id"]))).one()
        here = (await db.exec(select(Room).where(Room.uuid == room))).one()
        db.add(Citation(message_id=message.id or 0, number=1, picture_note_id=note.id, quote="개"))
        found = [{"key": f"picture:{note.uuid}", "document": view.id, "rank": 1}]
        db.add(SearchLog(user_id=mina.user_id, room_id=here.id, message_id=message.id, found=found))
        run = Generation(message_id=message.id or 0)
        db.add(run)
        await db.flush()
        db.add(MessageMetadata(generation_id=run.id or 0, message_id=message.id or 0, prompt="… 개 …", turns=["1"]))
    await house.shelved_pictures.put(mina, view.id, CAPTION)
    async with house.database.read() as db:
        made = (await db.exec(select(MessageMetadata).where(MessageMetadata.message_id == message.id))).one()
        log = (await db.exec(select(SearchLog))).one()
        assert (await db.exec(select(Document))).one().uuid == view.id
    assert (made.prompt, made.turns, log.found) == ("", [], found)
    (cited,) = await house.citations.of(mina, room, answer["id"])
    assert (cited.caption, cited.name, cited.quote) == (CAPTION, "모닥불.png", "")


async def cited_as(house: House, actor: Actor, room: str, quote: str) -> tuple[Run, PictureNote]:
    """An answer that is about to end, and cites the one picture."""
    told, note = await say(house, actor, room, "여기 고양이가 있어?"), await note_of(house)
    async with house.database.write() as db:
        message = (await db.exec(select(Message).where(Message.uuid == told["id"]))).one()
        generation = Generation(message_id=message.id or 0)
        db.add(generation)
        db.add(Citation(message_id=message.id or 0, number=1, picture_note_id=note.id, quote=quote))
    return Run(generation, message, Persona(name_ko="난로", name_en="Stove", instructions=""), room, asker=""), note


async def test_a_quotation_keeps_what_still_stands_in_the_picture(house: House) -> None:
    room, [mina, _] = await seated(house, "미나", "준")
    view = await picture(house, mina, room=room)
    await house.shelved_pictures.put(mina, view.id, CAPTION)
    note = await note_of(house)
    async with house.database.write() as db:
        note.words = "영업 중"
        db.add(note)
    await cited_as(house, mina, room, f"{CAPTION}\n영업 중")
    await house.shelved_pictures.put(mina, view.id, "")
    async with house.database.read() as db:
        assert (await db.exec(select(Citation.quote))).all() == ["영업 중"]


@pytest.mark.parametrize("changes", [True, False])
async def test_an_answer_on_its_way_keeps_no_caption_that_was_changed_meanwhile(house: House, changes: bool) -> None:
    room, [mina, _] = await seated(house, "미나", "준")
    view = await picture(house, mina, room=room)
    await house.shelved_pictures.put(mina, view.id, "개")
    run, note = await cited_as(house, mina, room, "")
    key = f"picture:{note.uuid}"
    given = Given(1, Passage(key, Kind.PICTURE, "개", room=room))
    record = Record(linked=Linked(cites=(Cite(2, key, "개"),)))
    record.ask(
        ChatRequest((ChatTurn("user", "… 개 …"),)), Prompt((), 0, 1, 0, (), False), Sourced(Way.CITE, "", (given,))
    )
    if changes:
        await house.shelved_pictures.put(mina, view.id, CAPTION)
    async with house.database.write() as db:
        await keep_record(db, run, record, at=house.clock.now())
    async with house.database.read() as db:
        made = (await db.exec(select(MessageMetadata))).one()
        quote = (await db.exec(select(Citation.quote).where(Citation.number == 2))).one()
    assert (made.turns, quote) == (([], "") if changes else ([["user", "… 개 …"]], "개"))


async def test_who_has_the_picture_open_hears_of_it(house: House) -> None:
    room, [mina, _] = await seated(house, "미나", "준")
    view = await picture(house, mina, room=room)
    heard: list[str] = []

    class News(DocumentNews):
        async def changed(self, uuid: str) -> None:
            heard.append(f"{uuid} {(await note_of(house)).caption}")  # written already

    house.shelved_pictures._news = News(database=house.database, bus=house.bus)
    await house.shelved_pictures.put(mina, view.id, CAPTION)
    assert heard == [f"{view.id} {CAPTION}"]


class Late(ShelvedPictures):
    """Another notes the same picture between this one's look and its commit, once."""

    looks = 0

    async def _held(self, db: AsyncSession, document: Document) -> PictureNote | None:
        self.looks += 1
        return None if self.looks == 1 else await super()._held(db, document)


@pytest.mark.postgres
async def test_two_who_are_first_at_once(house: House) -> None:
    mina = await guest(house, "미나")
    view = await picture(house, mina)
    await house.shelved_pictures.put(mina, view.id, "하나")
    late = Late(database=house.database, clock=house.clock, pace=Buckets(rate=1, burst=5), news=house.documents._news)
    assert (await late.put(mina, view.id, CAPTION)).caption == CAPTION
    assert (late.looks, (await note_of(house)).caption) == (2, CAPTION)
