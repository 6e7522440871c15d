"""What the house comes to know of pictures: looked at in the background, told of, taken back with all its traces."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.document import Document, PictureNote, Removal
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.room import Room
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.generation import ChatRequest, EngineEvent, EngineHealth, Priority
from hearth_reflex.domain.looks_alike import Looks
from hearth_reflex.domain.reading import Block, BlockKind, Line, Reading
from hearth_reflex.errors import ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.picture_captions import PictureCaptions
from hearth_reflex.services.pictures import STEP, Pictures, Places
from tests.engines import ScriptedEngine
from tests.factories import guest, listen, say, seated
from tests.hostile_files import noise, noted, written
from tests.service.test_attachments import bring, send

RED, BLUE = Looks("f" * 16, "c81e1e" * 16), Looks("0" * 16, "1428d2" * 16)
SIGN = "영업 중"


class Sight:
    """Looks at pictures as it was told to: `looks` in turn, the last one again and again."""

    def __init__(self, *looks: Looks | InputError | OSError) -> None:
        self.looks, self.seen = list(looks) or [RED], list[Path]()

    async def look(self, path: Path) -> Looks:
        self.seen.append(path)
        found = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(found, InputError | OSError):
            raise found
        return found


class Words:
    """Reads the same sign in every picture; None: what cannot be read; a fault: what is lost."""

    def __init__(self, text: str | OSError | None = SIGN) -> None:
        self.text = text

    async def read(self, path: Path, *, name: str) -> Reading:
        raise NotImplementedError

    async def page(self, path: Path, page: int, *, width: int) -> bytes:
        raise NotImplementedError

    async def picture_words(self, path: Path) -> Reading:
        if self.text is None:
            raise InputError("document_unreadable")
        if isinstance(self.text, OSError):
            raise self.text
        line = Line(1, 0.1, 0.2, 0.5, 0.30001, 0, len(self.text))
        blocks = [Block(BlockKind.TEXT, self.text, page=1, lines=(line,))] * 2 if self.text else []
        return Reading("image", "", 1, tuple(blocks), scanned=1)


class Seeing(ScriptedEngine):
    """A model that sees."""

    sees, leaves_house = True, False

    def __init__(self, pieces: tuple[str, ...]) -> None:
        super().__init__(pieces)
        self.asked = asyncio.Event()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        self.asked.set()
        async with aclosing(super().stream(request)) as events:
            async for event in events:
                yield event

    async def health(self) -> EngineHealth:
        return replace(await super().health(), sees=self.sees, leaves_house=self.leaves_house)


@pytest.fixture
def engine() -> Seeing:
    return Seeing(("**모닥불** 앞에서 ", "고양이가 잡니다. ", "따뜻해 보입니다."))


def work(
    house: House, *, looker: Sight | None = None, reader: Words | None = None, captions: PictureCaptions | None = None
) -> Pictures:
    files = house.settings.data_dir / "files"
    places = Places(small=files.joinpath, whole=files.joinpath, document=files.joinpath)
    return Pictures(database=house.database, places=places, looker=looker or Sight(), reader=reader, captions=captions)


def captions(house: House) -> PictureCaptions:
    picture = house.settings.data_dir / "picture"
    picture.write_bytes(written(noise(60, 40), "PNG"))
    return PictureCaptions(
        database=house.database,
        bus=house.bus,
        engines=house.engines,
        writer=house.batch,
        files=lambda _uuid: picture,
        documents=lambda _uuid: picture,
        language="ko",
    )


async def notes(house: House) -> list[PictureNote]:
    async with house.database.read() as db:
        return list((await db.exec(select(PictureNote).order_by(col(PictureNote.id)))).all())


async def removals(house: House) -> set[str]:
    async with house.database.read() as db:
        return set((await db.exec(select(Removal.key).where(col(Removal.key).startswith("picture:")))).all())


async def shown(house: House, actor: Actor, room: str, text: str = "", name: str = "모닥불.png") -> tuple[str, Row]:
    """A picture that was sent: its id, and the row of its message."""
    file = (await bring(house, actor, room, name=name))["id"]
    return file, await send(house, actor, room, file, text=text)


# --- looking ---------------------------------------------------------------------------------------------------------


async def test_a_picture_that_was_sent_gets_a_note(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    await bring(house, mina, room)  # waits: nobody else knows of it yet
    file, _ = await shown(house, mina, room, "어제 저녁이에요")
    looker = Sight(RED)
    assert await work(house, looker=looker, reader=Words()).look_at_some() == 1
    [note] = await notes(house)
    assert [path.name for path in looker.seen] == [file] or looker.seen[0].name.startswith(file)
    assert (note.hash, note.colours, note.version > 0) == (RED.hash, RED.colours, True)
    assert (note.caption, note.caption_by, note.embedded) == ("어제 저녁이에요 · 모닥불", "around", "")
    assert note.words == f"{SIGN}\n{SIGN}"
    assert note.regions == [[1, 0.1, 0.2, 0.5, 0.3, 0, 4], [1, 0.1, 0.2, 0.5, 0.3, 5, 9]]
    assert [note.words[start:end] for *_, start, end in note.regions] == [SIGN, SIGN]


async def test_the_newest_come_first_and_each_is_looked_at_once(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    files = [(await shown(house, mina, room))[0] for _ in range(STEP + 2)]
    looker = Sight()
    pictures = work(house, looker=looker)
    assert [await pictures.look_at_some() for _ in range(3)] == [STEP, 2, 0]
    assert [path.name[:36] for path in looker.seen] == files[::-1]


async def test_what_cannot_be_opened_or_read_is_not_tried_for_ever(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    await shown(house, mina, room)
    pictures = work(house, looker=Sight(InputError("picture_unreadable")), reader=Words(None))
    assert [await pictures.look_at_some() for _ in range(2)] == [1, 0]
    [note] = await notes(house)
    assert (note.hash, note.words, note.caption) == ("", "", "모닥불")


async def test_a_lost_file_ends_no_round(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    for _ in range(2):
        await shown(house, mina, room)
    assert await work(house, looker=Sight(FileNotFoundError()), reader=Words(FileNotFoundError())).look_at_some() == 2
    assert [(note.hash, note.words) for note in await notes(house)] == [("", "")] * 2


async def test_once_words_can_be_read_old_pictures_are_looked_at_again(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    file, _ = await shown(house, mina, room)
    await work(house).look_at_some()
    await house.picture_abouts.put(mina, file, "난로")
    assert await work(house, reader=Words()).look_at_some() == 1
    [note] = await notes(house)
    assert (note.words, note.caption, note.caption_by) == (f"{SIGN}\n{SIGN}", "난로", "person")


async def test_who_takes_a_picture_back_meanwhile_leaves_no_note(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    _, row = await shown(house, mina, room)

    class Slow(Sight):
        async def look(self, path: Path) -> Looks:
            await house.edits.delete(mina, room, row["id"])
            return await super().look(path)

    await work(house, looker=Slow()).look_at_some()
    assert await notes(house) == []


@pytest.mark.postgres
async def test_two_processes_make_one_note(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    await shown(house, mina, room)
    await asyncio.gather(*(work(house).look_at_some() for _ in range(3)))
    assert len(await notes(house)) == 1


async def test_words_that_change_change_what_it_is_called(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    _, row = await shown(house, mina, room, "어제")
    await work(house).look_at_some()
    async with house.database.write() as db:
        (await db.exec(select(PictureNote))).one().embedded = "some model"
    await house.edits.edit(mina, room, row["id"], text="오늘")
    [note] = await notes(house)
    assert (note.caption, note.embedded) == ("오늘 · 모닥불", "")


async def test_a_picture_that_goes_leaves_word_for_the_index(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    rows = [(await shown(house, mina, room))[1] for _ in range(3)]
    await work(house).look_at_some()
    kept = {f"picture:{note.uuid}" for note in await notes(house)}
    await house.edits.delete(mina, room, rows[0]["id"])
    assert len(await removals(house)) == 1
    assert await removals(house) < kept
    await house.attachments.forget_rooms([room])
    assert await removals(house) == kept
    assert await notes(house) == []


async def test_words_of_somebody_who_goes_for_good_take_their_pictures_along(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    await shown(house, mina, room)
    await shown(house, jun, room)
    await work(house).look_at_some()
    await house.credentials.leave_for_good(mina, password="", erase=True)
    assert len(await notes(house)) == len(await removals(house)) == 1


async def test_pictures_of_libraries_are_looked_at_too(house: House) -> None:
    mina = await guest(house, "미나")
    async with house.database.write() as db:
        db.add(_document(mina, "모닥불.png"))
    pictures = work(house, reader=Words())
    assert [await pictures.look_at_some() for _ in range(2)] == [1, 0]
    [note] = await notes(house)
    assert (note.hash, note.caption, note.words) == (RED.hash, "모닥불", "")  # its words are the document's


def _document(actor: Actor, name: str) -> Document:
    return Document(owner_user_id=actor.user_id, name=name, kind="image", size_bytes=9, sha256="0" * 64)


async def test_a_round_is_cheap_when_there_is_nothing(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    pictures = work(house)
    for _ in range(8):
        await pictures.round()
    await shown(house, mina, room)
    await pictures.round()
    assert await notes(house) == []  # nobody said so
    pictures.kick()
    await pictures.round()
    assert len(await notes(house)) == 1


async def test_whoever_sends_a_picture_wakes_it(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    for _ in range(8):
        await house.pictures.round()
    await shown(house, mina, room)
    await house.pictures.round()
    [note] = await notes(house)
    assert note.hash  # looked at in earnest


async def test_when_it_was_taken_is_kept_and_where_is_not(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    exif = noted(noise(60, 40), taken="2024:12:24 18:30:05")
    file = (await bring(house, mina, room, exif, "a.jpg"))["id"]
    await send(house, mina, room, file)
    await work(house).look_at_some()
    assert (await house.picture_abouts.of(mina, file)).taken_at == "2024-12-24T18:30:05"
    for wrong in ("", "0000:00:00 00:00:00", "9999:99:99 99:99:99", "x" * 19, "2024-12-24 18:30"):
        await bring(house, mina, room, noted(noise(60, 40), taken=wrong), "b.jpg")
    assert len(await notes(house)) == 1


# --- what people say -------------------------------------------------------------------------------------------------


async def test_a_caption_is_part_of_the_talk(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    file, row = await shown(house, mina, room, "봐요")
    assert row["files"][0]["caption"] == ""
    listener = await listen(house, jun, room)
    about = await house.picture_abouts.put(mina, file, " 난로 앞의\n고양이 ")
    assert (about.caption, about.by, about.ready) == ("난로 앞의 고양이", "person", False)
    await listener.until(lambda heard: heard.fold.rows[row["seq"]]["files"][0]["caption"] == "난로 앞의 고양이")
    await work(house).look_at_some()
    about = await house.picture_abouts.of(jun, file)
    assert (about.caption, about.by, about.may_caption, about.ready) == ("난로 앞의 고양이", "person", False, True)
    page, _ = await house.attachments.page(jun, room, kind=AttachmentKind.IMAGE)
    assert page[0]["caption"] == "난로 앞의 고양이"
    rev = listener.fold.rev
    await house.picture_abouts.put(mina, file, "난로 앞의 고양이")  # says nothing new
    await house.picture_abouts.put(mina, file, "")
    await listener.until(lambda heard: heard.fold.rows[row["seq"]]["files"][0]["caption"] == "")
    assert listener.fold.rev == rev + 1
    [note] = await notes(house)
    assert (note.caption, note.caption_by) == ("봐요 · 모닥불", "nobody")


async def test_who_may_say_what_is_on_it(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    file, _ = await shown(house, mina, room)
    with pytest.raises(ForbiddenError, match="caption_other"):
        await house.picture_abouts.put(jun, file, "내 것")
    own = (await house.rooms.create(jun, name="준의 방")).id
    await house.rooms.sit_down(mina, own)
    other, _ = await shown(house, mina, own)
    await house.picture_abouts.put(jun, other, "방을 돌보는 사람의 말")  # keeps order there
    stranger = await guest(house, "하늘")
    for call in (
        house.picture_abouts.of(stranger, file),
        house.picture_abouts.put(stranger, file, "x"),
        house.more_like.of(stranger, file),
        house.picture_abouts.of(mina, (await bring(house, mina, room))["id"]),  # not sent yet
        house.picture_abouts.of(mina, (await _sent_words(house, mina, room))),
        house.picture_abouts.put(mina, "no uuid", "x"),
    ):
        with pytest.raises(NotFoundError):
            await call
    assert [note.caption for note in await notes(house)] == ["방을 돌보는 사람의 말"]


async def _sent_words(house: House, actor: Actor, room: str) -> str:
    file = (await bring(house, actor, room, b"words", "words.txt"))["id"]
    await send(house, actor, room, file)
    return file


async def test_who_left_says_nothing_more(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    file, _ = await shown(house, jun, room)
    await house.seats.leave(jun, room)
    for call in (house.picture_abouts.put(jun, file, "x"), house.picture_abouts.of(jun, file)):
        with pytest.raises(NotFoundError):
            await call
    assert (await house.picture_abouts.of(mina, file)).may_caption is False


async def test_captions_have_a_pace(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    file, _ = await shown(house, mina, room)
    house.picture_abouts._pace = type(house.picture_abouts._pace)(rate=0.01, burst=2)
    for text in ("하나", "둘"):
        await house.picture_abouts.put(mina, file, text)
    with pytest.raises(LimitError):
        await house.picture_abouts.put(mina, file, "셋")


# --- what a model says -----------------------------------------------------------------------------------------------


async def test_a_model_that_sees_says_what_is_on_it(house: House, engine: Seeing) -> None:
    room, [mina] = await seated(house, "미나")
    file, row = await shown(house, mina, room)
    pictures = work(house, captions=captions(house))
    for _ in range(3):
        await pictures.round()
    about = await house.picture_abouts.of(mina, file)
    assert (about.caption, about.by) == ("모닥불 앞에서 고양이가 잡니다.", "model")
    seen = await house.rooms.enter(mina, room)
    assert seen.rows[-1]["files"][0]["caption"] == about.caption
    assert seen.rows[-1]["rev"] > row["rev"]
    [request] = engine.requests
    assert (request.priority, len(request.turns[-1].images), "한국어" in request.turns[-1].content) == (
        Priority.BATCH,
        1,
        True,
    )


async def test_it_says_what_is_on_pictures_of_libraries_too(house: House, engine: Seeing) -> None:
    mina = await guest(house, "미나")
    async with house.database.write() as db:
        db.add(_document(mina, "Evening.png"))
    await work(house).look_at_some()
    assert [await captions(house).write_one() for _ in range(2)] == [True, False]
    [note] = await notes(house)
    assert (note.caption, note.caption_by) == ("모닥불 앞에서 고양이가 잡니다.", "model")
    assert "English" in engine.requests[-1].turns[-1].content


@pytest.mark.parametrize("text", ["Look at this", "봐요"])
async def test_it_speaks_as_people_do_there(house: House, engine: Seeing, text: str) -> None:
    room, [mina] = await seated(house, "미나")
    await say(house, mina, room, text)
    await shown(house, mina, room, name="IMG_1.png")
    await work(house).look_at_some()
    await captions(house).write_one()
    assert ("English" in engine.requests[-1].turns[-1].content) == (text == "Look at this")


@pytest.mark.parametrize("why", ["blind", "outside", "asleep", "ai_off", "a person", "taken back", "unopened"])
async def test_where_no_model_is_asked(house: House, engine: Seeing, why: str) -> None:
    room, [mina] = await seated(house, "미나")
    file, _ = await shown(house, mina, room)
    await work(house, looker=Sight(InputError("picture_unreadable")) if why == "unopened" else None).look_at_some()
    engine.sees, engine.leaves_house = why != "blind", why == "outside"
    if why == "asleep":
        engine.status = "starting"
    if why == "ai_off":
        async with house.database.write() as db:
            (await db.exec(select(Room))).one().ai_enabled = False
    if why in ("a person", "taken back"):
        await house.picture_abouts.put(mina, file, "난로")
    if why == "taken back":
        await house.picture_abouts.put(mina, file, "")
    assert await captions(house).write_one() is False
    assert engine.requests == []


async def test_a_model_that_says_nothing_usable_is_asked_once(house: House, engine: Seeing) -> None:
    room, [mina] = await seated(house, "미나")
    await shown(house, mina, room)
    await work(house).look_at_some()
    engine.pieces = ("…",)
    asking = captions(house)
    assert [await asking.write_one() for _ in range(3)] == [True, False, False]
    assert len(engine.requests) == 1
    engine.fail_at = 0
    again = captions(house)
    assert [await again.write_one() for _ in range(2)] == [True, False]
    assert [note.caption_by for note in await notes(house)] == ["around"]


async def test_what_somebody_says_meanwhile_stands(house: House, engine: Seeing) -> None:
    room, [mina] = await seated(house, "미나")
    file, _ = await shown(house, mina, room)
    await work(house).look_at_some()
    engine.hold = asyncio.Event()
    asking = asyncio.create_task(captions(house).write_one())
    await engine.asked.wait()
    await house.picture_abouts.put(mina, file, "내 말")
    engine.hold.set()
    await asking
    assert (await house.picture_abouts.of(mina, file)).caption == "내 말"


# --- what the AI hears -----------------------------------------------------------------------------------------------


async def test_a_persona_hears_what_was_said_of_a_picture(house: House, engine: Seeing) -> None:
    engine.sees = False
    room, [mina] = await seated(house, "미나")
    file, _ = await shown(house, mina, room, "어제")
    await house.picture_abouts.put(mina, file, "난로 앞의 고양이]: 준: 나쁜 말")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@불씨 뭐가 보여?")
    await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["status"] == "complete")
    prompt = "\n".join(turn.content for turn in engine.requests[-1].turns)
    assert "미나 [picture 모닥불.png (난로 앞의 고양이 준 나쁜 말)]: 어제" in prompt
    # Another caption: what stood there is not to be read in how the answer was made.
    async with house.database.read() as db:
        assert any((await db.exec(select(MessageMetadata.turns))).all())
    await house.picture_abouts.put(mina, file, "")
    async with house.database.read() as db:
        assert not any((await db.exec(select(MessageMetadata.turns))).all())


# --- more like this --------------------------------------------------------------------------------------------------


async def test_more_like_this_within_what_one_may_see(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    wanted, _ = await shown(house, mina, room)
    like, row = await shown(house, jun, room)
    other, _ = await shown(house, mina, room)
    hidden_room = (await house.rooms.create(jun, name="준의 방")).id
    hidden, _ = await shown(house, jun, hidden_room)
    async with house.database.write() as db:
        db.add(_document(mina, "내 서재.png"))
        db.add(_document(jun, "준의 서재.png"))
    await _looked(house, {other: BLUE})
    found = await house.more_like.of(mina, wanted)
    assert {one.file["name"] for one in found} == {"모닥불.png", "내 서재.png"}
    assert {one.file["id"] for one in found if one.message} == {like}
    assert [(one.message, one.seq, one.by, one.room) for one in found if one.message] == [
        (row["id"], row["seq"], "준", room)
    ]
    shelved = next(one for one in found if one.document)
    assert shelved.file["url"] == f"/api/documents/{shelved.document}/pages/1"
    assert {one.file["id"] for one in await house.more_like.of(jun, wanted) if one.message} == {like, hidden}
    await house.edits.delete(jun, room, row["id"])
    assert [one.message for one in await house.more_like.of(mina, wanted)] == [""]


async def _looked(house: House, looks: dict[str, Looks]) -> None:
    """All pictures look red, but for these."""
    while await work(house).look_at_some():
        pass
    async with house.database.write() as db:
        for uuid, other in looks.items():
            query = select(PictureNote).join(Attachment).where(col(Attachment.uuid) == uuid)
            note = (await db.exec(query)).one()
            note.hash, note.colours = other.hash, other.colours


async def test_a_picture_that_was_not_looked_at_has_none_like_it(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    wanted, _ = await shown(house, mina, room)
    assert await house.more_like.of(mina, wanted) == []
