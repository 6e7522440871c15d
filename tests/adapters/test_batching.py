"""Several replies side by side in one real model: none mixed, none lost, prefixes shared, talks kept, room made."""

import ctypes
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp as lib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    Finished,
    FinishReason,
    Piece,
    Priority,
    Sampling,
    Started,
)
from hearth_reflex.errors import EngineBusyError, EngineError, EngineMemoryError
from hearth_reflex.llm import decoder
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.kept import KeptStore
from hearth_reflex.llm.llama import Context, Decoded, Model, Stretch, open_backend
from hearth_reflex.llm.slots import WORTH_KEEPING
from tests.adapters.hall import Hall

# Patterns leave no near ties: what is said then does not hang on the last bits of the numbers.
PATTERNS = ["red green blue", "sun moon star", "a b c", "king queen jack", "apple pear plum"]
PLAIN = Sampling(temperature=0, max_tokens=12, repeat_penalty=1.0)
TOLERANCE = 0.15  # of logits that span about 40: sums in another order, in 16 bits


def pattern(number: int, *, tokens: int = 12, times: int = 10, **given: object) -> ChatRequest:
    """A request to go on with a pattern of its own."""
    words = PATTERNS[number % len(PATTERNS)]
    begun = ChatTurn("assistant", f"{words} " * times + words.split()[0])
    sampling = Sampling(temperature=0, max_tokens=tokens, repeat_penalty=1.0)
    fields = {"asker": f"p{number}", "affinity": f"room{number}"} | given
    return ChatRequest((ChatTurn("user", "Go on."), begun), sampling, continue_last=True, **fields)  # pyright: ignore[reportArgumentType]


def goes_on(text: str, number: int) -> bool:
    words = PATTERNS[number % len(PATTERNS)].split()
    endless = " " + " ".join(itertools.islice(itertools.cycle([*words[1:], words[0]]), 400))
    return endless.startswith(text)


def says_its_own(text: str, number: int) -> bool:
    """Nothing of another pattern; the last word may be cut. Small models lose the thread of a pattern now and then."""
    words = PATTERNS[number % len(PATTERNS)].split()
    return all(any(known.startswith(word) for known in words) for word in text.split())


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    opened = Hall(EngineConfig(data_dir=tmp_path_factory.mktemp("engine"), n_ctx=1024, n_seq=4))
    yield opened
    opened.close()


def test_the_numbers_of_a_prompt_are_the_same_alone_and_beside_others() -> None:
    open_backend()
    model = Model(demo_model_file(), n_gpu_layers=0, use_mmap=True, use_mlock=False)
    context = Context(model, n_cells=1024, n_seq=4, n_batch=512, threads=1)
    texts = [
        "The fire in the hearth was",
        "Once upon a time, in a",
        "My grandmother used to",
        "The capital of France is",
    ]
    prompts = [model.tokenize(text, control=False) for text in texts]

    def logits(rows: list[int]) -> np.ndarray:
        return np.array(
            [np.ctypeslib.as_array(lib.llama_get_logits_ith(context.handle, row), (model.vocab_size,)) for row in rows]
        )

    alone = []
    for sequence, tokens in enumerate(prompts):
        context.decode([Stretch(sequence, 0, tokens, speaks=True)])
        alone.append(logits([len(tokens) - 1])[0])
    context.clear()
    context.decode([Stretch(sequence, 0, tokens, speaks=True) for sequence, tokens in enumerate(prompts)])
    together = logits([end - 1 for end in itertools.accumulate(len(tokens) for tokens in prompts)])
    context.close()
    model.close()
    assert np.max(np.abs(np.array(alone) - together)) < TOLERANCE
    assert [row.argmax() for row in alone] == [row.argmax() for row in together]


def test_eight_replies_over_four_places_each_say_their_own(hall: Hall) -> None:
    asked = [hall.ask(pattern(number)) for number in range(8)]
    ends = [one.whole() for one in asked]
    assert all(goes_on(text, number) for number, (text, _) in enumerate(ends))
    assert all(len(text) > 20 for text, _ in ends)
    assert max(finished.made.streams for _, finished in ends) == 4


def test_a_reply_alone_says_so_and_waits_while_others_run(hall: Hall) -> None:
    beside = [hall.ask(pattern(number, tokens=40)) for number in range(2)]
    alone = hall.ask(pattern(3, alone=True))
    text, finished = alone.whole()
    assert goes_on(text, 3)
    assert (finished.made.streams, finished.usage.kept_tokens) == (1, 0)
    assert all(goes_on(one.whole()[0], number) for number, one in enumerate(beside))


