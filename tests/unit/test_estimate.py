"""The guess of how long one waits: more for those behind, less as replies near their end, right in the plain case."""

import random

from hearth_reflex.llm.estimate import Habits, waits


def test_the_first_in_line_waits_for_the_first_to_end() -> None:
    assert waits([5.0, 2.0, 9.0], 0, 1, reply_s=10) == [2.0]


def test_those_behind_wait_for_the_places_that_come_free_next() -> None:
    assert waits([5.0, 2.0], 0, 4, reply_s=10) == [2.0, 5.0, 12.0, 15.0]


def test_a_free_place_that_nobody_fits_into_yet_is_one_that_comes_with_the_next_end() -> None:
    assert waits([4.0], 1, 2, reply_s=10) == [4.0, 4.0]


def test_a_reply_that_is_longer_than_usual_is_thought_nearly_done_but_never_done() -> None:
    habits = Habits(tokens=100, token_s=0.1, turn_s=1)
    assert habits.left_s(0, 500) == 11.0
    assert habits.left_s(60, 500) == 4.0
    assert 0 < habits.left_s(400, 500) < 4.0
    assert habits.left_s(99, 1) <= 0.1


def test_habits_follow_what_happens() -> None:
    habits = Habits()
    for _ in range(40):
        habits.note(tokens=20, speaking_s=1.0, turn_s=0.2)
    assert abs(habits.tokens - 20) < 1
    assert abs(habits.token_s - 0.05) < 0.005


def test_within_a_third_in_the_median_where_replies_vary() -> None:
    """A made-up house: replies of 40 to 160 tokens, two at a time; what a newcomer is told and what it waits."""
    draw, habits, errors = random.Random(4), Habits(tokens=100, token_s=0.05, turn_s=0.3), list[float]()
    for _ in range(300):
        lengths = [draw.randint(40, 160) for _ in range(8)]
        said = [draw.randint(0, lengths[0]), draw.randint(0, lengths[1])]
        told = waits([habits.left_s(n, 512) for n in said], 0, 6, habits.reply_s)[-1]
        places = sorted((lengths[at] - said[at]) * 0.05 for at in (0, 1))
        for length in lengths[2:-1]:
            places = sorted([places[0] + 0.3 + length * 0.05, places[1]])
        errors.append(abs(told - places[0]) / places[0])
    assert sorted(errors)[len(errors) // 2] < 0.3
