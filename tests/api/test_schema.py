"""Whatever is sent to whatever route, the house has an answer of its own: no fault, and every refusal in words.

What is sent is made up from the description of the API: such that fits it, and such that does not. Half of the time the
ids in the path are of things that are there, so that it comes as far as the services.
"""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from hearth_reflex.api.app import make_api
from hearth_reflex.bootstrap import House
from hearth_reflex.db.user import User
from hearth_reflex.errors import EngineError
from hearth_reflex.services.access import Actor
from tests.api.conftest import BASE, Browser
from tests.factories import house_keeper, say
from tests.library import put

EXAMPLES = 2  # of each route, that fit, and as many that do not
ENDLESS = "/events"  # a stream never ends by itself; it has tests of its own
OF_THE_WIRE = ("cookie", "content-length")  # what a client writes itself
EVERY_CHECK: list[Any] = list(HealthCheck)
Known = dict[str, str]


def operations() -> list[Any]:
    """Of each route what may be sent there."""
    schema = schemathesis.openapi.from_dict(make_api().openapi())
    found: list[Any] = list(schema.get_all_operations())
    return [each.ok() for each in found if not each.ok().path.endswith(ENDLESS)]


def made_up(operation: Any, mode: GenerationMode) -> list[Case]:
    found = list[Case]()

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=EVERY_CHECK,
    )
    @given(case=operation.as_strategy(mode))
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found


def cases(operation: Any, known: Known) -> Iterator[Case]:
    # Where only the path says something, any text fits: nothing can be wrong with it but that nobody is there.
    takes_something = len(operation.body) or len(operation.query)
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if takes_something else (GenerationMode.POSITIVE,)
    for mode in modes:
        for number, case in enumerate(made_up(operation, mode)):
            if number % 2:
                there = {name: known[name] for name in case.path_parameters if name in known}
                case.path_parameters = dict(case.path_parameters) | there
            yield case


async def things(house: House, keeper: Actor) -> Known:
    """Ids of what is there, by the name of the path's part. New for each route: some take things away."""
    room = (await house.rooms.create(keeper, name=f"방 {uuid4().hex[:8]}")).id
    question = await say(house, keeper, room, "@ember 안녕")
    rows = (await house.rooms.enter(keeper, room)).rows
    answer = next((row for row in rows if row["is_ai"] and row["kind"] == "talk"), question)
    invite = await house.invites.make(keeper, room)
    session = await house.ai_sessions.start(keeper, room, persona="", title="")
    return {
        "room_id": room,
        "message_id": answer["id"],
        "session_id": session.session_id,
        "user_id": keeper.uuid,
        "person_id": keeper.uuid,
        "persona_id": answer["author"],
        "persona": answer["author"],
        "code": invite.code,
        "invite_id": invite.id,
        "emoji": "🔥",
    }


async def of_library(house: House, keeper: Actor, path: str) -> Known:
    """A document and a collection, for the routes that name one."""
    found = Known()
    if "{document_id}" in path:
        found["document_id"] = (await put(house, keeper, uuid4().bytes)).id
    if "{collection_id}" in path:
        found["collection_id"] = (await house.collections.make(keeper, uuid4().hex)).id
    return found


async def send(client: httpx.AsyncClient, case: Case) -> httpx.Response | None:
    """None for what no client could put on the wire."""
    try:
        ready: Any = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
        headers = {name: value for name, value in ready.headers.items() if name.lower() not in OF_THE_WIRE}
        content = ready.body.encode() if isinstance(ready.body, str) else ready.body
        request = client.build_request(ready.method or "GET", ready.url or BASE, headers=headers, content=content)
    except (ValueError, requests.RequestException, httpx.InvalidURL):
        return None
    return await client.send(request)


async def sign_in(house: House, browser: Browser, keeper: Actor) -> httpx.AsyncClient:
    """A browser of whoever keeps the house: what one call ends must not spoil the next ones."""
    async with house.database.write() as db:
        token = await house.sessions.begin(db, await db.get_one(User, keeper.user_id))
    return browser(Cookie=f"hearth_session={token}")


def faults(case: Case, answer: httpx.Response) -> list[str]:
    shown = f"{answer.status_code}: {case.method} {case.formatted_path} {case.query} {str(case.body)[:200]}"
    in_words = answer.headers.get("content-type") == "application/problem+json"
    if answer.status_code >= 500 and not (in_words and answer.status_code == EngineError.status):
        return [f"{shown}: {answer.text[:200]}"]
    return [] if in_words or answer.status_code < 400 else [f"no words: {shown}"]


@pytest.mark.timeout(400)
async def test_every_route_has_an_answer_of_its_own(house: House, browser: Browser) -> None:
    keeper, wrong, sent = await house_keeper(house), list[str](), 0
    for operation in operations():
        client, known = await sign_in(house, browser, keeper), await things(house, keeper)
        known |= await of_library(house, keeper, operation.path)
        for case in cases(operation, known):
            async with asyncio.timeout(20):
                answer = await send(client, case)
            if answer is not None:
                sent += 1
                wrong += faults(case, answer)
    assert sent > 300
    assert not wrong, "\n".join(wrong)
