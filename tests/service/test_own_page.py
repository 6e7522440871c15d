"""A person's own page: profile, browsers, password, an account for a guest, and going for good."""

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import ConflictError, CredentialsError, ForbiddenError, InputError, NotFoundError
from hearth_reflex.services.access import Actor
from tests.factories import Listener, guest, house_keeper, listen, living_room, say, seated

PASSWORD = "warm by the fire"


async def account(house: House, login: str, name: str) -> Actor:
    token = await house.accounts.register(login=login, name=name, password=PASSWORD, device="Firefox · Linux")
    actor = await house.sessions.actor_for(token)
    assert actor is not None
    return actor


async def again(house: House, login: str) -> Actor:
    actor = await house.sessions.actor_for(await house.accounts.log_in(login=login, password=PASSWORD))
    assert actor is not None
    return actor


class TestProfile:
    async def test_a_new_name_counts_from_now_on_and_what_was_said_keeps_the_old_one(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        before = await say(house, mina, room, "안녕")
        listener = await listen(house, mina, room)
        profile = await house.profiles.change(mina, name=" 미나리 ", bio="불 보는 사람\n둘째 줄")
        assert (profile.name, profile.bio) == ("미나리", "불 보는 사람\n둘째 줄")
        assert ["room"] in listener.signals
        rows = (await house.rooms.enter(mina, room)).rows
        assert {row["name"] for row in rows if row["id"] == before["id"]} == {"미나"}

    @pytest.mark.parametrize("name", ["준", "ＪＵＮ", "불씨", "관리자"])
    async def test_nobody_takes_a_name_in_use(self, house: House, name: str) -> None:
        mina = await guest(house, "미나")
        await guest(house, "준")
        await guest(house, "jun")
        with pytest.raises(ConflictError) as refusal:
            await house.profiles.change(mina, name=name)
        assert refusal.value.code == "name_taken"
        assert (await house.profiles.mine(mina)).name == "미나"

    async def test_the_same_name_written_otherwise_is_ones_own(self, house: House) -> None:
        mina = await guest(house, "mina")
        assert (await house.profiles.change(mina, name="Mina")).name == "Mina"

    @pytest.mark.parametrize("bio", ["x" * 301, "a\x00b"])
    async def test_bad_words_about_oneself_are_refused(self, house: House, bio: str) -> None:
        mina = await guest(house, "미나")
        with pytest.raises(InputError) as refusal:
            await house.profiles.change(mina, bio=bio)
        assert refusal.value.field == "bio"

    async def test_preferences_are_kept_and_told_to_ones_own_tabs(self, house: House) -> None:
        mina = await guest(house, "미나")
        listener = Listener("")
        house.bus.add(listener)
        await house.profiles.prefer(mina, {"theme": "dark"})
        await house.profiles.prefer(mina, {"font_size": "large"})
        assert listener.told[-1] == ([mina.uuid], ["preferences", {"theme": "dark", "font_size": "large"}])
        mine = await house.profiles.mine(mina)
        assert mine.preferences["theme"] == "dark"
        assert mine.chosen == {"theme": "dark", "font_size": "large"}
        with pytest.raises(InputError):
            await house.profiles.prefer(mina, {"theme": "neon"})


class TestCard:
    async def test_it_is_for_those_who_share_a_room(self, house: House) -> None:
        _, (mina, jun) = await seated(house, "미나", "준")
        stranger = await guest(house, "나그네")
        assert (await house.profiles.card(jun, mina.uuid)).name == "미나"
        assert (await house.profiles.card(mina, mina.uuid)).name == "미나"
        for asked in (mina.uuid, "no-uuid"):
            with pytest.raises(NotFoundError):
                await house.profiles.card(stranger, asked)

    async def test_last_seen_can_be_kept_to_oneself(self, house: House) -> None:
        _, (mina, jun) = await seated(house, "미나", "준")
        assert (await house.profiles.card(jun, mina.uuid)).last_seen
        await house.profiles.prefer(mina, {"hide_last_seen": True})
        assert (await house.profiles.card(jun, mina.uuid)).last_seen == ""


class TestDevices:
    async def test_one_sees_ones_own_and_ends_any_of_them(self, house: House) -> None:
        here = await account(house, "mina", "미나")
        there, third = await again(house, "mina"), await again(house, "mina")
        listener = Listener("")
        house.bus.add(listener)
        shown = await house.sessions.devices(here)
        assert [device.here for device in shown] == [True, False, False]
        assert shown[0].device == "Firefox · Linux"
        await house.sessions.end_device(here, there.session)
        assert listener.ended == [there.session]
        assert await house.sessions.alive([here.session, there.session, third.session]) == {
            here.session,
            third.session,
        }
        assert await house.sessions.end_others(here) == 1
        assert await house.sessions.alive([here.session, third.session]) == {here.session}

    async def test_anothers_browser_is_not_there(self, house: House) -> None:
        mina, jun = await account(house, "mina", "미나"), await account(house, "jun", "준")
        with pytest.raises(NotFoundError):
            await house.sessions.end_device(jun, mina.session)
        assert await house.sessions.alive([mina.session]) == {mina.session}


class TestPassword:
    async def test_it_changes_and_signs_the_others_out(self, house: House) -> None:
        here = await account(house, "mina", "미나")
        there = await again(house, "mina")
        await house.credentials.change_password(here, old=PASSWORD, new="another long one")
        assert await house.sessions.alive([here.session, there.session]) == {here.session}
        with pytest.raises(CredentialsError):
            await house.accounts.log_in(login="mina", password=PASSWORD)
        assert await house.accounts.log_in(login="mina", password="another long one")

    async def test_a_wrong_or_a_weak_one_changes_nothing(self, house: House) -> None:
        mina = await account(house, "mina", "미나")
        with pytest.raises(CredentialsError) as refusal:
            await house.credentials.change_password(mina, old="guess", new="another long one")
        assert refusal.value.code == "password_wrong"
        with pytest.raises(InputError):
            await house.credentials.change_password(mina, old=PASSWORD, new="short")
        with pytest.raises(ForbiddenError):
            await house.credentials.change_password(await guest(house, "손님1"), old="", new="another long one")
        assert await house.accounts.log_in(login="mina", password=PASSWORD)


class TestGuestBecomesAccount:
    async def test_everything_said_stays_theirs(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "나 왔어")
        await house.credentials.make_account(mina, login="mina", password=PASSWORD)
        back = await again(house, "mina")
        assert (back.uuid, back.is_guest) == (mina.uuid, False)
        assert [one.id for one in await house.usages.said(back)] == [said["id"]]
        assert not (await house.sessions.actor_for(None))

    async def test_a_taken_login_and_a_second_time_are_refused(self, house: House) -> None:
        jun = await account(house, "jun", "준")
        mina = await guest(house, "미나")
        with pytest.raises(ConflictError) as refusal:
            await house.credentials.make_account(mina, login="jun", password=PASSWORD)
        assert refusal.value.code == "login_taken"
        with pytest.raises(ConflictError) as refusal:
            await house.credentials.make_account(jun, login="jun2", password=PASSWORD)
        assert refusal.value.code == "account_already"


class TestLeaving:
    async def test_words_stay_under_the_old_name(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "잘 있어요")
        listener = await listen(house, mina, room)
        await house.credentials.leave_for_good(mina, password="", erase=False)
        assert listener.ended == [mina.session]
        assert await house.sessions.alive([mina.session]) == set()
        row = next(row for row in (await house.rooms.enter(jun, room)).rows if row["id"] == said["id"])
        assert (row["name"], row["text"], row["author"]) == ("미나", "잘 있어요", "")
        assert (await guest(house, "미나")).uuid != mina.uuid

    async def test_words_can_be_taken_back(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "비밀 이야기")
        kept = await say(house, jun, room, "듣고 있어요")
        rev = (await house.rooms.enter(jun, room)).rev
        await house.credentials.leave_for_good(mina, password="", erase=True)
        now = await house.rooms.enter(jun, room)
        rows = {row["id"]: row for row in now.rows}
        assert (rows[said["id"]]["text"], rows[said["id"]]["deleted"]) == ("", True)
        assert rows[kept["id"]]["text"] == "듣고 있어요"
        _, changed, complete = await house.rooms.changed_since(jun, room, rev=rev)
        assert complete
        assert said["id"] in {row["id"] for row in changed}

    async def test_an_account_needs_its_password(self, house: House) -> None:
        mina = await account(house, "mina", "미나")
        with pytest.raises(CredentialsError):
            await house.credentials.leave_for_good(mina, password="guess", erase=True)
        assert await house.sessions.alive([mina.session]) == {mina.session}
        await house.credentials.leave_for_good(mina, password=PASSWORD, erase=False)
        with pytest.raises(CredentialsError):
            await house.accounts.log_in(login="mina", password=PASSWORD)

    async def test_the_last_keeper_of_the_house_stays(self, house: House) -> None:
        keeper = await house_keeper(house)
        with pytest.raises(ForbiddenError) as refusal:
            await house.credentials.leave_for_good(keeper, password="a long password", erase=False)
        assert refusal.value.code == "last_admin"

    async def test_their_rooms_go_to_who_stays(self, house: House) -> None:
        mina, jun = await account(house, "mina", "미나"), await guest(house, "준")
        room = (await house.rooms.create(mina, name="책방")).id
        await house.rooms.sit_down(jun, room)
        await house.credentials.leave_for_good(mina, password=PASSWORD, erase=False)
        assert (await house.rooms.enter(jun, room)).room.role == "owner"


async def test_usage_counts_what_was_used(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    await say(house, mina, room, "하나")
    await say(house, mina, room, "둘")
    await say(house, jun, room, "셋")
    usage = await house.usages.mine(mina)
    assert (usage.rooms, usage.messages, usage.answers) == (1, 2, 0)


async def test_ones_own_words_come_page_by_page_and_nobody_elses(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    said = [(await say(house, mina, room, f"말 {n}"))["id"] for n in range(5)]
    await say(house, jun, room, "남의 말")
    first = await house.usages.said(mina, limit=3)
    rest = await house.usages.said(mina, before=first[-1].id, limit=3)
    assert [one.id for one in (*first, *rest)] == said[::-1]
    assert await living_room(house, jun) == first[0].room
    with pytest.raises(InputError):
        await house.usages.said(mina, before="x")


async def test_what_was_said_to_one_person_stands_under_their_name(house: House) -> None:
    _, (mina, jun) = await seated(house, "미나", "준")
    room = (await house.directs.open(mina, jun.uuid)).id
    await say(house, mina, room, "우리끼리")
    assert [one.room_ko for one in await house.usages.said(mina)] == ["준"]
