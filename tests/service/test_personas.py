"""Personas of people: who may make, see and change one, what it may be called, and what remains of one."""

import asyncio
from typing import Any

import pytest
from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.persona import Persona
from hearth_reflex.errors import ConflictError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.persona_access import MOST_PERSONAS, PersonaView
from tests.engines import ScriptedEngine
from tests.factories import account, guest, house_keeper, listen, living_room, say
from tests.service.refusals import notices, outcome, refused

LUNA: dict[str, Any] = {"name_ko": "루나", "name_en": "Luna", "instructions": "Keep the light.", "greeting": "어서 와."}


async def mina(house: House) -> Actor:
    return await account(house, "미나", login="mina")


async def luna(house: House, owner: Actor) -> PersonaView:
    return await house.personas.create(owner, **LUNA)


class TestMaking:
    async def test_it_is_its_owners(self, house: House) -> None:
        owner, other = await mina(house), await account(house, "준", login="jun")
        made = await house.personas.create(owner, **LUNA, voice="반말로", config={"temperature": 0.2})
        assert (made.own, made.house, made.voice, made.config) == (True, False, "반말로", {"temperature": 0.2})
        assert [one.name_en for one in await house.personas.mine(owner)] == ["Ember", "Luna"]
        assert [one.name_en for one in await house.personas.mine(other)] == ["Ember"]
        assert await house.personas.look(owner, made.id) == made

    async def test_one_name_is_enough(self, house: House) -> None:
        made = await house.personas.create(await mina(house), name_ko="루나")
        assert (made.name_en, made.instructions) == (
            "루나",
            "You are 루나. Answer whoever spoke last, in their language.",
        )

    async def test_a_guest_makes_none(self, house: House) -> None:
        await refused("persona_guest", house.personas.create(await guest(house, "나그네"), **LUNA))

    async def test_nobody_has_more_than_so_many(self, house: House) -> None:
        owner = await mina(house)
        async with house.database.write() as db:
            for number in range(MOST_PERSONAS - 1):
                name = f"p{number}"
                db.add(Persona(owner_user_id=owner.user_id, name_ko=name, name_en=name, instructions=""))
        last = await luna(house, owner)
        await refused("personas_many", house.personas.create(owner, name_ko="또"))
        await house.personas.remove(owner, last.id)
        assert (await house.personas.create(owner, name_ko="또")).own


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "준",
            "준 님",
            "JUN",
            "Ｊｕｎ",
            "Jún bot",
            "루나",
            "Lúna.",
            "Luna bot",
            "불씨",
            "Ember junior",
            "엠버",
            "엠버님",
            "관리자",
            "AI",
        ],
    )
    async def test_no_persona_takes_a_name(self, house: House, name: str) -> None:
        owner = await mina(house)
        await guest(house, "준")
        await guest(house, "jun")
        await luna(house, owner)
        other = await house.personas.create(owner, name_ko="별이")
        await refused("persona_name_taken", house.personas.create(owner, name_ko=name))
        await refused("persona_name_taken", house.personas.create(owner, name_ko="새", name_en=name))
        await refused("persona_name_taken", house.personas.change(owner, other.id, name_en=name))
        assert (await house.personas.look(owner, other.id)).name_en == "별이"

    @pytest.mark.parametrize("name", ["루나", "루나 님", "luna", "Lúna", "L.una", "Luna bot"])
    async def test_nobody_takes_a_personas_name(self, house: House, name: str) -> None:
        owner = await mina(house)
        await luna(house, owner)
        await refused("name_taken", house.accounts.join_as_guest(name))
        await refused("name_taken", house.profiles.change(owner, name=name))
        await refused("name_taken", house.accounts.register(login="someone", name=name, password="a long password"))

    async def test_names_that_only_begin_alike_are_free(self, house: House) -> None:
        owner = await mina(house)
        await luna(house, owner)
        assert await guest(house, "루나리")
        assert await house.personas.create(owner, name_ko="AI 선생님", name_en="Lunar")

    async def test_its_own_name_written_otherwise_stays_its_own(self, house: House) -> None:
        owner = await mina(house)
        made = await luna(house, owner)
        assert (await house.personas.change(owner, made.id, name_en="LUNA", name_ko="루 나")).name_en == "LUNA"

    async def test_a_name_is_free_again_when_it_is_given_up(self, house: House) -> None:
        owner = await mina(house)
        made = await luna(house, owner)
        await house.personas.change(owner, made.id, name_ko="별이", name_en="Star")
        assert await guest(house, "루나")
        await house.personas.remove(owner, made.id)
        assert await house.personas.create(owner, name_ko="별이")

    async def test_two_who_want_one_name_in_the_same_moment(self, house: House) -> None:
        owners = [await account(house, f"주인{n}", login=f"owner{n}") for n in range(4)]
        tries = [house.personas.create(owner, **LUNA) for owner in owners]
        tries += [house.accounts.join_as_guest("루나")]  # pyright: ignore[reportArgumentType] - only how each ends counts
        ends = await asyncio.gather(*tries, return_exceptions=True)
        assert len([end for end in ends if isinstance(end, ConflictError)]) == 4
        assert len([end for end in ends if isinstance(end, BaseException)]) == 4


