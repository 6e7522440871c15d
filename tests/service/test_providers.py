"""Servers outside: who may set them, what becomes of a key, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.db.model import Provider
from hearth_reflex.errors import ForbiddenError, InputError, NotFoundError, ProviderKeyError
from hearth_reflex.llm.remote import RemoteServer
from hearth_reflex.services.access import Actor
from hearth_reflex.services.providers import MOST_PROVIDERS, Providers, ProviderView, clean_url
from hearth_reflex.services.sealing import Sealer
from tests.factories import guest, house_keeper
from tests.strangers import Answer, refuses, says, stranger, whole

KEY = "sk-very-secret-0123456789"
MODELS = says(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"data":[]}')
NOBODY = "http://127.0.0.1:9"


async def save(house: House, keeper: Actor, **facts: Any) -> ProviderView:
    given: dict[str, Any] = {"uuid": None, "name": "Cloud", "base_url": NOBODY, "model": "big-1", "key": KEY}
    return await house.providers.save(keeper, **given | facts)


async def all_rows(database: Database) -> list[Provider]:
    async with database.read() as db:
        return list((await db.exec(select(Provider))).all())


def written(database: Database) -> bytes:
    """All that SQLite has on disk; nothing where the database is another."""
    if not database.is_sqlite:
        return b""
    file = Path(str(database.engine.url.database))
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))


async def test_a_server_is_kept_checked_and_off(house: House) -> None:
    keeper = await house_keeper(house)
    async with stranger(MODELS, whole("H")) as there:
        saved = await save(house, keeper, base_url=f"{there.url}/v1/", name=" Cloud  nine ", context_tokens=32_000)
    assert there.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert (saved.name, saved.base_url, saved.has_key) == ("Cloud nine", f"{there.url}/v1", True)
    assert (saved.enabled, saved.error, saved.context_tokens) == (False, "", 32_000)
    assert saved.checked_at
    assert saved.ref == f"remote:{saved.id}"
    assert await house.providers.list(keeper) == [saved]


@pytest.mark.parametrize(
    ("answer", "error"), [(refuses(401), "provider_key"), (refuses(500), "provider"), (refuses(429), "provider_limit")]
)
async def test_a_check_that_fails_is_kept_with_its_reason(house: House, answer: Answer, error: str) -> None:
    keeper = await house_keeper(house)
    async with stranger(answer) as there:
        saved = await save(house, keeper, base_url=there.url)
    assert (saved.error, saved.enabled) == (error, False)


async def test_a_server_whose_key_was_refused_is_not_turned_on(house: House) -> None:
    keeper = await house_keeper(house)
    async with stranger(refuses(401), MODELS, whole("H")) as there:
        saved = await save(house, keeper, base_url=there.url)
        with pytest.raises(ProviderKeyError):
            await house.providers.enable(keeper, saved.id, True)
        better = await save(house, keeper, uuid=saved.id, base_url=there.url, key="sk-right")
    assert there.asked[-1].headers["authorization"] == "Bearer sk-right"
    assert better.error == ""
    assert (await house.providers.enable(keeper, saved.id, True)).enabled


async def test_a_key_goes_in_and_never_comes_back(house: House) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)
    (row,) = await all_rows(house.database)
    assert row.sealed_key
    assert KEY not in row.sealed_key
    assert KEY not in repr(saved) + repr(await house.providers.list(keeper)) + repr(house.providers.server(row))
    assert row.sealed_key not in repr(saved)
    assert house.providers.server(row).key == KEY
    assert KEY.encode() not in written(house.database)


async def test_a_key_stays_is_changed_or_is_taken_away(house: House) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)

    async def kept() -> str | None:
        return house.providers.server((await all_rows(house.database))[0]).key

    await save(house, keeper, uuid=saved.id, key=None, name="Other")
    assert await kept() == KEY
    await save(house, keeper, uuid=saved.id, key="sk-2")
    assert await kept() == "sk-2"
    assert not (await save(house, keeper, uuid=saved.id, key="")).has_key
    assert await kept() == ""


async def test_a_kept_key_is_not_sent_to_another_address(house: House) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)
    async with stranger(MODELS, whole("H")) as thief:
        with pytest.raises(InputError) as raised:
            await save(house, keeper, uuid=saved.id, base_url=thief.url, key=None)
        assert raised.value.code == "provider_key_again"
        assert thief.asked == []
        assert (await house.providers.list(keeper))[0].base_url == NOBODY


async def test_who_moves_to_another_address_is_turned_off(house: House) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)
    await house.providers.enable(keeper, saved.id, True)
    assert (await save(house, keeper, uuid=saved.id, base_url=f"{NOBODY}/v1")).enabled
    assert not (await save(house, keeper, uuid=saved.id, base_url="http://127.0.0.1:10")).enabled


async def test_after_a_new_secret_a_key_is_lost_in_words(house: House) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)
    async with house.database.write() as db:
        (row,) = await all_rows(house.database)
        row.sealed_key = Sealer(b"another secret").seal(KEY)
        db.add(await db.merge(row))
    assert house.providers.server((await all_rows(house.database))[0]).key is None
    with pytest.raises(ProviderKeyError) as raised:
        await house.providers.enable(keeper, saved.id, True)
    assert raised.value.code == "provider_key_lost"
    assert (await house.providers.check(keeper, saved.id)).error == "provider_key_lost"


def test_a_seal_opens_under_its_own_secret_alone() -> None:
    sealed = Sealer(b"one").seal(KEY)
    assert Sealer(b"one").open(sealed) == KEY
    assert Sealer(b"one").seal(KEY) != sealed
    assert Sealer(b"one").open(Sealer(b"one").seal("")) == ""
    for spoilt in (sealed[:-4], "nonsense", "é", json.dumps({"key": KEY})):
        with pytest.raises(ProviderKeyError):
            Sealer(b"one").open(spoilt)
    with pytest.raises(ProviderKeyError):
        Sealer(b"two").open(sealed)


@pytest.mark.parametrize("who", ["guest", "member"])
async def test_only_who_keeps_the_house_may(house: House, who: str) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)
    if who == "guest":
        other = await guest(house, "나그네")
    else:
        token = await house.accounts.register(login="mina", name="미나", password="a long password")
        found = await house.sessions.actor_for(token)
        assert found is not None
        other = found
    attempts = [
        house.providers.list(other),
        save(house, other),
        save(house, other, uuid=saved.id),
        house.providers.check(other, saved.id),
        house.providers.enable(other, saved.id, True),
        house.providers.remove(other, saved.id),
    ]
    for attempt in attempts:
        with pytest.raises(ForbiddenError) as raised:
            await attempt
        assert raised.value.code == "admin_only"
    assert await house.providers.list(keeper) == [saved]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"base_url": "file:///etc/passwd"}, "provider_url"),
        ({"base_url": "ftp://a.example"}, "provider_url"),
        ({"base_url": "a.example/v1"}, "provider_url"),
        ({"base_url": "https://"}, "provider_url"),
        ({"base_url": "https://me:pw@a.example"}, "provider_url"),
        ({"base_url": "https://@a.example"}, "provider_url"),
        ({"base_url": "https://a.example/v1?key=1"}, "provider_url"),
        ({"base_url": "https://a.example/#x"}, "provider_url"),
        ({"base_url": "https://a.example:port"}, "provider_url"),
        ({"base_url": "https://a.example:99999"}, "provider_url"),
        ({"base_url": "https://[::1"}, "provider_url"),
        ({"base_url": "https://a.example\\@b.example"}, "provider_url"),
        ({"base_url": "https://a.exam\nple"}, "provider_url"),
        ({"base_url": "https://집.example"}, "provider_url"),
        ({"base_url": "https://a.example/" + "x" * 300}, "provider_url"),
        ({"name": ""}, "name_empty"),
        ({"name": "x" * 25}, "name_long"),
        ({"model": ""}, "provider_model_name"),
        ({"model": "m" * 201}, "provider_model_name"),
        ({"model": "m\x00"}, "provider_model_name"),
        ({"key": "sk\r\nX-Evil: 1"}, "provider_key_form"),
        ({"key": "열쇠"}, "provider_key_form"),
        ({"key": "k" * 1001}, "provider_key_form"),
        ({"context_tokens": 1}, "provider_context"),
        ({"context_tokens": 10**9}, "provider_context"),
    ],
)
async def test_what_cannot_be_used_is_refused_in_words(house: House, facts: dict[str, Any], code: str) -> None:
    keeper = await house_keeper(house)
    with pytest.raises(InputError) as raised:
        await save(house, keeper, **facts)
    assert raised.value.code == code
    assert KEY not in repr(raised.value.params)
    assert await house.providers.list(keeper) == []


@pytest.mark.parametrize("url", ["http://192.168.0.7:8080", "http://localhost:11434/v1", "https://[2001:db8::1]/v1"])
def test_servers_next_door_are_welcome(url: str) -> None:
    assert clean_url(f" {url}/ ") == url


async def test_unknown_servers_are_not_found(house: House) -> None:
    keeper = await house_keeper(house)
    for uuid in ("nonsense", "0193a5f0-0000-7000-8000-000000000000"):
        for attempt in (house.providers.check(keeper, uuid), house.providers.remove(keeper, uuid)):
            with pytest.raises(NotFoundError) as raised:
                await attempt
            assert raised.value.code == "provider_unknown"


async def test_there_is_an_end_to_servers(house: House) -> None:
    keeper = await house_keeper(house)
    async with house.database.write() as db:
        for number in range(MOST_PROVIDERS):
            db.add(Provider(name=str(number), base_url=NOBODY, model="m"))
    with pytest.raises(InputError) as raised:
        await save(house, keeper)
    assert raised.value.code == "provider_many"


async def test_one_that_is_turned_off_is_named_nowhere(house: House) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)
    await house.providers.enable(keeper, saved.id, True)
    await house.engines.choose_default(keeper, saved.ref)
    await house.engines.choose_fallback(keeper, [saved.ref])
    await house.providers.enable(keeper, saved.id, False)
    await house.providers.enable(keeper, saved.id, True)
    assert await house.engines.default_ref() == ""
    assert await house.engines.fallback() == []


async def test_what_a_check_found_is_not_told_of_what_was_changed_meanwhile(house: House) -> None:
    keeper = await house_keeper(house)
    saved = await save(house, keeper)

    async def changed_meanwhile(server: RemoteServer) -> None:
        async with house.database.write() as db:
            row = (await db.exec(select(Provider))).one()
            row.model = "another"
            db.add(row)

    slow = Providers(database=house.database, clock=house.clock, sealer=Sealer(b"any"), check=changed_meanwhile)
    checked = await slow.check(keeper, saved.id)
    assert (checked.model, checked.error) == ("another", saved.error)
    assert saved.error


async def test_words_can_leave_only_while_a_server_is_turned_on(house: House) -> None:
    keeper = await house_keeper(house)
    assert not await house.providers.some_are_on()
    saved = await save(house, keeper)
    assert not await house.providers.some_are_on()
    await house.providers.enable(keeper, saved.id, True)
    assert await house.providers.some_are_on()
    await house.providers.enable(keeper, saved.id, False)
    assert not await house.providers.some_are_on()
