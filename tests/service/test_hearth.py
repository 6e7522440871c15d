"""The name of the house, and where phones find it."""

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import ForbiddenError, InputError
from hearth_reflex.services import hearth
from tests.factories import guest, house_keeper


async def test_who_keeps_the_house_names_it(house: House) -> None:
    keeper = await house_keeper(house)
    assert await house.hearth.name() == ""
    assert await house.hearth.rename(keeper, "  할머니 댁  ") == "할머니 댁"
    assert await house.hearth.name() == "할머니 댁"
    assert await house.hearth.rename(keeper, " ") == ""
    assert await house.hearth.name() == ""


@pytest.mark.parametrize("name", ["x" * 61, "a\x00b", "\u202eabc"])
async def test_a_bad_name_is_refused(house: House, name: str) -> None:
    keeper = await house_keeper(house)
    with pytest.raises(InputError) as refusal:
        await house.hearth.rename(keeper, name)
    assert refusal.value.field == "name"


async def test_nobody_else_names_it(house: House) -> None:
    with pytest.raises(ForbiddenError):
        await house.hearth.rename(await guest(house, "미나"), "내 집")
    assert await house.hearth.name() == ""


@pytest.mark.parametrize(
    ("public", "host", "found", "told"),
    [
        ("https://hearth.example", "0.0.0.0", "192.0.2.7", "https://hearth.example"),  # noqa: S104 - a setting that is read, no socket
        ("", "0.0.0.0", "192.0.2.7", "http://192.0.2.7:8000"),  # noqa: S104 - a setting that is read, no socket
        ("", "0.0.0.0", None, ""),  # noqa: S104 - a setting that is read, no socket
        ("", "127.0.0.1", "192.0.2.7", ""),
    ],
)
def test_what_a_phone_opens(
    house: House, monkeypatch: pytest.MonkeyPatch, public: str, host: str, found: str | None, told: str
) -> None:
    monkeypatch.setattr(hearth, "lan_address", lambda: found)
    asked = hearth.Hearth(database=house.database, bus=house.bus, public_url=public, host=host, port=8000)
    assert asked.nearby_url() == told
