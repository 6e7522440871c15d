"""Where replies are said: the one thread that owns the context, and the line that it takes them from.

The thread sleeps while nobody is there. Each round it sees to who was cancelled, lets in whoever fits, and takes a
step. `submit`, `cancel` and the figures may be called from other threads; `tell` is called from this one.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

import structlog

from hearth_reflex.domain.generation import EngineEvent, FinishReason, Piece, Priority, Started
from hearth_reflex.errors import EngineError
from hearth_reflex.llm.core import ChatModel, Prompt
from hearth_reflex.llm.decoder import Decoder, Told
from hearth_reflex.llm.fair_queue import FairQueue
from hearth_reflex.llm.figures import Figures
from hearth_reflex.llm.kept import Found, KeptStore
from hearth_reflex.llm.prefixes import shared_length
from hearth_reflex.llm.slots import Slots
from hearth_reflex.llm.utterance import Utterance

log = structlog.get_logger(__name__)

_OVERTAKEN = 100  # steps in which others may go before a reply that does not fit yet; then everybody waits for it
_SIBLING_TOKENS = 64  # a prompt that begins like one being read waits for that, when it spares so many tokens
_KEPT_BYTES_S = 300e6  # what a disk is thought to read a second
_IDLE_SHARE = 4  # of the memory, one part in so many is for talks of quiet rooms
_RATE_S = 2.0

Say = tuple["Job", EngineEvent | EngineError]


class Job:
    """One reply that was asked for, for as long as it is on its way."""

    def __init__(self, prompt: Prompt, *, asker: str, room: str, priority: Priority, arrived: float) -> None:
        self.prompt, self.asker, self.room, self.priority, self.arrived = prompt, asker, room, priority, arrived
        self.cancelled = threading.Event()
        self.utterance: Utterance | None = None
        self.started = False
        self.overtaken = 0
        self.kept: tuple[Found, Future[bytes]] | None = None

    @property
    def is_patient(self) -> bool:
        """Whether it gives way to those whom somebody waits for."""
        return self.prompt.alone or self.priority is not Priority.PEOPLE


class Stage:
    """Args:
    max_queue: replies that may wait.
    tell: gets what each round has to say, from the decode thread.
    """

    def __init__(self, model: ChatModel, kept: KeptStore, *, max_queue: int, tell: Callable[[list[Say]], None]) -> None:
        self._model, self._kept, self._tell = model, kept, tell
        idle_cells = model.context.size // _IDLE_SHARE
        self._slots = Slots(model.context, kept, divisible=model.model.divisible, idle_cells=idle_cells)
        self._decoder = Decoder(model, self._slots)
        self._line: FairQueue[Job] = FairQueue(max_queue)
        self._jobs: dict[Utterance, Job] = {}
        self._wake = threading.Condition()
        self._ending = False
        self._gone: list[Job] = []  # cancelled while they waited to go on
        self._forgotten: list[str] = []  # rooms of which nothing is to be kept
        self._crowded = False  # the memory was full against the books: nobody comes in before somebody has left
        self._rate = _Rate()
        self.places = model.context.n_seq
        self._thread = threading.Thread(target=self._run, name="decode", daemon=True)
        self._thread.start()

    @property
    def running(self) -> int:
        return len(self._jobs)

    @property
    def waiting(self) -> int:
        return len(self._line)

    @property
    def tokens_per_second(self) -> float:
        return self._rate.now()

    def submit(self, job: Job) -> None:
        """Raises EngineBusyError when the line is full, EngineError when nobody serves it any more."""
        with self._wake:
            if self._ending:
                raise EngineError
            self._line.push(job, asker=job.asker, room=job.room, priority=job.priority)
            self._wake.notify()

    def cancel(self, job: Job) -> bool:
        """Stop a reply. True when it had not begun: then nothing more is told of it."""
        job.cancelled.set()
        with self._wake:
            if self._line.remove(job):
                if job.utterance is None:
                    return True
                self._gone.append(job)
            self._decoder.interrupt()
            self._wake.notify()
        return False

    def forget(self, room: str) -> None:
        """Nothing that was read of this room is kept, from the next round on."""
        with self._wake:
            self._forgotten.append(room)
            self._wake.notify()

    def line(self) -> list[Job]:
        """Who waits, the next one first."""
        with self._wake:
            return self._line.order()

    def progress(self) -> list[tuple[int, int]]:
        """Of each running reply, the tokens it has said and may still say."""
        return [(utterance.said, utterance.most_more) for utterance in list(self._jobs)]

    def close(self) -> None:
        """Wait for the thread. Everything must have been cancelled before."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while self._await_work():
            try:
                self._round()
                if not self._jobs:
                    self._slots.park()
            except Exception:
                log.exception("engine.round_failed")
                self._end_all(EngineError())
        self._slots.put_all_away()

    def _end_all(self, error: EngineError) -> None:
        """A fault of ours must not leave anybody waiting, be it for words or for a place that is not given back."""
        self._decoder.fail(error)
        self._decoder.take_pushed_out()
        self._slots.vacate()
        ended, self._jobs, self._crowded = self._jobs, {}, False
        for utterance in ended:
            utterance.close()
        with suppress(RuntimeError):  # the loop that would hear of it is gone
            self._tell([(job, error) for job in ended.values()])

    def _await_work(self) -> bool:
        with self._wake:
            while not (self._ending or self._jobs or len(self._line) or self._gone or self._forgotten):
                self._wake.wait()
            return not self._ending or bool(self._jobs or self._gone or self._forgotten)

    def _round(self) -> None:
        self._decoder.resume()
        self._end_cancelled()
        self._forget_rooms()
        self._slots.park()
        self._let_in()
        if not self._decoder.running:
            with self._wake:
                self._wake.wait(0.01)  # a kept talk is on its way from the disk
            return
        self._say(self._decoder.step())
        self._crowded |= self._put_back_pushed_out()

    def _end_cancelled(self) -> None:
        for utterance, job in list(self._jobs.items()):
            if job.cancelled.is_set():
                self._say(self._decoder.end(utterance, FinishReason.CANCELLED))
        with self._wake:
            gone, self._gone = self._gone, []
        for job in gone:
            assert job.utterance is not None  # noqa: S101 - only those are kept in `_gone`
            self._tell([(job, event) for event in job.utterance.finish(FinishReason.CANCELLED)])

    def _forget_rooms(self) -> None:
        with self._wake:
            rooms, self._forgotten = self._forgotten, []
        for room in rooms:
            self._slots.forget_owner(room)

    def _let_in(self) -> None:
        with self._wake:
            self._make_way()
        while len(self._line) and self._slots.free:
            with self._wake:
                job = self._line.pop(self._admits())
            if job is None:
                return
            self._begin(job)

    def _make_way(self) -> None:
        """Who is waited for takes the place of who is not."""
        victims = [utterance for utterance, job in self._jobs.items() if job.is_patient]
        first = next((job for job in self._line.order() if not job.is_patient), None) if victims else None
        if first is not None and not self._fits(first):
            self._decoder.push_out(victims[-1])
            self._put_back_pushed_out()

    def _admits(self) -> Callable[[Job], bool]:
        """Asked of everybody in line, the next one first, whether their turn can begin now."""
        # What nobody waits for must not take the place that was just made for somebody, even when it is next in line.
        people_wait, blocked = any(not job.is_patient for job in self._line), False

        def admits(job: Job) -> bool:
            nonlocal blocked
            if blocked or (people_wait and job.is_patient):
                return False
            fits = self._fits(job)
            if fits and self._is_fetched(job) and not self._follows_sibling(job):
                return True
            if not fits:
                job.overtaken += 1
                blocked = job.overtaken > _OVERTAKEN
            return False

        return admits

    def _fits(self, job: Job) -> bool:
        others = self._jobs.values()
        if others and (self._crowded or job.prompt.alone or any(other.prompt.alone for other in others)):
            return False
        said = job.utterance.said if job.utterance else 0
        more = job.prompt.most_tokens - said + job.prompt.more_cells
        return self._slots.fits(len(job.prompt.tokens) + said, more)

    def _is_fetched(self, job: Job) -> bool:
        """Whether nothing that would help is still on its way from the disk."""
        if job.kept is None and not job.prompt.alone:
            found = self._slots.find_kept(job.prompt.tokens)
            if found is None or not self._is_cheaper(found):
                return True
            job.kept = (found, self._kept.read(found))
        return job.kept is None or job.kept[1].done()

    def _is_cheaper(self, found: Found) -> bool:
        spared = found.shared * (1 / self._decoder.read_rate if self._decoder.read_rate else 0.01)
        return found.bytes / _KEPT_BYTES_S < spared

    def _follows_sibling(self, job: Job) -> bool:
        """Whether somebody is just reading what it begins with too: then it is copied, not read twice."""
        reading = [utterance for utterance in self._jobs if utterance.reads]
        if not (reading and self._slots.divisible):
            return False
        tokens = job.prompt.tokens
        here = self._slots.shared(tokens)
        for one in reading:
            shared = min(shared_length(one.script, tokens), len(tokens) - 1)
            if one.slot is not None and shared - here >= _SIBLING_TOKENS:
                if len(one.slot.tokens) < shared:
                    return True
                self._slots.was_read(one.slot)  # as far as both go; the rest of it, however long, is not waited for
        return False

    def _begin(self, job: Job) -> None:
        try:
            utterance = job.utterance or self._utterance(job)
        except Exception as error:
            if not isinstance(error, EngineError):
                log.exception("engine.reply_not_begun")
            self._tell([(job, error if isinstance(error, EngineError) else EngineError())])
            return
        self._jobs[utterance] = job  # a fault from here on ends it with all others
        more = utterance.most_more + job.prompt.more_cells
        slot = self._slots.take(utterance.script, more, owner=job.room, fresh=job.prompt.alone)
        if job.kept is not None:
            found, state = job.kept
            self._slots.restore(slot, found, state.result())
            job.kept = None
        utterance.slot = slot
        if job.utterance is None:
            job.utterance = utterance
            utterance.figures.kept = len(slot.tokens)
            if not job.started:
                job.started = True
                self._tell([(job, Started(len(job.prompt.tokens)))])
        self._decoder.begin(utterance)

    def _utterance(self, job: Job) -> Utterance:
        figures = Figures(prompt_tokens=len(job.prompt.tokens), arrived=job.arrived)
        return Utterance(self._model, job.prompt, figures)

    def _put_back_pushed_out(self) -> bool:
        """Whether there was anybody."""
        with self._wake:
            pushed_out = self._decoder.take_pushed_out()
            for utterance in pushed_out:
                job = self._jobs.pop(utterance)
                if job.cancelled.is_set():  # while it gave up its place: nobody would look for it in the line
                    self._gone.append(job)
                    continue
                if job.prompt.alone:  # in part beside others would not be alone: it begins anew
                    utterance.close()
                    job.utterance = None
                self._line.put_back(job, asker=job.asker, room=job.room, priority=job.priority)
        return bool(pushed_out)

    def _say(self, told: list[Told]) -> None:
        said = list[Say]()
        for utterance, event in told:
            said.append((self._jobs[utterance], event))
            if isinstance(event, Piece):
                self._rate.note(event.tokens)
            else:
                del self._jobs[utterance]
                self._crowded = False
        if said:
            self._tell(said)


class _Rate:
    """Tokens a second, over the last moments."""

    def __init__(self) -> None:
        self._since, self._tokens, self._last = time.monotonic(), 0, 0.0

    def note(self, tokens: int) -> None:
        self._tokens += tokens
        self._roll(time.monotonic())

    def now(self) -> float:
        self._roll(time.monotonic())
        return round(self._last, 1)

    def _roll(self, at: float) -> None:
        passed = at - self._since  # read once: another thread asks too
        if passed >= _RATE_S:
            self._last, self._since, self._tokens = self._tokens / passed, at, 0
