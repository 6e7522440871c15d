"""Cutting: nothing is lost, nothing doubled, the order stays, and pieces are of the size that is asked for."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_reflex.domain.cutting import LEAST, MOST, PATH_MAX, SIGN, cut
from hearth_reflex.domain.reading import Block, BlockKind, Line, Piece, Reading
from hearth_reflex.domain.text_facts import guess_tokens, language_of

EXTRA = 2  # what a model adds to any text


def count(texts: list[str]) -> list[int]:
    """A word of four letters is a token."""
    return [EXTRA + sum((len(word) + 3) // 4 for word in text.split()) for text in texts]


def reading(*blocks: Block, title: str = "") -> Reading:
    return Reading("text", title, 0, blocks)


def paragraph(words: int, *, of: str = "word", page: int = 0) -> Block:
    return Block(
        BlockKind.TEXT, " ".join(f"{of}{n % 10}." if n % 12 == 11 else f"{of}{n % 10}" for n in range(words)), page=page
    )


def heading(text: str, level: int = 1) -> Block:
    return Block(BlockKind.HEADING, text, level=level)


def table(rows: int, *, header: str = "Name | Price") -> Block:
    return Block(BlockKind.TABLE, "\n".join([header, *(f"thing {n} | {n * 3}" for n in range(rows))]))


def flat(text: str) -> str:
    return " ".join(text.split())


_CELLS = st.text(alphabet="abcxyz가나다 ", min_size=1, max_size=12)
_WORDS = st.lists(st.text(alphabet="abcdefgh가나다라마.?!", min_size=1, max_size=14), min_size=1, max_size=120)
_GAPS = st.sampled_from([" ", " ", " ", "\n", "  "])


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from([*BlockKind, BlockKind.TEXT]))
    if kind == BlockKind.HEADING:
        return Block(kind, draw(_CELLS), level=draw(st.integers(0, 4)))
    if kind == BlockKind.TABLE:
        rows = draw(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=60))
        return Block(kind, "\n".join(" | ".join(row) for row in rows))
    words = draw(_WORDS)
    return Block(kind, "".join(word + draw(_GAPS) for word in words), page=draw(st.integers(0, 3)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(blocks(), max_size=25))
def test_whatever_is_read_is_cut_well(given_blocks: list[Block]) -> None:
    told = reading(*given_blocks)
    pieces = cut(told, count)
    _check_whole(told, pieces)
    _check_sizes(pieces)
    for piece in pieces:
        assert len(piece.heading) <= PATH_MAX


def _check_whole(told: Reading, pieces: list[Piece]) -> None:
    """Pieces are stretches of the document in order; between two of them stand headings alone, kept above."""
    document = "\n\n".join(block.text for block in told.blocks if block.text.strip())
    at = 0
    for piece in pieces:
        between = flat(document[at : piece.start])
        assert not between or flat(piece.heading.replace(SIGN, " ")).endswith(between)
        assert piece.text.endswith(document[piece.start : piece.end])
        assert piece.end > piece.start >= at
        at = piece.end
    assert not document[at:].strip()


def _check_sizes(pieces: list[Piece]) -> None:
    for piece in pieces:
        assert piece.tokens == count([piece.text])[0] - EXTRA
        assert piece.tokens <= MOST
    for piece in pieces[:-2]:
        assert piece.tokens + count([piece.heading])[0] >= LEAST - 110  # what it has above it took its place
    assert all(piece.tokens >= 40 for piece in pieces[-2:]) or len(pieces) == 1 or not pieces


def test_a_long_text_becomes_pieces_of_three_to_four_hundred_tokens() -> None:
    pieces = cut(reading(*(paragraph(90) for _ in range(40))), count)
    assert all(LEAST <= piece.tokens <= MOST for piece in pieces[:-2])
    assert len(pieces) > 10


def test_a_short_one_stays_whole() -> None:
    (piece,) = cut(reading(heading("차례"), paragraph(30)), count)
    assert (piece.heading, piece.text.split()[0]) == ("차례", "word0")


def test_what_says_nothing_has_no_pieces() -> None:
    assert cut(reading(), count) == []
    assert cut(reading(Block(BlockKind.TEXT, " \n\t ")), count) == []


def test_pieces_end_before_headings_and_sentences() -> None:
    sections = [block for n in range(12) for block in (heading(f"Part {n}"), paragraph(170))]
    pieces = cut(reading(*sections), count)
    assert all(piece.heading.startswith("Part ") for piece in pieces)
    long = cut(reading(paragraph(2000)), count)
    assert all(piece.text.endswith(".") for piece in long[:-1])


def test_headings_stand_above_their_pieces_as_a_path() -> None:
    told = reading(
        heading("집"),
        paragraph(20),
        heading("부엌", 2),
        heading("화로", 3),
        paragraph(700),
        heading("마당"),
        paragraph(400),
    )
    pieces = cut(told, count)
    assert pieces[0].heading == "집"
    assert "집 › 부엌 › 화로" in {piece.heading for piece in pieces}
    assert pieces[-1].heading == "마당"


def test_a_heading_never_ends_a_piece() -> None:
    for words in range(230, 330, 7):
        pieces = cut(reading(paragraph(words), heading("아래"), paragraph(300)), count)
        assert not any(piece.text.endswith("아래") for piece in pieces)
        assert any(piece.heading == "아래" or "아래" in piece.text for piece in pieces)


def test_a_heading_over_nothing_is_not_lost() -> None:
    pieces = cut(reading(heading("하나"), heading("둘"), paragraph(10)), count)
    assert flat(f"{pieces[0].heading} {pieces[0].text}").startswith("하나 둘")
    (alone,) = cut(reading(heading("홀로")), count)
    assert alone.text == "홀로"


def test_a_heading_that_is_a_novel_is_cut_like_one() -> None:
    pieces = cut(reading(heading("long " * 2000), paragraph(20)), count)
    assert all(piece.tokens <= MOST for piece in pieces)
    assert all(len(piece.heading) <= PATH_MAX for piece in pieces)


def test_rows_of_a_table_stay_whole_and_have_their_header_above_them() -> None:
    told = reading(paragraph(50), table(400))
    pieces = cut(told, count)
    rows = [line for piece in pieces for line in piece.text.splitlines() if line.startswith("thing")]
    assert rows == [f"thing {n} | {n * 3}" for n in range(400)]
    for piece in pieces[1:]:
        assert piece.text.startswith("Name | Price\nthing")
        assert piece.end - piece.start == len(piece.text) - len("Name | Price\n")


def test_a_header_as_long_as_a_page_is_not_repeated() -> None:
    pieces = cut(reading(table(200, header=" | ".join(f"column {n}" for n in range(60)))), count)
    assert sum("column 59" in piece.text for piece in pieces) == 1


def test_code_is_cut_between_lines_and_keeps_its_indentation() -> None:
    lines = [f"    call_number_{n}(argument, {n})" for n in range(300)]
    pieces = cut(reading(Block(BlockKind.CODE, "\n".join(lines))), count)
    assert [line for piece in pieces for line in piece.text.splitlines()] == lines


@pytest.mark.parametrize("kind", [BlockKind.TEXT, BlockKind.CODE, BlockKind.TABLE])
def test_words_stay_whole(kind: BlockKind) -> None:
    words = [f"낱말{n}번째의긴말" for n in range(3000)]
    pieces = cut(reading(Block(kind, " ".join(words))), count)
    assert [word for piece in pieces for word in piece.text.split()] == words


def test_one_word_without_end_is_cut_where_no_letter_breaks() -> None:
    pieces = cut(reading(Block(BlockKind.TEXT, "e\u0301" * 20_000)), count)
    assert "".join(piece.text for piece in pieces) == "e\u0301" * 20_000
    assert all(piece.text.startswith("e") and piece.text.endswith("\u0301") for piece in pieces)
    assert max(piece.tokens for piece in pieces) <= MOST


def test_lines_of_a_page_go_with_their_words() -> None:
    texts = [f"line {n} of the page says something" for n in range(300)]
    starts = [sum(len(text) + 1 for text in texts[:n]) for n in range(300)]
    lines = tuple(
        Line(1 + n // 40, 0.1, 0.02 * (n % 40), 0.9, 0.02 * (n % 40) + 0.01, start, start + len(texts[n]))
        for n, start in enumerate(starts)
    )
    pieces = cut(reading(Block(BlockKind.TEXT, "\n".join(texts), page=1, lines=lines)), count)
    said = [piece.text[line.start : line.end] for piece in pieces for line in piece.lines]
    assert "\n".join(said).split() == "\n".join(texts).split()
    for piece in pieces:
        assert (piece.page_from, piece.page_to) == (piece.lines[0].page, piece.lines[-1].page)
        assert all(one.end <= other.start for one, other in pairwise(piece.lines))


def test_lines_below_a_repeated_header_are_moved_along() -> None:
    told = table(300)
    offset, lines = 0, list[Line]()
    for n, row in enumerate(told.text.split("\n")):
        lines.append(Line(1, 0, n / 400, 1, (n + 1) / 400, offset, offset + len(row)))
        offset += len(row) + 1
    pieces = cut(reading(Block(BlockKind.TABLE, told.text, page=1, lines=tuple(lines))), count)
    for piece in pieces[1:]:
        assert all(piece.text[line.start : line.end].startswith("thing") for line in piece.lines)


def test_pages_without_lines_are_those_of_the_blocks() -> None:
    pieces = cut(reading(paragraph(200, page=3), paragraph(60, page=4)), count)
    assert (pieces[0].page_from, pieces[-1].page_to) == (3, 4)


def test_lines_that_lie_are_cut_to_the_text() -> None:
    wrong = (
        Line(1, 0, 0, 1, 1, -5, 3),
        Line(1, 0, 0, 1, 1, 2, 9_000),
        Line(1, 0, 0, 1, 1, 50, 10),
        Line(1, 0, 0, 1, 1, 900, 999),
    )
    (piece,) = cut(reading(Block(BlockKind.TEXT, "some words here", page=1, lines=wrong)), count)
    assert [(line.start, line.end) for line in piece.lines] == [(0, 3), (2, 15)]


def test_what_no_database_takes_is_space() -> None:
    (piece,) = cut(reading(Block(BlockKind.TEXT, "a\x00b\ud800c\x1bd\x85e")), count)
    assert piece.text == "a b c d e"


def test_deserts_are_crossed_quickly() -> None:
    hostile = [" " * 300_000 + "a", "." * 300_000, "\n" * 300_000 + "b", ("x" * 50 + " ") * 6_000, "가" * 300_000]
    pieces = cut(reading(*(Block(kind, text) for text in hostile for kind in (BlockKind.TEXT, BlockKind.TABLE))), count)
    assert all(0 < piece.tokens <= MOST and piece.text.strip() for piece in pieces)
    assert all(len(piece.text) < 10_000 for piece in pieces)


def test_almost_deserts_are_crossed_quickly_too() -> None:
    begun = time.thread_time()
    (piece, *_) = cut(reading(Block(BlockKind.CODE, ("a" + " " * 400_000) * 2)), count)
    cut(reading(Block(BlockKind.CODE, ("a" + " " * 59) * 10_000)), lambda texts: [1 for _ in texts])
    assert piece.text.split() == ["a", "a"]
    assert time.thread_time() - begun < 5


def test_who_counts_too_many_of_everything_is_no_trap() -> None:
    pieces = cut(reading(paragraph(5)), lambda texts: [1000 for _ in texts])
    assert flat(" ".join(piece.text for piece in pieces)) == flat(paragraph(5).text)
    odd = cut(reading(paragraph(3)), lambda texts: [EXTRA if not text else 500 for text in texts])
    assert re.sub(r"\s", "", "".join(piece.text for piece in odd)) == re.sub(r"\s", "", paragraph(3).text)


@pytest.mark.parametrize(
    ("text", "language"),
    [("안녕하세요, README를 읽어 주세요", "ko"), ("Good evening", "en"), ("1234 !?", ""), ("", ""), ("こんばんは", "")],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_guesses_of_tokens_are_rather_too_many() -> None:
    assert guess_tokens("") <= 2
    assert guess_tokens("안녕하세요") >= 4
    assert guess_tokens("word " * 100) >= 100
