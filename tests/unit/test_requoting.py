"""Quotations that are looked for in a document that was read again: the same words, nearly the same, and none."""

from time import monotonic, process_time

import pytest

from hearth_reflex.domain.reading import Piece
from hearth_reflex.domain.requoting import Quoted, Requotes, Standing

REFUND = "상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다."
POST = "배송비는 3,000원이며 고객이 부담합니다."


def never() -> bool:
    return False


def find(again: Requotes, quoted: Quoted) -> Standing | None:
    return again.find({1: quoted}, is_over=never)[1]


def pieces(*texts: str, pages: bool = False) -> list[Piece]:
    return [Piece(text, "", at * pages, at * pages, 0, 0, 1) for at, text in enumerate(texts, 1)]


def test_the_same_words_are_found_whatever_lies_between_them() -> None:
    again = Requotes(pieces("머리말.", f"상품을 받은 날부터\n7일 안에  환불을 신청할 수 있습니다. {POST}"))
    assert find(again, Quoted(REFUND)) == Standing(1, "상품을 받은 날부터\n7일 안에  환불을 신청할 수 있습니다.")


def test_a_quotation_may_be_cut_in_two() -> None:
    texts = ("앞 글. 상품을 받은 날부터 7일 안에", "환불을 신청할 수 있습니다. 뒷글.")
    found = find(Requotes(pieces(*texts)), Quoted(REFUND))
    assert found == Standing(0, "상품을 받은 날부터 7일 안에\n환불을 신청할 수 있습니다.")
    assert find(Requotes(pieces("환불을", "신청")), Quoted("환불을 신청")) == Standing(0, "환불을\n신청")


@pytest.mark.parametrize(("page", "piece"), [(1, 0), (3, 2), (9, 3), (0, 0)])
def test_of_the_same_words_those_of_its_page_are_meant(page: int, piece: int) -> None:
    found = find(Requotes(pieces(REFUND, POST, REFUND, REFUND, pages=True)), Quoted(REFUND, page=page))
    assert found is not None
    assert found.piece == piece


def test_without_pages_the_nearest_is_meant() -> None:
    again = Requotes(pieces(*[POST, REFUND] * 5))
    found = [find(again, Quoted(REFUND, place=place)) for place in (0.0, 0.5, 1.0)]
    assert [one.piece for one in found if one] == [1, 5, 9]


def test_a_sentence_that_reads_a_little_otherwise_is_found_on_its_page() -> None:
    once = "상품을 받은 날부터 7 일안에 환뷸을 신청할 수 있습니다"  # as it was read off a picture
    again = Requotes(pieces(POST, f"제2조. {REFUND} {POST}", POST, pages=True))
    assert find(again, Quoted(once, page=2)) == Standing(1, REFUND)
    assert find(again, Quoted(once, page=3)) is None
    both = find(Requotes(pieces(f"제2조. {REFUND} {POST} 끝.")), Quoted(f"{once} {POST}"))
    assert both == Standing(0, f"{REFUND} {POST}")


@pytest.mark.parametrize("now", [REFUND.replace("7", "9"), REFUND[:12], POST, "환불", ""])
def test_another_number_or_another_sentence_is_not_the_same(now: str) -> None:
    assert find(Requotes(pieces(now)), Quoted(REFUND)) is None


@pytest.mark.parametrize("words", ["", " \n"])
def test_nothing_stands_nowhere(words: str) -> None:
    assert find(Requotes(pieces(REFUND)), Quoted(words)) is None
    assert find(Requotes([]), Quoted(REFUND)) is None


def test_a_long_document_without_pages_is_looked_through_near_the_place() -> None:
    texts = [f"{number}번째 조항은 서로 다른 말을 한다." for number in range(200)]
    texts[150] = REFUND
    again = Requotes(pieces(*texts))
    nearly = REFUND.replace("신청할", "신쳥할")
    assert find(again, Quoted(nearly, place=0.72)) == Standing(150, REFUND)
    assert find(again, Quoted(nearly, place=0.1)) is None


@pytest.mark.parametrize(
    ("quoted", "now"),
    [
        ("The rent costs 120", "The rent costs 1200 euros"),
        ("The rent costs 1", "The rent costs 1,200 euros"),
        ("The rent costs 120.", "The rent costs 120.50 euros"),
        ("20 euros a day", "Some 120 euros a day"),
        ("The rent costs 1 20", "The rent costs 120"),
        ("The rent costs 120", "The rent costs 1 20"),
        ("the rent of a car", "the rent of a carpet"),
    ],
)
def test_no_number_and_no_word_is_cut_in_two(quoted: str, now: str) -> None:
    assert Requotes(pieces(now)).same({1: Quoted(quoted)}, is_over=never) == {1: None}
    whole = Requotes(pieces(now, f"It says: {quoted} 2."))
    assert whole.same({1: Quoted(quoted)}, is_over=never) == {1: Standing(1, quoted)}


def test_a_piece_without_letters_may_stand_between() -> None:
    again = Requotes(pieces("환불을", " \n ", "신청"))
    assert find(again, Quoted("환불을 신청")) == Standing(0, "환불을\n신청")


def test_the_same_words_come_before_nearly_the_same_and_the_rest_is_lost_when_time_is_over() -> None:
    asked = iter([False, False, False])
    wanted = {1: Quoted(REFUND.replace("신청할", "신쳥할")), 2: Quoted(POST), 3: Quoted("아무 데도 없는 말")}
    again = Requotes(pieces(f"{REFUND} {POST}"))
    found = again.find(wanted, is_over=lambda: next(asked, True))
    assert found == {1: None, 2: Standing(0, POST), 3: None}
    assert again.find(wanted, is_over=lambda: True) == {1: None, 2: None, 3: None}


def test_one_that_is_lost_is_held_against_few_places_only() -> None:
    """Five sentences, a hundred pieces of long text: letter by letter that were seconds."""
    clause = "제{}조 회원은 {}일 안에 서면으로 신청하고 담당자는 그 사실을 지체 없이 알려야 합니다."
    texts = [" ".join(clause.format(at, at + by) for by in range(20)) for at in range(100)]
    lost = " ".join(clause.format(900 + by, by).replace("서면", "말") for by in range(5))
    again, start = Requotes(pieces(*texts)), process_time()
    assert again.find({1: Quoted(lost, place=0.5)}, is_over=never) == {1: None}
    assert process_time() - start < 1


def test_time_is_looked_at_while_one_is_looked_for() -> None:
    texts = [f"{at}번째 조항은 회원이 서면으로 신청한다고 말한다. " * 30 for at in range(300)]
    until = monotonic() + 0.2
    wanted = {at: Quoted(f"조항은 회원이 {at}번 글로 신청한다고 한다. " * 8, place=0.5) for at in range(500)}
    Requotes(pieces(*texts)).find(wanted, is_over=lambda: monotonic() >= until)
    assert monotonic() < until + 2
