"""Comparing what was said again with what was said before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.retelling import compare, is_settled


@pytest.mark.parametrize(
    ("then", "now", "whole", "same", "agree"),
    [
        ("once upon", "once upon", True, True, 9),
        ("once upon", "once", True, False, 4),
        ("once", "once upon", True, False, 4),  # it had ended there by itself
        ("once", "once upon", False, True, 4),  # it was stopped there
        ("once upon", "once", False, False, 4),
        ("once upon", "once again", True, False, 5),
        ("불씨야", "불씨는", True, False, 2),
    ],
)
def test_same_or_where_it_parts(then: str, now: str, whole: bool, same: bool, agree: int) -> None:
    found = compare(then, now, whole=whole)
    assert (found.same, found.agree) == (same, agree)


def test_the_place_where_they_part_is_shown() -> None:
    found = compare("a" * 100 + "b" * 100, "a" * 100 + "c" * 100, whole=True)
    assert (set(found.before), set(found.then), set(found.now)) == ({"a"}, {"b"}, {"c"})
    assert max(map(len, (found.before, found.then, found.now))) <= 60


texts = st.text(alphabet="ab", max_size=200)


@given(texts, texts, texts, st.booleans())
def test_once_settled_nothing_that_follows_changes_it(then: str, now: str, more: str, whole: bool) -> None:
    if is_settled(then, now, whole=whole):
        assert compare(then, now, whole=whole) == compare(then, now + more, whole=whole)