class TestChanging:
    async def test_its_owner_changes_what_is_given(self, house: House) -> None:
        owner = await mina(house)
        made = await luna(house, owner)
        changed = await house.personas.change(owner, made.id, about="등대지기", config={"top_p": 0.9})
        assert (changed.about, changed.config, changed.instructions) == ("등대지기", {"top_p": 0.9}, "Keep the light.")
        assert (await house.personas.change(owner, made.id, config={})).config == {}

    async def test_to_others_it_is_not_there(self, house: House) -> None:
        owner, other, keeper = await mina(house), await account(house, "준", login="jun"), await house_keeper(house)
        made = await luna(house, owner)
        for who in (other, keeper, await guest(house, "나그네")):
            for uuid in (made.id, "' OR 1=1 --", ""):
                assert await outcome(house.personas.look(who, uuid)) == "persona_unknown"
                assert await outcome(house.personas.change(who, uuid, name_ko="도둑")) == "persona_unknown"
                assert await outcome(house.personas.remove(who, uuid)) == "persona_unknown"
                assert await outcome(house.cards.card(who, uuid, as_png=False)) == "persona_unknown"
        assert await house.personas.look(owner, made.id) == made

    async def test_the_houses_own_is_for_who_keeps_the_house(self, house: House) -> None:
        owner, keeper = await mina(house), await house_keeper(house)
        (ember,) = await house.personas.mine(owner)
        assert (ember.house, ember.own, ember.instructions) == (True, False, "")
        await refused("admin_only", house.personas.change(owner, ember.id, instructions="obey"))
        await refused("admin_only", house.personas.remove(owner, ember.id))
        await refused("persona_house", house.personas.remove(keeper, ember.id))
        await refused("persona_unknown", house.cards.card(owner, ember.id, as_png=False))
        changed = await house.personas.change(keeper, ember.id, name_en="Cinder", instructions="Be brief.")
        assert (changed.own, changed.name_en, changed.instructions) == (True, "Cinder", "Be brief.")
        assert await guest(house, "Ember")
        await refused("name_taken", house.accounts.join_as_guest("Cinder2"))

    async def test_how_its_name_sounds_is_its_own(self, house: House) -> None:
        keeper = await house_keeper(house)
        (ember,) = await house.personas.mine(keeper)
        await refused("name_taken", house.accounts.join_as_guest("엠버"))
        assert (await house.personas.change(keeper, ember.id, name_ko="엠버")).name_ko == "엠버"
        await refused("name_taken", house.accounts.join_as_guest("엠버"))


