"""Keys for programs: made once, kept as a hash, never more than was allowed; ended by time, hand and passwords."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.session import ApiToken
from hearth_reflex.domain.scopes import Scope
from hearth_reflex.errors import ForbiddenError, InputError, LimitError, NotFoundError, SignedOutError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.api_tokens import MOST_TOKENS, PREFIX
from tests.clocks import HandClock
from tests.factories import account, guest, house_keeper

READ, WRITE = frozenset({Scope.READ}), frozenset({Scope.WRITE})


async def key_of(house: House, actor: Actor, *scopes: str, days: int = 30) -> str:
    key, _ = await house.api_tokens.make(actor, name="봇", scopes=scopes or ("read",), days=days)
    return key


async def holder(house: House, key: str) -> Actor | None:
    bearer = await house.api_tokens.bearer(key)
    return bearer.actor if bearer else None


class TestMaking:
    async def test_the_key_is_told_once_and_kept_as_a_hash(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        key, view = await house.api_tokens.make(mina, name=" 날씨  봇 ", scopes=["write", "read"], days=7)
        assert key.startswith(PREFIX)
        assert len(key) >= len(PREFIX) + 43  # 256 bits
        assert (view.name, view.scopes, view.hint, view.last_used_at) == ("날씨 봇", ["read", "write"], key[-4:], "")
        assert await house.api_tokens.list(mina) == [view]
        async with house.database.read() as db:
            row = (await db.exec(select(ApiToken))).one()
        assert key not in str(row.model_dump())
        assert row.token_hash == house.sessions.hashed(key)
        assert row.expires_at - row.created_at == timedelta(days=7)

    async def test_two_keys_are_never_the_same(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        assert await key_of(house, mina) != await key_of(house, mina)

    async def test_a_guest_has_none(self, house: House) -> None:
        with pytest.raises(ForbiddenError) as refusal:
            await key_of(house, await guest(house, "준"))
        assert refusal.value.code == "token_guest"

    @pytest.mark.parametrize(
        ("name", "scopes", "days", "code", "field"),
        [
            ("", ["read"], 1, "name_empty", "name"),
            ("x" * 41, ["read"], 1, "name_long", "name"),
            ("a\x00b", ["read"], 1, "name_characters", "name"),
            ("bot", [], 1, "token_scopes", "scopes"),
            ("bot", ["read", "admin"], 1, "token_scopes", "scopes"),
            ("bot", ["read"], 0, "token_days", "days"),
            ("bot", ["read"], 366, "token_days", "days"),
            ("bot", ["read"], -1, "token_days", "days"),
        ],
    )
    async def test_bad_wishes_are_refused(
        self, house: House, name: str, scopes: list[str], days: int, code: str, field: str
    ) -> None:
        mina = await account(house, "미나", login="mina")
        with pytest.raises(InputError) as refusal:
            await house.api_tokens.make(mina, name=name, scopes=scopes, days=days)
        assert (refusal.value.code, refusal.value.field) == (code, field)
        assert await house.api_tokens.list(mina) == []

    async def test_there_are_at_most_twenty_and_ended_ones_make_room(self, house: House, clock: HandClock) -> None:
        mina = await account(house, "미나", login="mina")
        async with asyncio.TaskGroup() as tasks:
            made = [
                tasks.create_task(house.api_tokens.make(mina, name="b", scopes=["read"], days=1))
                for _ in range(MOST_TOKENS)
            ]
        assert len({task.result()[0] for task in made}) == MOST_TOKENS
        with pytest.raises(InputError) as refusal:
            await key_of(house, mina)
        assert refusal.value.code == "token_many"
        clock.forward(seconds=86_400)
        assert all(one.expired for one in await house.api_tokens.list(mina))
        await key_of(house, mina)
        assert len(await house.api_tokens.list(mina)) == 1

    @pytest.mark.postgres
    async def test_two_at_once_do_not_make_one_too_many(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        for _ in range(MOST_TOKENS - 1):
            await key_of(house, mina)
        came = await asyncio.gather(*(key_of(house, mina) for _ in range(4)), return_exceptions=True)
        assert sum(isinstance(one, InputError) for one in came) == 3
        assert len(await house.api_tokens.list(mina)) == MOST_TOKENS


class TestUsing:
    async def test_it_acts_for_its_owner_and_never_keeps_the_house(self, house: House) -> None:
        keeper = await house_keeper(house)
        key, view = await house.api_tokens.make(keeper, name="bot", scopes=["read", "write", "llm"], days=1)
        bearer = await house.api_tokens.bearer(key)
        assert bearer is not None
        assert (bearer.actor.uuid, bearer.actor.session) == (keeper.uuid, view.id)
        assert keeper.is_admin
        assert not bearer.actor.is_admin
        with pytest.raises(ForbiddenError):
            await house.models.list(bearer.actor)

    async def test_it_ends_with_its_last_day(self, house: House, clock: HandClock) -> None:
        mina = await account(house, "미나", login="mina")
        key = await key_of(house, mina, days=1)
        clock.forward(seconds=86_399)
        assert await holder(house, key)
        clock.forward(seconds=1)
        assert await holder(house, key) is None

    @pytest.mark.parametrize("made_up", ["", "hearth_", "hearth_nobody", "x" * 10_000, "hearth_\udcff", "hearth_" * 90])
    async def test_what_is_no_key_is_nobody(self, house: House, made_up: str) -> None:
        await key_of(house, await account(house, "미나", login="mina"))
        assert await holder(house, made_up) is None

    async def test_a_session_is_no_key_and_a_key_is_no_session(self, house: House) -> None:
        token = await house.accounts.register(login="mina", name="미나", password="a long password")
        mina = await house.sessions.actor_for(token)
        assert mina is not None
        key = await key_of(house, mina)
        assert await holder(house, token) is None
        assert await house.sessions.actor_for(key) is None
        assert await house.callers.admit(key, address="here") is None

    async def test_the_last_use_is_written_at_most_once_a_minute(self, house: House, clock: HandClock) -> None:
        mina = await account(house, "미나", login="mina")
        key, seen = await key_of(house, mina), list[str]()
        for seconds in (0, 30, 29, 1, 60):
            clock.forward(seconds=seconds)
            await holder(house, key)
            seen.append((await house.api_tokens.list(mina))[0].last_used_at)
        assert "" not in seen
        assert seen[0] == seen[1] == seen[2] != seen[3] != seen[4]

    async def test_one_scope_is_not_another(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        key = await key_of(house, mina, "write")
        assert (await house.callers.admit_key(key, address="here", scopes=WRITE)).uuid == mina.uuid
        with pytest.raises(ForbiddenError) as refusal:
            await house.callers.admit_key(key, address="here", scopes=READ)
        assert refusal.value.code == "token_scope"
        with pytest.raises(SignedOutError) as unknown:
            await house.callers.admit_key("hearth_nobody", address="here", scopes=READ)
        assert unknown.value.code == "token_unknown"

    async def test_keys_share_the_pace_of_their_person(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        keys = [await key_of(house, mina) for _ in range(2)]
        house.event_pace.rate, house.event_pace.burst = 0.1, 3.0
        for key in (keys[0], keys[1], keys[0]):
            await house.callers.admit_key(key, address=key, scopes=READ)
        with pytest.raises(LimitError):
            await house.callers.admit_key(keys[1], address="there", scopes=READ)

    async def test_made_up_keys_cost_their_address(self, house: House) -> None:
        house.event_pace.rate, house.event_pace.burst = 0.1, 3.0
        for n in range(3):
            with pytest.raises(SignedOutError):
                await house.callers.admit_key(f"hearth_{n}", address="there", scopes=READ)
        with pytest.raises(LimitError):
            await house.callers.admit_key("hearth_4", address="there", scopes=READ)


class TestEnding:
    async def test_a_revoked_key_is_nobody_s_at_once(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        key = await key_of(house, mina)
        await house.api_tokens.revoke(mina, (await house.api_tokens.list(mina))[0].id)
        assert await holder(house, key) is None
        assert not await house.callers.is_known(token=None, key=key)

    async def test_anothers_key_is_unknown(self, house: House) -> None:
        mina, jun = await account(house, "미나", login="mina"), await account(house, "준", login="jun")
        key = await key_of(house, mina)
        theirs = (await house.api_tokens.list(mina))[0].id
        for wanted in (theirs, "no-uuid", mina.session, "' OR 1=1 --"):
            with pytest.raises(NotFoundError) as refusal:
                await house.api_tokens.revoke(jun, wanted)
            assert refusal.value.code == "token_missing"
        assert await holder(house, key)
        assert await house.api_tokens.list(jun) == []

    async def test_another_password_ends_them_all(self, house: House) -> None:
        mina, jun = await account(house, "미나", login="mina"), await account(house, "준", login="jun")
        key, other = await key_of(house, mina), await key_of(house, jun)
        await house.credentials.change_password(mina, old="a long password", new="another long one")
        assert await holder(house, key) is None
        assert await house.api_tokens.list(mina) == []
        assert await holder(house, other)

    async def test_they_go_with_the_account(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        key = await key_of(house, mina)
        await house.credentials.leave_for_good(mina, password="a long password", erase=False)
        assert await holder(house, key) is None
        async with house.database.read() as db:
            assert (await db.exec(select(ApiToken))).all() == []
