"""Where in a piece of a document a quotation stands, for the reader that marks it."""

import pytest

from hearth_reflex.services.citations import span_of

PIECE = "모임은 한 달에 한 번 열립니다.\n회비는 1,500원입니다. 😀 오는 사람은\n먼저 이름을 적습니다."


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("회비는 1,500원입니다.", "회비는 1,500원입니다."),
        ("오는 사람은 먼저  이름을 적습니다.", "오는 사람은\n먼저 이름을 적습니다."),  # spaces are nobody's words
        ("먼저 이름을 적습니다.\n그 다음 앉습니다.", "먼저 이름을 적습니다."),  # it goes on in the next piece
        ("앞의 말.\n모임은 한 달에 한 번 열립니다.", "모임은 한 달에 한 번 열립니다."),  # it began in the one before
    ],
)
def test_the_words_of_a_quotation_are_found(quote: str, said: str) -> None:
    start, end = span_of(PIECE, quote)
    assert PIECE[start:end] == said


@pytest.mark.parametrize("quote", ["", " ", "여기 없는 말.", "없는 말.\n또 없는 말.", "모임은 없다.", "다."])
def test_what_is_not_there_is_nowhere(quote: str) -> None:
    assert span_of("모임은 한 달에 한 번 열립니다", quote) == (0, 0)


def test_a_long_quotation_of_blanks_is_looked_for_at_once() -> None:
    assert span_of("a " * 2_000, "a " * 1_990 + "b") == (0, 0)
    assert span_of("\n" * 4_000, "\n" * 4_000) == (0, 0)