class TestRemoving:
    async def test_what_it_said_stays_and_what_it_was_told_goes(self, house: House, engine: ScriptedEngine) -> None:
        owner = await mina(house)
        room = (await house.rooms.create(owner, name="등대")).id
        made = await luna(house, owner)
        await house.ai_seats.seat(owner, room, made.id)
        await house.personas.remove(owner, made.id)
        assert [one.name_en for one in await house.personas.mine(owner)] == ["Ember"]
        assert [seat.name_en for seat in await house.ai_seats.seated(owner, room)] == ["Ember"]
        assert (await notices(house, owner, room))[-2:] == [
            "Luna (AI) sat down by the fire",
            "Luna (AI) got up from the fire",
        ]
        greeting = [row for row in (await house.rooms.enter(owner, room)).rows if row["kind"] == "talk"]
        assert [(row["name"], row["name_en"], row["text"]) for row in greeting] == [("루나", "Luna", "어서 와.")]
        async with house.database.read() as db:
            kept = (await db.exec(select(Persona).where(col(Persona.uuid) == made.id))).one()
        assert (kept.instructions, kept.greeting, kept.config) == ("", "", {})
        await refused("persona_unknown", house.ai_seats.seat(owner, room, made.id))
        await refused("persona_unknown", house.personas.remove(owner, made.id))

    async def test_an_answer_on_its_way_ends_with_its_text(self, house: House, engine: ScriptedEngine) -> None:
        owner = await mina(house)
        room = (await house.rooms.create(owner, name="등대")).id
        made = await house.personas.create(owner, name_ko="루나", name_en="Luna")
        await house.ai_seats.seat(owner, room, made.id)
        engine.hold = asyncio.Event()
        listener = await listen(house, owner, room)
        await say(house, owner, room, "@luna 이야기해 줘")
        await listener.until(lambda heard: any(row["text"] == "Once upon a " for row in heard.answers()))
        await house.personas.remove(owner, made.id)
        await listener.until(lambda heard: heard.answer()["status"] == "stopped")
        assert listener.answer()["text"] == "Once upon a "
        await refused("answer_persona_gone", house.replies.go_on(owner, room, listener.answer()["id"]))
        before = len(engine.requests)
        await say(house, owner, room, "@luna 거기 있어?")
        assert len(engine.requests) == before

    async def test_an_answer_on_its_way_ends_when_its_owner_goes_for_good(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        owner, other = await mina(house), await account(house, "준", login="jun")
        room = await living_room(house, owner)
        keeper = await house_keeper(house)
        for person in (keeper, owner, other):
            await house.rooms.sit_down(person, room)
        await house.seats.give_role(keeper, room, owner.uuid, "moderator")
        made = await house.personas.create(owner, name_ko="루나", name_en="Luna")
        await house.ai_seats.seat(owner, room, made.id)
        engine.hold = asyncio.Event()
        listener = await listen(house, other, room)
        await say(house, other, room, "@luna 이야기해 줘")
        await listener.until(lambda heard: any(row["text"] == "Once upon a " for row in heard.answers()))
        await house.credentials.leave_for_good(owner, password="a long password", erase=False)
        await listener.until(lambda heard: heard.answer()["status"] == "stopped")
        assert listener.answer()["text"] == "Once upon a "

    async def test_who_goes_for_good_takes_theirs_along(self, house: House) -> None:
        owner, other = await mina(house), await account(house, "준", login="jun")
        room = await living_room(house, owner)
        for person in (owner, other):
            await house.rooms.sit_down(person, room)
        keeper = await house_keeper(house)
        await house.rooms.sit_down(keeper, room)  # owns the living room
        await house.seats.give_role(keeper, room, owner.uuid, "moderator")
        made = await luna(house, owner)
        await house.ai_seats.seat(owner, room, made.id)
        await house.credentials.leave_for_good(owner, password="a long password", erase=False)
        assert [seat.name_en for seat in await house.ai_seats.seated(other, room)] == ["Ember"]
        await refused("persona_unknown", house.personas.look(other, made.id))
        assert (await house.personas.create(other, **LUNA)).name_en == "Luna"
