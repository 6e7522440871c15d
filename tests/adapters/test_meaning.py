"""Finding in other words and in the other language, with the real embedder: a small part of `benchmarks/meaning.py`."""

from pathlib import Path

from hearth_reflex.db.base import new_uuid, now
from hearth_reflex.domain.passages import Entry, Kind, key_of, user_scope
from hearth_reflex.domain.queries import Query, query_of
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.order import LIGHT, EmbedderOrder
from hearth_reflex.services.access import Actor
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.reach import Reach
from hearth_reflex.services.two_legs import TwoLegs
from tests.embedders import MemoryIndex
from tests.meaning_set import Question, passages, questions
from tests.retrieval_pool import pool

AMONG = 60  # others, beside the passages that other questions are about
TOP = 10
LONG_S = 20.0  # for words, however busy this machine is
GOAL = 0.8
ME = Actor(user_id=1, uuid=new_uuid(), name="미나", is_admin=False, is_guest=True, session="")


async def test_other_words_and_the_other_language(tmp_path: Path) -> None:
    embedder, index = WorkerEmbedder(EmbedderOrder(folder=tmp_path, source=LIGHT)), MemoryIndex()
    texts = {key_of(Kind.CHUNK, new_uuid()): text for text in (*passages(), *pool(AMONG))}
    entries = [Entry(key, Kind.CHUNK, user_scope(ME.uuid), new_uuid(), text, now()) for key, text in texts.items()]
    try:
        said = list(texts.values())
        await index.put(entries, await embedder.embed(said), await embedder.words(said))
        legs = TwoLegs(embedder=embedder, index=index)
        asked = questions(held_out=True)
        found = [await ways(legs, question, texts) for question in asked]
    finally:
        await embedder.close()
    recall = {
        way: {
            direction: mean(
                [one[way] for question, one in zip(asked, found, strict=True) if question.direction == direction]
            )
            for direction in ("ko-ko", "ko-en", "en-ko", "en-en")
        }
        for way in ("fused", "words")
    }
    assert mean([one["fused"] for one in found]) >= GOAL, recall
    assert mean([one["fused"] for one in found]) > mean([one["words"] for one in found]), recall
    assert min(recall["fused"].values()) >= GOAL - 0.15, recall


async def ways(legs: TwoLegs, question: Question, texts: dict[str, str]) -> dict[str, bool]:
    """Whether the passage is among the first ten, fused and by words alone."""
    query: Query = query_of(question.text)
    found = await legs.ask(Reach(ME, {}, shelf=True), query)
    assert found.vectors is not None
    read = {key: Passage(key, Kind.CHUNK, texts[key]) for key in found.keys}
    order = await legs.ordered(query, found, read, seconds=LONG_S)
    fused = [texts[one.candidate.key] for one in order[:TOP]]
    words = [texts[key] for key in sorted(found.words, key=lambda key: -found.words[key])[:TOP]]
    return {"fused": question.passage in fused, "words": question.passage in words}


def mean(hits: list[bool]) -> float:
    return round(sum(hits) / len(hits), 3)
