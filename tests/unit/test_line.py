"""An answer's place in line: what is told of it, and when."""

from hearth_reflex.domain.line import REFRESH_SECONDS, Line


def test_who_never_waited_is_told_nothing() -> None:
    line = Line()
    assert line.take(0.0) is None
    line.leave()
    assert line.take(9.0) is None


def test_a_place_is_told_once_and_then_every_two_seconds() -> None:
    line = Line()
    line.stand(3, 12.0, at=0.0)
    assert line.take(0.1) == (3, 12)
    assert line.take(0.2) is None
    assert line.take(0.1 + REFRESH_SECONDS) == (3, 10)
    assert line.take(0.2 + REFRESH_SECONDS) is None


def test_the_same_place_told_by_the_engine_again_is_no_news() -> None:
    line = Line()
    line.stand(2, 10.0, at=0.0)
    line.take(0.0)
    line.stand(2, 8.6, at=1.5)  # a second and a half later, and as much less to wait, nearly
    assert line.take(1.5) is None


def test_moving_up_and_a_new_estimate_are_news() -> None:
    line = Line()
    line.stand(2, 10.0, at=0.0)
    line.take(0.0)
    line.stand(1, 9.9, at=0.1)
    assert line.take(0.1) == (1, 10)
    line.stand(1, 4.0, at=0.2)
    assert line.take(0.2) == (1, 4)
    line.stand(1, None, at=0.3)
    assert line.take(0.3) == (1, None)
    line.stand(1, 4.0, at=0.4)
    assert line.take(0.4) == (1, 4)


def test_leaving_the_line_is_told_once() -> None:
    line = Line()
    line.stand(1, None, at=0.0)
    line.take(0.0)
    line.leave()
    assert line.take(0.1) == (0, None)
    assert line.take(9.0) is None


def test_a_turn_that_is_overdue_is_never_told_as_past() -> None:
    line = Line()
    line.stand(1, 1.0, at=0.0)
    line.take(0.0)
    assert line.take(30.0) == (1, 1)
