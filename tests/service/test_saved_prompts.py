"""Questions that a person keeps: their own alone, in good order, and only so many."""

from uuid import uuid4

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.services.saved_prompts import PROMPTS_MAX, TEXT_MAX
from tests.factories import account, guest
from tests.service.refusals import refused


async def test_they_are_kept_changed_and_removed(house: House) -> None:
    mina = await guest(house, "미나")
    second = await house.saved_prompts.add(mina, title=" 저녁  메뉴 ", text="오늘 저녁에 뭐 먹을까?\n")
    first = await house.saved_prompts.add(mina, title="Poem", text="Write me a poem about @ember.")
    assert (second.title, second.text) == ("저녁 메뉴", "오늘 저녁에 뭐 먹을까?")
    assert await house.saved_prompts.listed(mina) == [first, second]
    changed = await house.saved_prompts.change(mina, first.id, title="A poem")
    assert (changed.title, changed.text) == ("A poem", first.text)
    assert (await house.saved_prompts.change(mina, first.id, text="In four lines.")).title == "A poem"
    await house.saved_prompts.remove(mina, first.id)
    assert await house.saved_prompts.listed(mina) == [second]


async def test_nobody_reaches_anothers(house: House) -> None:
    mina, jun = await guest(house, "미나"), await account(house, "준", login="june")
    kept = await house.saved_prompts.add(mina, title="내 것", text="비밀")
    for prompt in (kept.id, str(uuid4()), "nonsense", ""):
        await refused("prompt_unknown", house.saved_prompts.change(jun, prompt, text="빼앗기"))
        await refused("prompt_unknown", house.saved_prompts.remove(jun, prompt))
    assert await house.saved_prompts.listed(jun) == []
    assert await house.saved_prompts.listed(mina) == [kept]


@pytest.mark.parametrize(
    ("title", "text", "code"),
    [
        ("", "x", "prompt_title"),
        ("x" * 81, "x", "prompt_title"),
        ("<b>", "x", "prompt_title"),
        ("\x07", "x", "prompt_title"),
        ("x", " ", "message_empty"),
        ("x", "\x00", "message_control"),
        ("x", "x" * (TEXT_MAX + 1), "message_long"),
    ],
)
async def test_what_cannot_be_kept(house: House, title: str, text: str, code: str) -> None:
    mina = await guest(house, "미나")
    kept = await house.saved_prompts.add(mina, title="good", text="good")
    await refused(code, house.saved_prompts.add(mina, title=title, text=text))
    if code != "prompt_title":
        await refused(code, house.saved_prompts.change(mina, kept.id, text=text))
    else:
        await refused(code, house.saved_prompts.change(mina, kept.id, title=title))
    assert await house.saved_prompts.listed(mina) == [kept]


async def test_only_so_many(house: House) -> None:
    mina = await guest(house, "미나")
    for number in range(PROMPTS_MAX):
        await house.saved_prompts.add(mina, title=f"{number}", text="x")
    await refused("prompts_many", house.saved_prompts.add(mina, title="x", text="x"))
    await house.saved_prompts.add(await guest(house, "준"), title="x", text="x")
