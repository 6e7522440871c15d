"""The step that all running replies take together: read, draw, hand out the words, and put right what went wrong.

Knows who runs and what a step may hold; no queue, no threads, no wire. One thread at a time may call it, but for
`interrupt`. Each step holds one token of everyone who speaks and, in what time is left of a share of a second, a piece
of the prompts of those who still read; so a long prompt never holds up those who speak for longer than that share.
"""

import time
from collections.abc import Sequence

import structlog

from hearth_reflex.domain.generation import Finished, FinishReason, Piece
from hearth_reflex.errors import EngineError, EngineMemoryError
from hearth_reflex.llm.core import ChatModel
from hearth_reflex.llm.figures import CpuClock
from hearth_reflex.llm.llama import Decoded, Stretch
from hearth_reflex.llm.slots import Slot, Slots
from hearth_reflex.llm.utterance import Utterance

log = structlog.get_logger(__name__)

# Tokens of a prompt in one step while nobody speaks. Fixed where the machine is fast enough, because the size of a step
# changes the last bits of the numbers, and the same seed must say the same.
_STEP = 128
# Rows of a step come in blocks of so many, who speaks included: llama.cpp's fast multiplications of packed weights take
# 16 at once, and those beyond a block cost half as much again each.
_BLOCK = 16
_LEAST_READ = 8  # of a step is for reading, however many speak
_ALONE_S, _BESIDE_S = 4.0, 0.2  # seconds a step may take for reading, alone and beside those who speak
_FIRST_SHARE = 2  # of a step, one part in so many is for the prompt that has waited longest, however long it is
_SMOOTHING = 0.3

Told = tuple[Utterance, Piece | Finished | EngineError]


