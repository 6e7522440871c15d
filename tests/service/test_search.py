"""One box: what it finds, whose words it never shows, and that the index says what the messages say."""

import unicodedata
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, delete, select, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.search import GIN_INDEXES, SearchEntry, matching
from hearth_reflex.domain.feed import Row
from hearth_reflex.errors import HearthError, LimitError, NotFoundError
from hearth_reflex.services import search_index
from hearth_reflex.services.access import Actor
from hearth_reflex.services.search import Asked, Found, Kind
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import account, guest, listen, say, seated
from tests.talk_in_bulk import fill

SECRET = "감나무 밑의 항아리"


async def find(house: House, actor: Actor, text: str = "", **asked: object) -> Found:
    return await house.search.find(actor, Asked(text, **asked))  # pyright: ignore[reportArgumentType]


async def texts(house: House, actor: Actor, text: str = "", **asked: object) -> list[str]:
    """The excerpts of the messages found."""
    found = await find(house, actor, text, **asked)
    return ["".join(piece.text for piece in hit.excerpt) for hit in found.messages]


def empty(found: Found) -> bool:
    return not (found.rooms or found.people or found.messages or found.files)


async def file_in(house: House, row: Row, name: str, kind: AttachmentKind = AttachmentKind.FILE) -> None:
    """Puts a file under a message that was sent, as sending it along would have."""
    async with house.database.write() as db:
        message = (await db.exec(select(Message).where(Message.uuid == row["id"]))).one()
        file = Attachment(
            room_id=message.room_id, message_id=message.id, kind=kind.value, name=name,
            mime="text/plain", size_bytes=1, sha256="0" * 64,
        )  # fmt: skip
        db.add(file)
        await db.flush()
        await search_index.index_message(db, message)


