"""The figures of a reply: what a step costs is shared, and told with the words that it brought."""

from hearth_reflex.llm.figures import CpuClock, Figures


def test_work_is_told_with_the_next_words_and_in_all_at_the_end() -> None:
    figures = Figures(prompt_tokens=5)
    figures.worked(0.010)
    figures.token_said()
    assert figures.piece("a").cpu_ms == 10.0
    figures.worked(0.002)
    figures.worked(0.001)
    figures.token_said()
    piece = figures.piece("b")
    assert (piece.tokens, piece.cpu_ms) == (1, 3.0)
    assert figures.usage().cpu_ms == 13.0


def test_a_lap_is_what_was_worked_since_the_last_one() -> None:
    clock = CpuClock()
    while clock.lap() == 0.0:
        sum(range(10_000))
    first = clock.lap()
    assert 0 <= first < 1.0
