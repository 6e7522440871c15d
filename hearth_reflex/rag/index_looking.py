"""How a table of the index is asked: by vectors, each compared or by their own index, and by words.

Conditions come ready made (`index_filters.py`). Errors of the store are the caller's to catch.
"""

import importlib
from collections.abc import Sequence
from typing import Any

from hearth_reflex.domain.passages import Near

COMPARED_UP_TO = 20_000  # rows that may be seen: comparing so few is as fast as their own index, and exact
_REFINE = 20  # an index of compressed vectors alone finds a third of the nearest
_PROBES = 30
_MOST = 1000
_QUERY_WORDS = 64


async def near_each(
    table: Any, vectors: Sequence[Sequence[float]], condition: str, *, limit: int, compared_up_to: int | None
) -> list[list[Near]]:
    """The nearest to each of the vectors, the nearest first, all of them in one pass over the table.

    Args:
        compared_up_to: rows under the condition that are compared one by one; None for all, as where the vectors have
            no index of their own.
    """
    query = table.query().nearest_to([list(vector) for vector in vectors]).distance_type("cosine").where(condition)
    if compared_up_to is None or await table.count_rows(condition) <= compared_up_to:
        query = query.bypass_vector_index()
    else:
        query = query.nprobes(_PROBES).refine_factor(_REFINE)
    found: list[list[Near]] = [[] for _ in vectors]
    for row in await query.limit(_bounded(limit)).select(["id", "_distance"]).to_list():
        found[int(row.get("query_index", 0))].append(Near(str(row["id"]), 1.0 - float(row["_distance"])))
    return found


async def matching_words(table: Any, words: str, condition: str, *, limit: int) -> list[Near]:
    """By BM25, the best first; nothing for no words."""
    asked = " ".join(list(dict.fromkeys(words.split()))[:_QUERY_WORDS])
    if not asked:
        return []
    match = importlib.import_module("lancedb.query").MatchQuery(asked, "words")
    query = table.query().nearest_to_text(match).where(condition).limit(_bounded(limit))
    rows = await query.select(["id", "_score"]).to_list()
    return [Near(str(row["id"]), float(row["_score"])) for row in rows]


def _bounded(limit: int) -> int:
    return max(1, min(limit, _MOST))