def test_a_persona_read_for_one_room_is_shared_with_the_next(hall: Hall) -> None:
    head = ChatTurn("system", "You are the keeper of this lighthouse and you love the sea and its many stories. " * 12)

    def ask(room: str, words: str) -> ChatRequest:
        return ChatRequest((head, ChatTurn("user", words)), PLAIN, affinity=room, asker=room)

    first = hall.ask(ask("cove", "Hello there."))
    second = hall.ask(ask("bay", "Good evening to you."))  # comes while the first is being read
    _, read = first.whole()
    _, shared = second.whole()
    assert read.usage.kept_tokens < 20
    assert shared.usage.kept_tokens > 0.8 * shared.usage.prompt_tokens
    # Sharing took nothing from whom it was shared with.
    _, again = hall.ask(ask("cove", "Hello there.")).whole()
    assert again.usage.kept_tokens == again.usage.prompt_tokens - 1


def test_a_stop_ends_one_and_leaves_the_others_untouched(hall: Hall) -> None:
    asked = [hall.ask(pattern(number, tokens=60)) for number in range(3)]
    asked[1].wait_for_pieces(2)
    long = hall.ask(ChatRequest((ChatTurn("user", "The fire is warm. " * 180),), PLAIN, asker="long"))
    long.wait_for_start()
    asked[1].cancel()
    long.cancel()
    ends = [one.whole() for one in asked]
    assert [finished.reason for _, finished in ends] == [
        FinishReason.LENGTH,
        FinishReason.CANCELLED,
        FinishReason.LENGTH,
    ]
    assert all(goes_on(text, number) for number, (text, _) in enumerate(ends))
    assert long.whole()[1].reason is FinishReason.CANCELLED


def test_people_go_before_what_nobody_waits_for_and_that_goes_on_afterwards(tmp_path: Path) -> None:
    hall = Hall(EngineConfig(data_dir=tmp_path, n_ctx=512, n_seq=2))
    try:
        batch = [hall.ask(pattern(number, tokens=80, priority=Priority.BATCH)) for number in range(2)]
        for one in batch:
            one.wait_for_pieces(2)
        person = hall.ask(pattern(2))
        assert goes_on(person.whole()[0], 2)
        unfinished = sum(not isinstance(event, Finished) for one in batch for event in one.heard[-1:])
        assert unfinished == 2, "the person waited for a summary"
        for number, one in enumerate(batch):
            text, finished = one.whole()
            assert goes_on(text, number)
            assert finished.usage.output_tokens == 80
    finally:
        hall.close()


def test_more_than_the_memory_holds_waits_and_is_served(tmp_path: Path) -> None:
    # One full talk fills the memory: with a cap so low there is room for no second one.
    hall = Hall(EngineConfig(data_dir=tmp_path, n_ctx=512, n_seq=4, memory_limit_mb=8))
    assert hall.model.context.size == 512
    try:
        asked = [hall.ask(pattern(number, tokens=100, times=40)) for number in range(4)]
        ends = [one.whole() for one in asked]
        assert all(
            goes_on(text, number) and finished.usage.output_tokens == 100
            for number, (text, finished) in enumerate(ends)
        )
    finally:
        hall.close()


def test_a_quiet_rooms_talk_is_fetched_from_disk(tmp_path: Path) -> None:
    story = "The winter in the valley was long, and the old people told of wolves. " * 24

    def ask(words: str) -> ChatRequest:
        turns = (ChatTurn("system", story), ChatTurn("user", words))
        return ChatRequest(turns, PLAIN, affinity="valley", asker="p")

    config = EngineConfig(data_dir=tmp_path, n_ctx=1024)
    first = Hall(config)
    fresh, finished = first.ask(ask("Go on.")).whole()
    assert finished.usage.prompt_tokens > WORTH_KEEPING
    first.close()
    second = Hall(config)
    try:
        again, finished = second.ask(ask("Go on.")).whole()
        assert finished.usage.kept_tokens == finished.usage.prompt_tokens - 1
        assert again == fresh
        # Another question to the same talk finds what they have in common, and no more.
        _, other = second.ask(ask("And who told of the wolves?")).whole()
        assert WORTH_KEEPING < other.usage.kept_tokens < other.usage.prompt_tokens - 4
    finally:
        second.close()


def test_what_was_kept_for_another_model_or_was_tampered_with_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine steps become smaller, and other steps may mean other words.
    monkeypatch.setattr(decoder, "_ALONE_S", 1000.0)
    request = ChatRequest(
        (ChatTurn("system", "Wolves sang in the snow. " * 50), ChatTurn("user", "Go on.")), PLAIN, affinity="r"
    )
    config = EngineConfig(data_dir=tmp_path, n_ctx=1024)
    hall = Hall(config)
    text, _ = hall.ask(request).whole()
    hall.close()
    (file,) = (tmp_path / "kept").glob("*.kv")
    for content in (file.read_bytes()[:-1000], b"HKV1" + bytes(32) + file.read_bytes()[36:], b"", b"HKV1"):
        file.write_bytes(content)
        hall = Hall(config)
        try:
            assert hall.ask(request).whole()[0] == text
        finally:
            hall.close()


