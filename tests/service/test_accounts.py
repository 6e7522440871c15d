"""Coming in, staying in, going out."""

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import ConflictError, CredentialsError, InputError, NotFoundError
from tests.clocks import HandClock
from tests.factories import guest, listen, seated

PASSWORD = "warm by the fire"


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 25, "a\x00b", "<b>", "@me", "!!!", "a\u202eb", "준:", "[준]", "Мina"]
)
async def test_a_bad_nickname_is_refused(house: House, name: str) -> None:
    with pytest.raises(InputError) as refusal:
        await house.accounts.join_as_guest(name)
    assert refusal.value.field == "name"


@pytest.mark.parametrize(
    "name",
    ["미나", "미 나", "ＭＩＮＡ", "불씨", "ember", "EMBER", "Hearth", "관리자", "불씨 2", "Émber", "System!", "ᴍɪɴᴀ"],
)
async def test_nobody_takes_a_name_that_looks_like_one_in_use(house: House, name: str) -> None:
    await guest(house, "미나")
    await guest(house, "mina")
    with pytest.raises(ConflictError):
        await house.accounts.join_as_guest(name)


async def test_an_account_logs_in_and_its_old_token_stays_apart(house: House) -> None:
    first = await house.accounts.register(login="Mina", name="미나", password=PASSWORD)
    second = await house.accounts.log_in(login=" mina ", password=PASSWORD)
    one, two = await house.sessions.actor_for(first), await house.sessions.actor_for(second)
    assert one is not None
    assert two is not None
    assert one.uuid == two.uuid
    assert one.session != two.session


@pytest.mark.parametrize(("login", "password"), [("mina", "wrong password"), ("nobody", PASSWORD), ("", "")])
async def test_unknown_and_wrong_are_told_alike(house: House, login: str, password: str) -> None:
    await house.accounts.register(login="mina", name="미나", password=PASSWORD)
    with pytest.raises(CredentialsError) as refusal:
        await house.accounts.log_in(login=login, password=password)
    assert (refusal.value.code, refusal.value.field, refusal.value.params) == ("credentials", None, {})


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [
        ("mi", PASSWORD, "login_characters"),
        ("미나", PASSWORD, "login_characters"),
        ("mina", "short", "password_short"),
        ("mina", "x" * 201, "password_long"),
        ("minaminamina", "minaminamina", "password_is_name"),
    ],
)
async def test_an_account_needs_a_usable_login_and_password(house: House, login: str, password: str, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        await house.accounts.register(login=login, name="미나", password=password)
    assert refusal.value.code == code


async def test_a_login_is_taken_once(house: House) -> None:
    await house.accounts.register(login="mina", name="미나", password=PASSWORD)
    with pytest.raises(ConflictError) as refusal:
        await house.accounts.register(login="MINA", name="다른 미나", password=PASSWORD)
    assert refusal.value.code == "login_taken"


async def test_signing_out_ends_the_token_and_tells_the_open_sockets(house: House) -> None:
    room, _ = await seated(house, "준")
    token = await house.accounts.join_as_guest("미나")
    actor = await house.sessions.actor_for(token)
    assert actor is not None
    await house.rooms.sit_down(actor, room)
    listener = await listen(house, actor, room)
    await house.sessions.end(token)
    assert listener.ended == [actor.session]
    assert await house.sessions.actor_for(token) is None
    assert await house.sessions.alive([actor.session]) == set()


@pytest.mark.parametrize("token", [None, "", "x", "x" * 500, "\ud800"])
async def test_a_made_up_token_is_nobody(house: House, token: str | None) -> None:
    assert await house.sessions.actor_for(token) is None


async def test_only_the_hash_of_a_token_is_kept(house: House) -> None:
    token = await house.accounts.join_as_guest("미나")
    async with house.database.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM login_session")).all()
    assert token not in str(rows)
    assert house.sessions.hashed(token) in str(rows)


async def test_only_the_idle_expire(house: House, clock: HandClock) -> None:
    busy = await house.accounts.register(login="busy", name="부지런", password=PASSWORD)
    idle = await house.accounts.register(login="idle", name="느긋", password=PASSWORD)
    for _ in range(4):
        clock.forward(days=10)
        assert await house.sessions.actor_for(busy) is not None
    assert await house.sessions.actor_for(idle) is None
    assert await house.sessions.clean() == 0
    clock.forward(days=25)
    assert await house.sessions.clean() == 1


async def test_workers_that_start_together_print_one_link(house: House, clock: HandClock) -> None:
    links = [await house.accounts.setup_token()]
    clock.forward(seconds=40)
    links.append(await house.accounts.setup_token())
    assert links[0] == links[1] is not None
    clock.forward(seconds=40)
    assert await house.accounts.setup_token() != links[0]


async def test_a_used_link_is_not_printed_again(house: House) -> None:
    link = await house.accounts.setup_token()
    assert link is not None
    await house.accounts.claim_setup(link, login="root", name="집주인", password=PASSWORD)
    assert await house.accounts.setup_token() is None


async def test_the_setup_link_works_once(house: House, clock: HandClock) -> None:
    old = await house.accounts.setup_token()
    clock.forward(minutes=2)
    link = await house.accounts.setup_token()
    assert old is not None
    assert link is not None
    with pytest.raises(NotFoundError):  # a newer link makes the older one void
        await house.accounts.claim_setup(old, login="root", name="집주인", password=PASSWORD)
    with pytest.raises(InputError):  # a mistake in the form does not use it up
        await house.accounts.claim_setup(link, login="root", name="집주인", password="short")
    admin = await house.sessions.actor_for(
        await house.accounts.claim_setup(link, login="root", name="집주인", password=PASSWORD)
    )
    assert admin is not None
    assert admin.is_admin
    with pytest.raises(NotFoundError):
        await house.accounts.claim_setup(link, login="evil", name="도둑", password=PASSWORD)
    assert await house.accounts.setup_token() is None
