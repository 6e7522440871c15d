"""Every handler is a door that anybody with a socket may rattle at. Each one is walked up to here, in a real house."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from hearth_reflex.state.bus import SIGNAL
from hearth_reflex.state.doors import OF_REFLEX, Policy
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState
from tests.pages import SNAPSHOT, Page
from tests.servers import Server
from tests.sockets import HYDRATE, ROOT, SEND, Person, Tab
from tests.state.conftest import Come, everything_kept
from tests.state.doors import answer, believable, registry, tells_nothing

SECRET = "what is said by this fire stays here"
OURS = [door for door in registry() if door.is_ours and door.policy]
SIGNED_IN_ONLY = [door for door in OURS if door.policy != Policy.PUBLIC]
WITH_ROOM = [door for door in OURS if "room" in door.arguments]
# Reflex's own that no page of the house calls: the gate refuses them.
REFUSED_OF_REFLEX = {
    "setvar",
    f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
    f"{ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
}
WRONG: list[Any] = [None, 7, 1.5, True, [], ["x"], {}, {"$ne": ""}, "x" * 61_000, "\ud800"]


@dataclass
class Fire:
    """A private room of `owner`, an open one where the owner sits, and an answerless message in each."""

    owner: Person
    private: str
    open: str
    private_message: str
    open_message: str


@pytest.fixture
async def fire(account: Person) -> Fire:
    private, open_ = await account.new_room(private=True), await account.new_room()
    said = [await account.say(room, SECRET) for room in (private, open_)]
    return Fire(account, private, open_, said[0]["message_id"], said[1]["message_id"])


@pytest.fixture
async def stranger(server: Server, guest: Come) -> AsyncIterator[Tab]:
    """A tab of somebody signed in who sits nowhere."""
    async with Tab(server.host, cookie=(await guest()).token) as tab:
        yield tab


def test_every_handler_has_a_policy_or_stands_on_the_list() -> None:
    handlers = {door.name: door for door in registry()}
    assert set(handlers) >= OF_REFLEX
    open_doors = {name for name, door in handlers.items() if not door.policy and name not in OF_REFLEX}
    unknown = {name for name in open_doors if name not in REFUSED_OF_REFLEX and name.split(".")[-1] != "setvar"}
    assert unknown == set(), "declare @door(Policy…) on these"
    assert len(OURS) >= 6, "the walk found too little to be the whole app"


def test_every_handler_of_a_room_asks_for_a_member() -> None:
    assert [door.name for door in WITH_ROOM if door.policy != Policy.MEMBER] == []
    assert len(WITH_ROOM) >= 3


def test_no_handler_is_named_so_that_setvar_would_call_it() -> None:
    assert [door.name for door in OURS if door.name.split(".")[-1].startswith("set_")] == []


class TestWhoAsks:
    @pytest.mark.parametrize("cookie", [None, "", "made-up", "x" * 5000, 'a"b; hearth_session=\\"', "revoked"])
    async def test_nobody_gets_in_without_a_session(
        self, server: Server, guest: Come, fire: Fire, cookie: str | None
    ) -> None:
        if cookie == "revoked":
            person = await guest()
            cookie = person.token
            await person.sign_out()
        before = everything_kept(server)
        async with Tab(server.host, cookie=cookie) as tab:
            for door in SIGNED_IN_ONLY:
                arguments = believable(door, room=fire.open, message=fire.open_message)
                assert await answer(tab, door.name, **arguments) == "signed_out", door.name
            for path in ("/", f"/room/{fire.open}", f"/room/{fire.private}"):
                tab.path = path
                for door in OURS:
                    if door.policy == Policy.PUBLIC:
                        assert await answer(tab, door.name) == "", door.name
            assert tab.var(f"{ViewerState.get_full_name()}.signed_in") is False
            assert tab.var(f"{LobbyState.get_full_name()}.known") == []
            assert tab.var(SNAPSHOT) == {}
            assert tells_nothing(tab, SECRET, cookie if cookie and len(cookie) > 20 else "")
        assert everything_kept(server) == before

    async def test_what_a_client_says_of_itself_is_not_heard(self, server: Server, guest: Come, fire: Fire) -> None:
        forged = {"headers": {"cookie": f"hearth_session={fire.owner.token}"}, "ip": "9.9.9.9", "token": "x"}
        async with Tab(server.host, cookie=None) as tab:
            payload = {"room": fire.open, "client_msg_id": str(uuid4()), "text": "in another's name"}
            where = {"pathname": "/", "asPath": "/", "query": {}, **forged}
            before = everything_kept(server)
            await tab.event({"name": SEND, "payload": payload, "router_data": where, "token": "x"})
            await tab.settle()
            assert everything_kept(server) == before
            assert '"code_rx_state_":"signed_out"' in tab.frames[-1]

    async def test_the_session_cookie_never_comes_back_to_the_page(self, server: Server, guest: Come) -> None:
        person = await guest()
        async with Page(person, await person.new_room()) as page:
            await page.settle()
            assert tells_nothing(page, person.token)

    async def test_a_tab_forgets_what_it_showed_to_somebody_else(self, server: Server, guest: Come, fire: Fire) -> None:
        async with Page(fire.owner, fire.private) as page:
            client = page.client
        await fire.owner.sign_out()
        for cookie in (None, (await guest()).token):
            async with Tab(server.host, cookie=cookie, client=client) as tab:
                await tab.settle()
                assert tab.client == client
                assert tells_nothing(tab, SECRET, fire.owner.uuid)


class TestAnothersRoom:
    @pytest.mark.parametrize("door", WITH_ROOM, ids=lambda door: door.name.split(".", 1)[1])
    async def test_it_cannot_be_touched(self, server: Server, stranger: Tab, fire: Fire, door: Any) -> None:
        before = everything_kept(server)
        private = believable(door, room=fire.private, message=fire.private_message)
        assert await answer(stranger, door.name, **private) == "room_unknown"
        unknown = believable(door, room=str(uuid4()), message=fire.private_message)
        assert await answer(stranger, door.name, **unknown) == "room_unknown"
        not_joined = believable(door, room=fire.open, message=fire.open_message)
        assert await answer(stranger, door.name, **not_joined) == "not_member"
        for nonsense in ("", "..", "' OR 1=1 --", "room:*", "%", fire.private.upper(), fire.private.replace("-", "")):
            arguments = believable(door, room=nonsense, message=fire.private_message)
            assert await answer(stranger, door.name, **arguments) == "room_unknown", nonsense
        assert everything_kept(server) == before
        assert tells_nothing(stranger, SECRET)

    async def test_a_message_of_another_room_is_not_reached_through_ones_own(
        self, server: Server, guest: Come, fire: Fire
    ) -> None:
        person = await guest()
        own = await person.new_room()
        before = everything_kept(server)
        async with Tab(server.host, cookie=person.token) as tab:
            for door in WITH_ROOM:
                if "message" in door.arguments:
                    arguments = believable(door, room=own, message=fire.private_message)
                    assert await answer(tab, door.name, **arguments) == "message_unknown", door.name
        assert everything_kept(server) == before

    @pytest.mark.parametrize("spelling", ["/room/{}", "/room/{}/", "/room/x/{}", "/nowhere/{}", "/room/{}?a=b#c"])
    async def test_a_private_room_is_not_heard_from_outside(
        self, server: Server, guest: Come, fire: Fire, spelling: str
    ) -> None:
        outsider = await guest()
        async with Tab(server.host, cookie=outsider.token, path=spelling.format(fire.private)) as tab:
            assert await answer(tab, f"{RoomState.get_full_name()}.enter") == ""
            assert tab.var(SNAPSHOT) == {}
            async with Page(fire.owner, fire.private) as page:
                await page.say(SECRET)
                await page.until_acknowledged()
            await tab.settle()
            assert tells_nothing(tab, SECRET, fire.owner.uuid)

    async def test_who_moves_to_another_room_hears_the_first_no_more(
        self, server: Server, guest: Come, fire: Fire
    ) -> None:
        person = await guest()
        async with Page(person, fire.open) as page:
            page.path = f"/room/{await person.new_room()}"
            await page.call(f"{RoomState.get_full_name()}.enter")
            await page.settle()
            heard = len(page.heard)
            await fire.owner.say(fire.open, "after they left")
            await page.settle()
            assert len(page.heard) == heard


class TestArguments:
    @pytest.mark.parametrize("door", OURS, ids=lambda door: door.name.split(".", 1)[1])
    async def test_wrong_missing_and_further_ones_are_refused(
        self, server: Server, guest: Come, fire: Fire, door: Any
    ) -> None:
        person = await guest()
        await person.sit_down(fire.open)
        async with Tab(server.host, cookie=person.token) as tab:
            before = everything_kept(server)
            good = believable(door, room=fire.open, message=fire.open_message)
            for name in door.arguments:
                # A number or a list of its own kind is no wrong value: what it may be is the handler's affair.
                wrong = [value for value in WRONG if isinstance(value, str) or type(value) is not type(good[name])]
                for value in wrong:
                    assert await answer(tab, door.name, **good | {name: value}) != "", (name, repr(value)[:40])
                if name not in door.optional:
                    assert await answer(tab, door.name, **{k: v for k, v in good.items() if k != name}) == "arguments"
            for further in ("actor", "self", "args", "_x", "", "\u0000"):
                assert await answer(tab, door.name, **good | {further: "x"}) == "arguments", repr(further)
            assert everything_kept(server) == before
            assert tells_nothing(tab, SECRET)

    @pytest.mark.parametrize("text", ["", " \n", "\x00", "a\x1b[2J", "x" * 8001, "불" * 20_000])
    async def test_a_text_that_cannot_be_kept_is_refused_by_name(self, server: Server, guest: Come, text: str) -> None:
        person = await guest()
        room = await person.new_room()
        async with Page(person, room) as page:
            before = everything_kept(server)
            client_id = str(uuid4())
            assert (await answer(page, SEND, room=room, client_msg_id=client_id, text=text)).startswith("message_")
            refused = page.var(SEND.replace(".send", ".refused"))
            assert refused["id"] == client_id
            assert refused["ko"] != refused["en"] != ""
            assert everything_kept(server) == before

    async def test_the_same_send_again_and_again_is_one_message(self, server: Server, guest: Come) -> None:
        person = await guest()
        room = await person.new_room()
        async with Page(person, room) as page:
            client_id = str(uuid4())
            for _ in range(20):
                await page.call(SEND, room=room, client_msg_id=client_id, text="once")
            await page.settle()
            _, rows = await person.whole_room(room)
            assert [row["client_msg_id"] for row in rows] == [client_id]

    async def test_two_people_may_use_the_same_client_id(self, server: Server, guest: Come) -> None:
        first, second = await guest(), await guest()
        room, client_id = await first.new_room(), str(uuid4())
        await second.sit_down(room)
        said = [await person.say(room, person.name, client_id=client_id) for person in (first, second)]
        assert said[0]["message_id"] != said[1]["message_id"]


class TestUndeclared:
    def names(self) -> list[str]:
        states = sorted({door.name.rpartition(".")[0] for door in registry()})
        hidden = ["setvar", "set_signed_in", "set_is_admin", "_show", "_tell", "_load", "_sit", "__init__", "reset"]
        hidden += ["get_state", "dict", "_clean", "update_vars_internal", "handle_frontend_exception", "is_admin"]
        known = {door.name for door in OURS} | OF_REFLEX
        listed = [door.name for door in registry() if door.name not in known]
        return [*listed, *(f"{state}.{name}" for state in states for name in hidden), "", ".", "send", f"{SEND}.send"]

    @pytest.mark.parametrize("signed_in", [True, False])
    async def test_names_that_no_page_calls_do_nothing(
        self, server: Server, guest: Come, fire: Fire, signed_in: bool
    ) -> None:
        person = await guest()
        async with Tab(server.host, cookie=person.token if signed_in else None) as tab:
            await tab.settle()
            vars_before, kept_before = json.dumps(tab.state, sort_keys=True), everything_kept(server)
            attack = {"var_name": "is_admin", "value": True, "vars": {f"{ViewerState.get_full_name()}.is_admin": True}}
            for name in self.names():
                for payload in ({}, attack, {"var_name": "setvar", "value": "x"}, {"value": True}):
                    await tab.call(name, **payload)
            heard = len(tab.frames)
            await tab.settle()
            # Who comes to the house and goes is told to every page; only the rest is an answer.
            passing = (f'"{SIGNAL}"', f'"{LobbyState.get_full_name()}.refresh"')
            told = tab.frames[heard:]
            answers = [frame for frame in told if f'"{ROOT}"' in frame or not any(name in frame for name in passing)]
            assert len(answers) == 1, "something was answered"
            assert json.dumps(tab.state, sort_keys=True) == vars_before
            assert everything_kept(server) == kept_before
            assert not tab.closed

    async def test_reflexs_own_take_no_vars_from_a_client(self, server: Server, guest: Come) -> None:
        async with Tab(server.host, cookie=(await guest()).token) as tab:
            admin = f"{ViewerState.get_full_name()}.is_admin"
            for key in (admin, f"{admin}_rx_state_"):
                await tab.call(f"{ROOT}.hydrate_and_load", vars={key: True}, hashes=[])
            await tab.call(HYDRATE)
            await tab.settle()
            assert tab.var(admin) is False