class TestFinding:
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ("불씨가", "따뜻한 불씨를 지켰다"),
            ("불씨", "불씨"),
            ("저녁밥", "저녁 밥 차렸어"),
            ("저녁 밥", "저녁밥 차렸어"),
            ("먹다", "어제 뭐 먹었어?"),
            ("먹었어", "이거 먹고 가"),
            ("마셨어", "물을 마시는 중"),
            ("ㅂㅆ", "불씨가 꺼졌다"),
            ("ㅈㄴ ㅅㅊ", "저녁에 산책 갈까"),
            ("저녘", "저녁은 뭐야"),
            ("폴씨", "불씨 좀 봐 줘, 볼씨 말고"),
            (unicodedata.normalize("NFD", "산책은"), "산책을 다녀왔다"),
            ("밥", "밥 먹자"),
            ("deplo", "Deployment is done"),
            ("CAFÉ", "the cafe is open"),
            ("v2", "release v2.1"),
            ("ㅋㅋ", "그건 좀 ㅋㅋㅋㅋ"),
            ("京都", "가을 京都旅行"),
            ("집에서 산책", "산책은 집 앞에서"),
        ],
    )
    async def test_however_it_is_put(self, house: House, asked: str, said: str) -> None:
        room, (mina,) = await seated(house, "미나")
        for other in ("회의는 세 시입니다", said, "그래 알겠어", "the meeting is at three"):
            await say(house, mina, room, other)
        assert (await texts(house, mina, asked))[0] == said

    async def test_what_stands_nowhere_is_not_found(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await say(house, mina, room, "회의는 세 시입니다")
        assert empty(await find(house, mina, "코끼리"))
        assert empty(await find(house, mina, "🙂"))

    async def test_a_hit_says_where_and_by_whom(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        row = await say(house, mina, room, "감나무를 심었다")
        (hit,) = (await find(house, jun, "감나무는")).messages
        assert (hit.id, hit.seq, hit.author, hit.name, hit.is_ai) == (row["id"], row["seq"], mina.uuid, "미나", False)
        assert (hit.room.id, hit.room.name_ko, hit.room.name_en) == (room, "거실", "Living room")
        assert [piece.text for piece in hit.excerpt if piece.hit] == ["감나무"]

    async def test_rooms_people_and_files_too(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "송준호")
        await file_in(house, await say(house, jun, room, "여기"), "가을 소풍.txt")
        assert [hit.room.name_ko for hit in (await find(house, mina, "거실에서")).rooms] == ["거실"]
        assert [hit.room.name_ko for hit in (await find(house, mina, "liv")).rooms] == ["거실"]
        assert [hit.id for hit in (await find(house, mina, "ㅅㅈㅎ")).people] == [jun.uuid]
        (file,) = (await find(house, mina, "소풍이")).files
        assert (file.file["name"], file.message.room.id, file.message.name) == ("가을 소풍.txt", room, "송준호")
        assert [piece.text for piece in file.marked if piece.hit] == ["소풍"]
        assert not (await find(house, mina, "소풍이", kind=Kind.MESSAGES)).files

    async def test_a_direct_room_bears_the_other_name(self, house: House) -> None:
        mina, jun = await account(house, "미나", login="mina"), await account(house, "준", login="june")
        room, _ = await seated(house, "손님")
        for one in (mina, jun):
            await house.rooms.sit_down(one, room)
        direct = (await house.directs.open(mina, jun.uuid)).id
        await say(house, mina, direct, "둘만의 약속")
        assert (await find(house, mina, "약속")).messages[0].room.name_ko == "준"
        assert (await find(house, jun, "약속")).messages[0].room.name_ko == "미나"

    async def test_the_words_of_an_answer_are_found_once_it_has_ended(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        engine.pieces = ("감자는 ", "싹이 나면 ", "도려내세요")
        await say(house, mina, room, "@불씨 물어볼게")
        await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["status"] == "complete")
        (hit,) = (await find(house, mina, "감자 싹이")).messages
        assert (hit.is_ai, hit.name_en) == (True, "Ember")


class TestFilters:
    @pytest.fixture
    async def talk(self, house: House, clock: HandClock) -> tuple[str, str, Actor, Actor]:
        """Two rooms where 미나 and 준 say something of a picnic, a day apart."""
        room, (mina, jun) = await seated(house, "미나", "준")
        other = (await house.rooms.create(mina, name="부엌")).id
        await house.rooms.sit_down(jun, other)
        await say(house, mina, room, "소풍 하나")
        clock.forward(days=1)
        await say(house, jun, room, "소풍 둘")
        clock.forward(days=1)
        row = await say(house, jun, other, "소풍 셋")
        await file_in(house, row, "picnic.png", AttachmentKind.IMAGE)
        return room, other, mina, jun

    async def test_by_room_person_day_and_picture(
        self, house: House, clock: HandClock, talk: tuple[str, str, Actor, Actor]
    ) -> None:
        room, other, mina, jun = talk
        now = clock.now()
        assert await texts(house, mina, "소풍", room=other) == ["소풍 셋"]
        assert await texts(house, mina, "소풍", person=jun.uuid) == ["소풍 셋", "소풍 둘"]
        assert await texts(house, mina, "소풍", until=now - timedelta(hours=36)) == ["소풍 하나"]
        assert await texts(house, mina, "소풍", since=now - timedelta(hours=36), room=room) == ["소풍 둘"]
        assert await texts(house, mina, "소풍", image=True) == ["소풍 셋"]
        assert await texts(house, mina, image=True) == ["소풍 셋"]
        assert await texts(house, mina, person=jun.uuid, kind=Kind.MESSAGES) == ["소풍 셋", "소풍 둘"]
        assert not (await find(house, mina, "소풍", room=other)).rooms

    async def test_nothing_at_all_is_asked_for(self, house: House, talk: tuple[str, str, Actor, Actor]) -> None:
        with pytest.raises(HearthError, match="search_empty"):
            await find(house, talk[2], "  ")


class TestPaging:
    async def test_pages_hold_each_hit_once_though_the_talk_goes_on(self, house: House, clock: HandClock) -> None:
        room, (mina,) = await seated(house, "미나")
        for number in range(25):
            clock.forward(seconds=1)
            await say(house, mina, room, f"소풍 준비물 {number}")
        clock.forward(seconds=1)
        first = await find(house, mina, "소풍", limit=10)
        clock.forward(seconds=1)
        await say(house, mina, room, "소풍")
        second = await find(house, mina, "소풍", limit=10, cursor=first.next)
        third = await find(house, mina, "소풍", limit=10, cursor=second.next)
        hits = [hit.id for page in (first, second, third) for hit in page.messages]
        assert (len(hits), len(set(hits)), third.next) == (25, 25, "")
        assert not second.rooms

    @pytest.mark.parametrize("cursor", ["x", "1", "1.", "99999.1", "-1.5", "1.99999999999999", "1.2.3"])
    async def test_a_made_up_cursor_is_refused(self, house: House, cursor: str) -> None:
        _, (mina,) = await seated(house, "미나")
        with pytest.raises(HearthError, match="search_cursor"):
            await find(house, mina, "소풍", cursor=cursor)


class TestWalls:
    """Nobody finds what they may not see."""

    @pytest.fixture
    async def private(self, house: House) -> tuple[str, Actor, Actor, Actor]:
        """A private room of an owner and a member, where a secret was said and filed; and a stranger."""
        owner = await account(house, "주인", login="owner")
        member, stranger = await guest(house, "손님"), await guest(house, "낯선 이")
        room = (await house.rooms.create(owner, name="감나무 모임", private=True)).id
        await house.invites.accept(member, (await house.invites.make(owner, room, role="member")).code)
        await file_in(house, await say(house, owner, room, SECRET), "감나무.txt")
        return room, owner, member, stranger

    async def test_a_stranger_finds_nothing(self, house: House, private: tuple[str, Actor, Actor, Actor]) -> None:
        room, owner, member, stranger = private
        assert await texts(house, member, "감나무") == [SECRET]
        for asked in ("감나무", "ㄱㄴㅁ", "감너무", "항아리", "주인", '감나무" OR "항아리', "terms : 감나무"):
            assert empty(await find(house, stranger, asked)), asked
        assert empty(await find(house, stranger, "감나무", kind=Kind.FILES))
        assert empty(await find(house, stranger, person=owner.uuid))
        with pytest.raises(NotFoundError, match="room_unknown"):
            await find(house, stranger, "감나무", room=room)

    async def test_who_was_shown_out_or_left_finds_nothing_more(
        self, house: House, private: tuple[str, Actor, Actor, Actor]
    ) -> None:
        room, owner, member, _ = private
        await house.order.remove(owner, room, member.uuid)
        assert empty(await find(house, member, "감나무"))
        assert empty(await find(house, member, "주인"))
        with pytest.raises(NotFoundError):
            await find(house, member, "감나무", room=room)

    async def test_an_open_room_is_found_by_name_and_not_by_what_is_said_there(self, house: House) -> None:
        owner, other = await account(house, "주인", login="owner"), await guest(house, "손님")
        room = (await house.rooms.create(owner, name="마당")).id
        await say(house, owner, room, SECRET)
        assert empty(await find(house, other, "감나무"))
        assert [hit.room.id for hit in (await find(house, other, "마당")).rooms] == [room]

    async def test_a_deleted_room_is_found_by_nobody_until_it_is_back(
        self, house: House, private: tuple[str, Actor, Actor, Actor]
    ) -> None:
        room, owner, member, _ = private
        await house.room_care.delete(owner, room)
        for one in (owner, member):
            assert empty(await find(house, one, "감나무"))
        await house.room_care.restore(owner, room)
        assert await texts(house, member, "감나무") == [SECRET]

    async def test_people_one_shares_no_room_with_are_not_found(self, house: House) -> None:
        alone, (mina,) = await guest(house, "혼자"), (await seated(house, "미나"))[1]
        assert empty(await find(house, alone, "미나"))
        assert [hit.id for hit in (await find(house, mina, "미나")).people] == [mina.uuid]

    async def test_too_many_searches_have_to_wait(self, house: House) -> None:
        _, (mina,) = await seated(house, "미나")
        for _ in range(20):
            await find(house, mina, "불씨")
        with pytest.raises(LimitError, match="search_pace"):
            await find(house, mina, "불씨")


class TestIndex:
    async def test_much_that_came_at_once_is_found_by_the_index_at_once(self, house: House) -> None:
        """PostgreSQL would gather it in a list beside the index, and rather read the whole table than that list."""
        if house.database.is_sqlite:
            pytest.skip("SQLite has no such list")
        room, (mina,) = await seated(house, "미나")
        await fill(house.database, room, mina, [f"장작 {number} of the winter {number * 7}" for number in range(3_000)])
        asked = "SELECT 1 FROM search_entry WHERE array_to_tsvector(string_to_array(terms, ' ')) @@ '2999'::tsquery"
        async with house.database.read() as db:
            plan = (await (await db.connection()).execute(text(f"EXPLAIN {asked}"))).scalars().all()
        assert any(GIN_INDEXES[0] in line for line in plan), plan

    async def test_the_newest_of_many_are_found_by_the_index(self, house: House) -> None:
        """PostgreSQL would rather go through all entries from the newest on, and take each of them apart."""
        if house.database.is_sqlite:
            pytest.skip("SQLite's plan is not chosen by what it expects")
        room, (mina,) = await seated(house, "미나")
        said = [f"{'장작' if number % 10 == 0 else '화로'} of the winter {number * 7}" for number in range(3_000)]
        await fill(house.database, room, mina, said)
        found = matching("terms", sqlite=False, parameter="e0")
        async with house.database.write() as db:
            connection = await db.connection()
            await connection.execute(text("ANALYZE search_entry"))
            asked = text(f"EXPLAIN SELECT id FROM ({found}) AS found ORDER BY id DESC LIMIT 100")  # noqa: S608 - ours
            plan = (await connection.execute(asked, {"e0": "'장작'"})).scalars().all()
        assert any(GIN_INDEXES[0] in line for line in plan), plan

    async def test_an_edit_is_found_by_its_new_words_alone(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        row = await say(house, mina, room, SECRET)
        await house.edits.edit(mina, room, row["id"], text="살구 한 알")
        assert empty(await find(house, mina, "항아리"))
        assert await texts(house, mina, "살구가") == ["살구 한 알"]

    async def test_what_was_taken_back_is_gone_from_the_index(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        row = await say(house, mina, room, SECRET)
        await file_in(house, row, "항아리.txt")
        await house.edits.delete(mina, room, row["id"])
        assert empty(await find(house, mina, "항아리"))
        assert await entries(house) == 0

    async def test_a_row_that_goes_takes_its_entry_along(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        row = await say(house, mina, room, SECRET)
        async with house.database.write() as db:
            await db.exec(delete(Message).where(col(Message.uuid) == row["id"]))
        assert await entries(house) == 0
        if house.database.is_sqlite:
            async with house.database.write() as db:  # the index agrees with the rows it was made of
                await (await db.connection()).execute(
                    text("INSERT INTO search_fts(search_fts) VALUES ('integrity-check')")
                )

    async def test_lines_of_the_house_are_not_in_it(self, house: House) -> None:
        _, (mina,) = await seated(house, "미나")
        assert await entries(house) == 0
        assert not (await find(house, mina, "joined")).messages

    async def test_what_was_said_before_is_brought_in_step_by_step(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(search_index, "STEP", 4)
        room, (mina,) = await seated(house, "미나")
        for number in range(10):
            await say(house, mina, room, f"감나무 {number}")
        taken_back = await say(house, mina, room, "감나무 열하나")
        await house.edits.delete(mina, room, taken_back["id"])
        async with house.database.write() as db:
            await db.exec(delete(SearchEntry))
        assert empty(await find(house, mina, "감나무"))
        await house.search_index.catch_up()
        assert 0 < await entries(house) <= 4
        for _ in range(6):
            await house.search_index.catch_up()
        assert await entries(house) == 10
        assert len(await texts(house, mina, "감나무")) == 10

    async def test_entries_of_an_older_making_are_made_again(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await say(house, mina, room, "감나무")
        async with house.database.write() as db:
            await db.exec(update(SearchEntry).values(version=0, terms="옛것"))
        await house.search_index.catch_up()
        assert await texts(house, mina, "감나무") == ["감나무"]


async def entries(house: House) -> int:
    async with house.database.read() as db:
        return len((await db.exec(select(SearchEntry.message_id))).all())


@pytest.mark.parametrize(
    "asked",
    [
        "가" * 200,
        "가나 " * 60,
        "ㄱ" * 200,
        '"' * 200,
        "*" * 200,
        "a* OR b* " * 20,
        "\x00감",
        "'; DROP TABLE message; --",
    ],
)
async def test_strange_questions_are_harmless(house: House, asked: str) -> None:
    room, (mina,) = await seated(house, "미나")
    await say(house, mina, room, "가나다라 ㄱㄱㄱ 감나무 a b")
    await find(house, mina, asked)
    assert await texts(house, mina, "감나무") == ["가나다라 ㄱㄱㄱ 감나무 a b"]


async def test_nobody_sits_in_a_room_of_the_house_by_searching(house: House) -> None:
    _, (mina,) = await seated(house, "미나")
    async with house.database.write() as db:
        db.add(Room(name_ko="빈방", name_en="Empty"))
    await find(house, mina, "빈방")
    async with house.database.read() as db:
        assert len((await db.exec(select(Member))).all()) == 1
