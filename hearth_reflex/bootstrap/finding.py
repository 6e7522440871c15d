"""What finds: the search box, retrieval from all that the house knows, and its receipts."""

from hearth_reflex.bootstrap.seeing import WithSeeing
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.services.retrieval import Retrieval
from hearth_reflex.services.search import Search
from hearth_reflex.services.search_logs import SearchLogs
from hearth_reflex.services.search_meaning import Meaning
from hearth_reflex.services.second_look import SecondLook
from hearth_reflex.services.two_legs import TwoLegs


class WithFinding(WithSeeing):
    """Behind the index: `_open_index` and `_open_seeing` come first."""

    def _open_finding(self) -> None:
        legs = TwoLegs(embedder=self._embedder, index=self._index)
        self.retrieval = Retrieval(
            database=self.database,
            clock=self.clock,
            legs=legs,
            pace=Buckets(rate=2.0, burst=30),
            second=SecondLook(self._reranker),
            looks=self._picture_finding,
        )
        self.search_logs = SearchLogs(database=self.database, clock=self.clock)
        self.search = Search(
            database=self.database,
            clock=self.clock,
            pace=Buckets(rate=3.0, burst=20),
            meaning=Meaning(database=self.database, legs=legs, looks=self._picture_finding),
        )
