"""What a house stands on. Everything else in it is made of this."""

import os
import secrets
import socket
from dataclasses import dataclass, field
from typing import Any

from hearth_reflex.db.database import Database
from hearth_reflex.domain.generation import Engine
from hearth_reflex.domain.passages import Embedder
from hearth_reflex.domain.reading import Reads
from hearth_reflex.domain.second_look import Reranker
from hearth_reflex.domain.seeing import Seer, Thumbnails
from hearth_reflex.llm.fleet import Fleet
from hearth_reflex.services.bus import FanOut
from hearth_reflex.services.clock import Clock, SystemClock
from hearth_reflex.services.index_steps import Index
from hearth_reflex.services.picture_finding import SeenIndex
from hearth_reflex.settings import Settings


@dataclass
class Ground:
    """Without a `fleet` only `engine` speaks, and no other model of the house. Without an `embedder`, an `index`, a
    `reranker`, a `seer`, its `looks_index` and `thumbnails`, or a `reader` of documents they are those of the
    settings."""

    settings: Settings
    database: Database
    engine: Engine
    fleet: Fleet | None = None
    embedder: Embedder | None = None
    index: Index | None = None
    reranker: Reranker | None = None
    seer: Seer | None = None
    looks_index: SeenIndex | None = None
    thumbnails: Thumbnails | None = None
    reader: Reads | None = None
    bus: FanOut = field(default_factory=FanOut)
    clock: Clock = field(default_factory=SystemClock)
    worker: str = field(default_factory=lambda: f"{socket.gethostname()[:20]}:{os.getpid()}:{secrets.token_hex(4)}")

    @property
    def shared(self) -> dict[str, Any]:
        """What nearly every service is given."""
        return {"database": self.database, "bus": self.bus, "clock": self.clock}