def test_a_full_line_is_told_and_a_place_comes_free(tmp_path: Path) -> None:
    hall = Hall(EngineConfig(data_dir=tmp_path, n_ctx=512, n_seq=1), max_queue=1)
    try:
        running = hall.ask(pattern(0, tokens=200))
        running.wait_for_start()
        waiting = hall.ask(pattern(1))
        with pytest.raises(EngineBusyError):
            hall.ask(pattern(2))
        running.cancel()
        assert goes_on(waiting.whole()[0], 1)
    finally:
        hall.close()


def test_a_step_that_fails_ends_who_is_in_it_and_the_next_is_served(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, calls = hall.model.context.decode, itertools.count()

    def breaks_once(stretches: list[Stretch]) -> object:
        if next(calls) == 3:
            raise EngineError
        return whole(stretches)

    monkeypatch.setattr(hall.model.context, "decode", breaks_once)
    asked = [hall.ask(pattern(number, tokens=30)) for number in range(2)]
    assert any(isinstance(one.end(), EngineError) for one in asked)
    text, finished = hall.ask(pattern(4)).whole()
    assert goes_on(text, 4)
    assert finished.usage.output_tokens == 12


def test_a_fault_of_ours_leaves_nobody_waiting_and_no_place_taken(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    slots = hall.stage._slots
    for place in ("release", "take"):
        whole, calls = getattr(slots, place), itertools.count()

        def breaks_once(*given: object, whole: Any = whole, calls: Any = calls, **named: object) -> object:
            if next(calls) == 0:
                raise MemoryError
            return whole(*given, **named)

        monkeypatch.setattr(slots, place, breaks_once)
        asked = [hall.ask(pattern(number, tokens=4)) for number in range(3)]
        assert any(isinstance(one.end(), EngineError) for one in asked)
        assert goes_on(hall.ask(pattern(4)).whole()[0], 4)
        monkeypatch.undo()
    _check_nothing_held(hall)


def test_a_memory_that_never_has_room_is_told(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall.model.context, "decode", lambda _: Decoded.FULL)
    asked = [hall.ask(pattern(number)) for number in range(2)]
    assert all(isinstance(one.end(), EngineMemoryError) for one in asked)
    monkeypatch.undo()
    assert goes_on(hall.ask(pattern(2)).whole()[0], 2)


def test_a_stop_is_heard_while_a_reply_gives_up_its_place(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = [hall.ask(pattern(number, tokens=300, priority=Priority.BATCH)) for number in range(4)]
    for one in batch:
        one.wait_for_pieces(1)
    whole, stopped = hall.stage._decoder.take_pushed_out, list[object]()

    def and_is_stopped() -> object:
        pushed_out = whole()
        for utterance in pushed_out:
            stopped.append(hall.stage._jobs[utterance])
            hall.stage._jobs[utterance].cancelled.set()  # as `cancel` does before it asks for the line
        return pushed_out

    monkeypatch.setattr(hall.stage._decoder, "take_pushed_out", and_is_stopped)
    person = hall.ask(pattern(4, tokens=100))
    person.wait_for_start()
    end = next(one for one in batch if one.job in stopped).end()
    assert isinstance(end, Finished)
    assert end.reason is FinishReason.CANCELLED
    assert not any(isinstance(event, Finished) for event in person.heard)
    for one in batch:
        one.cancel()
        one.end()
    assert goes_on(person.whole()[0], 4)
    _check_nothing_held(hall)


def test_a_reply_alone_gives_way_to_somebody_and_is_said_afterwards(hall: Hall) -> None:
    alone = hall.ask(pattern(3, tokens=200, times=60, alone=True))
    alone.wait_for_start()
    person = hall.ask(pattern(1, tokens=20, times=60))
    assert goes_on(person.whole()[0], 1)
    assert not any(isinstance(event, Piece | Finished) for event in alone.heard)
    text, finished = alone.whole()
    assert goes_on(text, 3)
    assert finished.made.streams == 1
    assert sum(isinstance(event, Started) for event in alone.heard) == 1


def test_a_short_prompt_does_not_wait_for_a_long_one_that_begins_like_it(hall: Hall) -> None:
    head = ChatTurn("system", "You are the keeper of this well and you love water and its many stories. " * 8)
    long = hall.ask(ChatRequest((head, ChatTurn("user", "The fire is warm. " * 150)), PLAIN, affinity="a", asker="a"))
    short = hall.ask(ChatRequest((head, ChatTurn("user", "Hello.")), PLAIN, affinity="b", asker="b"))
    _, ended = short.whole()
    assert ended.usage.kept_tokens > 64
    assert ended.usage.first_token_ms < long.whole()[1].usage.first_token_ms


def test_a_folder_that_cannot_be_used_is_no_reason_not_to_speak(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    hall = Hall(EngineConfig(data_dir=tmp_path, n_ctx=512, n_seq=1))
    try:
        assert goes_on(hall.ask(pattern(0)).whole()[0], 0)
    finally:
        hall.close()


def test_what_was_kept_goes_when_the_talk_is_gone_or_nothing_is_to_be_kept(tmp_path: Path) -> None:
    store = KeptStore(tmp_path, fingerprint="f", limit_bytes=10_000)
    store.put("attic", list(range(400)), b"state")
    store.put("cellar", list(range(400, 800)), b"other")
    store.drop("attic")
    store.close()
    assert len(list(tmp_path.iterdir())) == 1
    KeptStore(tmp_path, fingerprint="f", limit_bytes=0).close()
    assert not list(tmp_path.iterdir())


def test_a_torn_state_is_not_given_back(tmp_path: Path) -> None:
    tokens = list(range(400))
    store = KeptStore(tmp_path, fingerprint="f", limit_bytes=10_000)
    store.put("attic", tokens, b"state" * 100)
    store.close()
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-100] + bytes(100))
    store = KeptStore(tmp_path, fingerprint="f", limit_bytes=10_000)
    found = store.find([*tokens, 7])
    assert found is not None
    assert store.read(found).result() == b""
    store.lose(found)
    store.close()
    assert (store.find([*tokens, 7]), store.size_bytes) == (None, 0)


# Fuzz ------------------------------------------------------------------------------------------------------------

_wishes = st.lists(
    st.fixed_dictionaries(
        {
            "pattern": st.integers(0, 5),
            "tokens": st.integers(1, 30),
            "times": st.integers(10, 40),
            "asker": st.sampled_from("ABC"),
            "affinity": st.sampled_from(["kitchen", "garden", "attic"]),
            "priority": st.sampled_from([Priority.PEOPLE, Priority.PEOPLE, Priority.BATCH]),
            "alone": st.sampled_from([False, False, False, True]),
            "pause_ms": st.sampled_from([0, 0, 5, 30]),
            "cancel_after": st.sampled_from([None, None, None, 0, 1, 4]),
        }
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture(scope="module")
def cramped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Three places, and memory for little more than one full talk."""
    config = EngineConfig(
        data_dir=tmp_path_factory.mktemp("cramped"), n_ctx=256, n_seq=3, memory_limit_mb=20, kv_disk_mb=64
    )
    opened = Hall(config)
    yield opened
    opened.close()


@pytest.mark.timeout(500)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(_wishes)
def test_any_schedule_ends_with_every_reply_told_once_and_nothing_held(
    cramped: Hall, wishes: list[dict[str, object]]
) -> None:
    asked = []
    for wish in wishes:
        time.sleep(float(str(wish["pause_ms"])) / 1000)
        given_ = {key: wish[key] for key in ("asker", "affinity", "priority", "alone")}
        request = pattern(
            int(str(wish["pattern"])), tokens=int(str(wish["tokens"])), times=int(str(wish["times"])), **given_
        )
        asked.append((wish, cramped.ask(request)))
    for wish, one in asked:
        if wish["cancel_after"] is not None and wish["cancel_after"] == 0:
            one.cancel()
    for wish, one in asked:
        end = one.end()
        if wish["cancel_after"] != 0:
            assert isinstance(end, Finished)
            assert says_its_own(one.text, int(str(wish["pattern"])))
            assert end.usage.output_tokens == wish["tokens"]
            assert sum(event.tokens for event in one.heard if isinstance(event, Piece)) <= end.usage.output_tokens
    _check_nothing_held(cramped)


def _check_nothing_held(hall: Hall) -> None:
    deadline = time.monotonic() + 10
    while hall.stage.running or hall.stage.waiting:
        assert time.monotonic() < deadline, "a place was never given back"
        time.sleep(0.005)
    slots = hall.stage._slots
    assert slots.free == hall.model.context.n_seq
    # The thread may still be putting a quiet talk away: it does so after everybody was told.
    while wrong := _differing_books(hall):
        assert time.monotonic() < deadline, wrong
        time.sleep(0.005)
    assert slots._reserved == 0


def _differing_books(hall: Hall) -> list[tuple[int, int, int]]:
    """Of each sequence of which memory, ledger and tokens do not say the same: what they say."""
    slots, memory = hall.stage._slots, hall.model.context._memory
    told = [
        (
            int(lib.llama_memory_seq_pos_max(memory, ctypes.c_int32(slot.sequence))) + 1,
            slots._ledger.length(slot.sequence),
            len(slot.tokens),
        )
        for slot in slots._slots
    ]
    return [books for books in told if len(set(books)) > 1]
