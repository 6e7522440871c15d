"""What a second look may change: the order, and what of the padding comes in; never whether anything was found."""

from hearth_reflex.domain.fusion import NOTHING, PADDING, Candidate, Ranked
from hearth_reflex.domain.second_look import LOOKED_AT, chosen, worth_a_look

TEXTS = ("파란 밸브를 잠근다", "현관 전등을 켠다", "냉장고를 닦는다", "우산은 문 옆에 있다", "빵은 화요일에 온다")


def ranked(*likely: float) -> list[Ranked]:
    """In fused order."""
    return [
        Ranked(Candidate(f"k{place}", TEXTS[place]), fused=9.0 - place, likely=worth)
        for place, worth in enumerate(likely)
    ]


def keys(found: list[Ranked]) -> list[str]:
    return [one.candidate.key for one in found]


def test_the_best_are_put_in_its_order() -> None:
    order = ranked(0.9, 0.8, 0.7)
    assert keys(chosen(order, {"k0": 0.1, "k1": 0.3, "k2": 0.8}, limit=8, least=NOTHING)) == ["k2", "k1", "k0"]
    assert keys(chosen(order, {"k0": 0.1, "k1": 0.3, "k2": 0.8}, limit=2, least=NOTHING)) == ["k2", "k1"]


def test_what_it_did_not_look_at_comes_behind() -> None:
    order = ranked(0.9, 0.8, 0.7, PADDING / 2)
    assert keys(chosen(order, {"k0": 0.2, "k1": 0.5}, limit=8, least=NOTHING)) == ["k1", "k0", "k2"]


def test_padding_comes_in_only_before_the_surest() -> None:
    order = ranked(0.5, 0.9, 0.01, 0.01)
    scores = {"k0": 0.1, "k1": 0.5, "k2": 0.7, "k3": 0.3}
    assert keys(chosen(order, scores, limit=8, least=NOTHING)) == ["k2", "k1", "k0"]


def test_nothing_stays_nothing() -> None:
    order = ranked(0.2, 0.1)
    assert chosen(order, {"k0": 0.1, "k1": 1.0}, limit=8, least=NOTHING) == []
    assert worth_a_look(order, least=NOTHING) == []
    assert keys(chosen(order, {"k0": 0.1, "k1": 1.0}, limit=8, least=0.0)) == ["k1", "k0"]


def test_without_scores_the_fused_order_stands() -> None:
    assert keys(chosen(ranked(0.9, 0.8, 0.01), {}, limit=8, least=NOTHING)) == ["k0", "k1"]


def test_the_same_is_still_said_once() -> None:
    order = [*ranked(0.9), Ranked(Candidate("again", TEXTS[0] + "."), fused=1.0, likely=0.8)]
    assert keys(chosen(order, {"k0": 0.1, "again": 0.9}, limit=8, least=NOTHING)) == ["again"]


def test_one_alone_is_not_looked_at_again_and_of_many_the_best() -> None:
    assert worth_a_look(ranked(0.9), least=NOTHING) == []
    assert worth_a_look([], least=NOTHING) == []
    many = [Ranked(Candidate(str(place), ""), 1.0, 0.9) for place in range(LOOKED_AT + 5)]
    assert worth_a_look(many, least=NOTHING) == many[:LOOKED_AT]
