"""Whether a text that was said again is the text that was said before, and where it goes another way. Pure."""

from dataclasses import dataclass

_AROUND = 60  # characters that are shown before and behind the place where two texts part


@dataclass(frozen=True, slots=True)
class Comparison:
    """`agree` counts the characters that both begin with; the rest shows the place where they part, "" when same."""

    same: bool
    agree: int
    before: str = ""
    then: str = ""
    now: str = ""


def compare(then: str, now: str, *, whole: bool) -> Comparison:
    """Args:
    whole: `then` ended by itself; else it was cut, and `now` may go on behind it.
    """
    agree = next((i for i, (a, b) in enumerate(zip(then, now, strict=False)) if a != b), min(len(then), len(now)))
    if agree == len(then) and (not whole or agree == len(now)):
        return Comparison(same=True, agree=agree)
    return Comparison(
        same=False,
        agree=agree,
        before=then[max(0, agree - _AROUND) : agree],
        then=then[agree : agree + _AROUND],
        now=now[agree : agree + _AROUND],
    )


def is_settled(then: str, now: str, *, whole: bool) -> bool:
    """Whether nothing that may still come behind `now` changes what `compare` shows."""
    found = compare(then, now, whole=whole)
    return (not whole) if found.same else len(now) >= found.agree + _AROUND
