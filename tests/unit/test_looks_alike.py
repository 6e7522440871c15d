"""Which pictures look alike, counted from what is kept of them."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.looks_alike import ALIKE, GRID, SIDE, Looks, colours_of, hash_of, likeness, most_alike

Colour = tuple[int, int, int]
RED, DARK_RED, BLUE = (200, 30, 30), (180, 26, 28), (20, 40, 210)
bits = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}")
fields = st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=GRID**2, max_size=GRID**2)
looks = st.builds(Looks, bits, fields.map(colours_of))


def blots(seed: int, *, brighter: int = 0) -> list[int]:
    """A grey picture of fields of eight points, no two alike."""
    drawn = Random(seed)
    greys = [drawn.randrange(200) for _ in range(16)]
    return [greys[y // 8 * 4 + x // 8] + brighter for y in range(SIDE) for x in range(SIDE)]


def apart(one: list[int], other: list[int]) -> int:
    """In how many bits two pictures differ."""
    return (int(hash_of(one), 16) ^ int(hash_of(other), 16)).bit_count()


def plain(colour: Colour) -> str:
    return colours_of([colour] * GRID**2)


@given(looks, looks)
def test_it_is_a_share_and_the_same_both_ways(one: Looks, other: Looks) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert likeness(one, one) == 1


def test_what_could_not_be_opened_looks_like_nothing() -> None:
    assert likeness(Looks(), Looks()) == likeness(Looks(), Looks("0" * 16, plain(RED))) == 0


def test_the_hash_knows_where_what_is_and_not_how_bright_it_is() -> None:
    assert len(hash_of(blots(1))) == 16
    assert apart(blots(1), blots(1, brighter=40)) <= 6  # what lies in the middle may fall to either side
    assert all(apart(blots(1), blots(seed)) >= 12 for seed in range(2, 8))


def test_near_colours_are_near_also_where_the_circle_of_hues_closes() -> None:
    same = "0" * 16

    def how(one: Colour, other: Colour) -> float:
        return likeness(Looks(same, plain(one)), Looks(same, plain(other)))

    assert how(RED, DARK_RED) > 0.9
    assert how((200, 30, 40), (200, 40, 30)) > 0.95  # on both sides of red
    assert how(RED, BLUE) == how(BLUE, RED) < 0.7
    assert how((3, 3, 6), (6, 3, 3)) > 0.95  # what is nearly black has no colour


def test_the_likest_come_first_and_what_is_not_alike_not_at_all() -> None:
    wanted = Looks("f" * 16, plain(RED))
    others = [
        Looks("0" * 16, plain(BLUE)),
        Looks("f" * 15 + "0", plain(RED)),
        Looks("f" * 16, plain(DARK_RED)),
        Looks(),
        Looks("f" * 14 + "00", plain(RED)),
    ]
    found = most_alike(wanted, others, limit=10)
    assert [place for place, _ in found] == [2, 1, 4]
    assert all(worth >= ALIKE for _, worth in found)
    assert most_alike(wanted, others, limit=1) == found[:1]