class Decoder:
    """Args:
    slots: sequences of the model's context.
    """

    def __init__(self, model: ChatModel, slots: Slots) -> None:
        self._model, self._slots, self._context = model, slots, model.context
        self.running: list[Utterance] = []
        self.read_rate = 0.0  # tokens of prompts a second
        self._pushed_out: list[Utterance] = []
        self._looked = False  # in the last step
        self._cleared_for: Utterance | None = None
        self._cpu = CpuClock()

    def begin(self, utterance: Utterance) -> None:
        """Its slot was taken: it takes part from the next step on."""
        if not self.running:
            self._cpu.lap()  # what the process did while nobody was there is nobody's
        self.running.append(utterance)

    def end(self, utterance: Utterance, reason: FinishReason) -> list[Told]:
        """Its reply ends now; what it held stays in its slot."""
        self._leave(utterance)
        return [(utterance, event) for event in utterance.finish(reason)]

    def push_out(self, utterance: Utterance) -> None:
        """It gives its place up and will go on from its script."""
        self._leave(utterance)
        self._pushed_out.append(utterance)

    def take_pushed_out(self) -> list[Utterance]:
        """Who had to give up their place since this was asked last."""
        pushed, self._pushed_out = self._pushed_out, []
        return pushed

    def interrupt(self) -> None:
        """End a long step early, from any thread; it is taken again without whoever was cancelled.

        Where the memory cannot be cut, a step that ends midway costs everybody in it all that was read: only who is
        alone in it is interrupted, and a picture, which is always.
        """
        if self._slots.divisible or self._looked or len(self.running) < 2:
            self._context.brake.pull()

    def resume(self) -> None:
        """Interruptions up to now have been seen to."""
        self._context.brake.release()

    def step(self) -> list[Told]:
        """Take a step with everybody who runs; what it told, in order."""
        taking = self.running
        looking = [utterance for utterance in taking if utterance.looks]
        # A picture has a step to itself; between two of them the others take theirs.
        self._looked = bool(looking) and not (self._looked and len(looking) < len(taking))
        if self._looked:
            return self._look(looking[0])
        taking = [utterance for utterance in taking if not utterance.looks]
        stretches = self._share_out(taking)
        began = time.perf_counter()
        try:
            outcome = self._context.decode([stretch for _, stretch in stretches])
        except EngineError as error:
            return self.fail(error)
        self._charge(stretches)
        if outcome is not Decoded.DONE:
            taken = [utterance.slot for utterance, _ in stretches if utterance.slot is not None]
            return self._roll_back(taken, full=outcome is Decoded.FULL)
        self._note_pace(stretches, time.perf_counter() - began)
        return self._draw(stretches, streams=len(taking))

    def fail(self, error: EngineError) -> list[Told]:
        """The step cannot be taken: everybody in it hears so, and the memory begins anew."""
        failed, self.running = self.running, []
        self._slots.forget()  # first: nothing of a memory that failed is put by
        for utterance in failed:
            utterance.close()
            if utterance.slot is not None:
                self._slots.release(utterance.slot)
                utterance.slot = None
        return [(utterance, error) for utterance in failed]

    def _look(self, utterance: Utterance) -> list[Told]:
        """Read one picture into a sequence; a fault of it is that reply's alone."""
        eyes, seen, slot = self._model.eyes, utterance.prompt.seen, utterance.slot
        assert eyes is not None and seen is not None and slot is not None  # noqa: S101, PT018 - it was prepared for this
        start = len(slot.tokens)
        try:
            outcome = eyes.look(
                self._context, seen, sequence=slot.sequence, start=start, should_stop=lambda: self._context.brake.pulled
            )
        except EngineError as error:
            self._slots.roll_back([slot])
            self._leave(utterance)
            utterance.close()
            return [(utterance, error)]
        utterance.figures.worked(self._cpu.lap())
        if outcome is not Decoded.DONE:
            return self._roll_back([slot], full=outcome is Decoded.FULL)
        self._slots.extend(slot, utterance.script[start : start + seen.span(start)])
        return []

    def _share_out(self, taking: Sequence[Utterance]) -> list[tuple[Utterance, Stretch]]:
        speaking = [utterance for utterance in taking if not utterance.reads]
        reading = [utterance for utterance in taking if utterance.reads]
        shares = [(utterance, utterance.stretch(1)) for utterance in speaking]
        whole = len(self.running) == 1 or (not speaking and self._slots.divisible)  # whether a stop may end it midway
        size = _STEP if taking[0].prompt.alone else self._step_size(_ALONE_S if whole else _BESIDE_S)
        budget = min(max(_LEAST_READ, size - len(shares)), self._context.n_batch - len(shares))
        for utterance, part in self._in_turn(reading, budget):
            if budget <= 0:
                break
            stretch = utterance.stretch(min(budget, part))
            budget -= len(stretch.tokens)
            shares.append((utterance, stretch))
        return shares

    @staticmethod
    def _in_turn(reading: list[Utterance], budget: int) -> list[tuple[Utterance, int]]:
        """Who reads how much: the shortest rest first, but a part of each step is for who came first."""
        if not reading:
            return []
        first, others = reading[0], sorted(reading[1:], key=lambda utterance: utterance.left)
        shorter = any(utterance.left < first.left for utterance in others)
        part = max(1, budget // _FIRST_SHARE) if shorter else budget
        return [(first, part), *((utterance, budget) for utterance in others)]

    def _step_size(self, seconds: float) -> int:
        size = int(self.read_rate * seconds) if self.read_rate else _STEP
        return max(_BLOCK, min(_STEP, round(size / _BLOCK) * _BLOCK))

    def _draw(self, stretches: Sequence[tuple[Utterance, Stretch]], *, streams: int) -> list[Told]:
        told, row = list[Told](), -1
        for utterance, stretch in stretches:
            row += len(stretch.tokens)
            assert utterance.slot is not None  # noqa: S101 - it took part
            was_reading = utterance.reads
            self._slots.extend(utterance.slot, stretch.tokens)
            utterance.streams = max(utterance.streams, streams)
            if not stretch.speaks:
                continue
            if was_reading:
                self._slots.was_read(utterance.slot)
            piece, reason = utterance.draw(row)
            if piece is not None:
                told.append((utterance, piece))
            if reason is not None:
                told += self.end(utterance, reason)
        return told

    def _roll_back(self, slots: Sequence[Slot], *, full: bool) -> list[Told]:
        """The step ended midway. Interrupted: as if it had never begun. Full: somebody makes room first."""
        self._slots.roll_back(slots)
        if not full or self._slots.drop_idle():
            return []
        log.warning("engine.memory_full", running=len(self.running))
        if len(self.running) > 1:
            self.push_out(self.running[-1])
        elif self._cleared_for is self.running[0]:
            return self.fail(EngineMemoryError())  # not even an empty memory was enough
        else:
            self._cleared_for = self.running[0]
            self._slots.forget()
        return []

    def _leave(self, utterance: Utterance) -> None:
        self.running.remove(utterance)
        if utterance.slot is not None:
            self._slots.release(utterance.slot)
            utterance.slot = None

    def _charge(self, stretches: Sequence[tuple[Utterance, Stretch]]) -> None:
        """The processor time since the last step is shared by how many tokens each had in this one."""
        spent, tokens = self._cpu.lap(), sum(len(stretch.tokens) for _, stretch in stretches)
        for utterance, stretch in stretches:
            utterance.figures.worked(spent * len(stretch.tokens) / max(1, tokens))

    def _note_pace(self, stretches: Sequence[tuple[Utterance, Stretch]], seconds: float) -> None:
        tokens = sum(len(stretch.tokens) for _, stretch in stretches)
        if tokens >= _BLOCK:
            self.read_rate = _smoothed(self.read_rate, tokens / seconds)


def _smoothed(before: float, now: float) -> float:
    return now if not before else before + _SMOOTHING * (now - before)
