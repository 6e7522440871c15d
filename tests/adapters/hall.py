"""A model with its decode thread, asked without a process and without an event loop."""

import queue
import threading
import time
from pathlib import Path

from hearth_reflex.domain.generation import ChatRequest, EngineEvent, Finished, Piece, Started
from hearth_reflex.errors import EngineError
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.core import ChatModel
from hearth_reflex.llm.kept import KeptStore
from hearth_reflex.llm.stage import Job, Stage

PATIENCE_S = 60


class Asked:
    """One reply that was asked for; gathers what is told of it."""

    def __init__(self, hall: "Hall", job: Job) -> None:
        self._hall, self.job = hall, job
        self._events: queue.Queue[EngineEvent | EngineError] = queue.Queue()
        self.heard: list[EngineEvent | EngineError] = []

    def tell(self, event: EngineEvent | EngineError) -> None:
        self._events.put(event)

    def cancel(self) -> None:
        if self._hall.stage.cancel(self.job):
            self.tell(EngineError("never_begun"))

    def next(self) -> EngineEvent | EngineError:
        self.heard.append(self._events.get(timeout=PATIENCE_S))
        return self.heard[-1]

    def wait_for_start(self) -> None:
        while not isinstance(self.next(), Started):
            pass

    def wait_for_pieces(self, count: int) -> None:
        while sum(isinstance(event, Piece) for event in self.heard) < count:
            self.next()

    def end(self) -> Finished | EngineError:
        """How it ended; fails when it does not."""
        while not self.heard or not isinstance(self.heard[-1], Finished | EngineError):
            self.next()
        return self.heard[-1]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.heard if isinstance(event, Piece))

    def whole(self) -> tuple[str, Finished]:
        """Text and figures of a reply that ended well."""
        end = self.end()
        assert isinstance(end, Finished), end
        assert self._events.empty(), "something was told after the end"
        return self.text, end


class Hall:
    """Args:
    kept_folder: where quiet talks are kept; in the data folder when left out.
    """

    def __init__(self, config: EngineConfig, *, max_queue: int = 64, kept_folder: Path | None = None) -> None:
        self.model = ChatModel.load(config)
        folder = kept_folder or config.data_dir / "kept"
        self.kept = KeptStore(folder, fingerprint="test", limit_bytes=config.kv_disk_mb * 1024 * 1024)
        self._asked: dict[Job, Asked] = {}
        self._lock = threading.Lock()
        self.stage = Stage(self.model, self.kept, max_queue=max_queue, tell=self._tell)

    def ask(self, request: ChatRequest) -> Asked:
        prompt = self.model.prepare(request)
        job = Job(
            prompt,
            asker=request.asker,
            room=request.affinity,
            priority=request.priority,
            arrived=time.perf_counter(),
        )
        asked = Asked(self, job)
        with self._lock:
            self._asked[job] = asked
        self.stage.submit(job)
        return asked

    def close(self) -> None:
        for asked in list(self._asked.values()):
            self.stage.cancel(asked.job)
        self.stage.close()
        self.kept.close()
        self.model.close()

    def _tell(self, told: list[tuple[Job, EngineEvent | EngineError]]) -> None:
        with self._lock:
            for job, event in told:
                self._asked[job].tell(event)
