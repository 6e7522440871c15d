"""Two hundred questions over twenty thousand messages: at least 95 % have what they are about among the first ten."""

from collections import Counter

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.services.search import Asked, Kind, Search
from tests.factories import seated
from tests.search_set import KINDS, messages, queries
from tests.talk_in_bulk import fill

MESSAGES = 20_000
GOAL = 0.95


@pytest.mark.timeout(600)  # twenty thousand messages come into the index first
async def test_recall_at_ten(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    search = Search(database=house.database, clock=house.clock, pace=Buckets(rate=1000, burst=1000))
    await fill(house.database, room, mina, messages(MESSAGES))
    missed: list[str] = []
    for query in queries():
        found = await search.find(mina, Asked(query.text, kind=Kind.MESSAGES, limit=10))
        shown = ["".join(piece.text for piece in hit.excerpt) for hit in found.messages]
        if query.target not in shown:
            missed.append(f"{query.kind}: {query.text}")
    assert len(missed) <= (1 - GOAL) * len(queries()), missed


def test_the_set_is_what_it_says() -> None:
    asked = queries()
    assert len(asked) == len({query.text for query in asked}) == 200
    assert [query for query in asked if query.text in query.target] == []
    kinds = Counter(query.kind for query in asked)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 8
    assert len(set(messages(MESSAGES))) > 0.9 * MESSAGES
