"""Getting the real model to speak for so long that something can happen to it meanwhile."""

from hearth_reflex.domain.feed import Row
from tests.pages import Page

LONG_TASK = "@Ember Write an essay of 1000 words about the history of fire, with an introduction and ten chapters."
# Room for a long answer, and the likeliest word each time, so that it is as long in every run.
LONG_ANSWERS = {"reply_max_tokens": 1500, "reply_temperature": 0}
ENGINE_PATIENCE = 90.0
TRIES = 5  # a small model ends its story when it likes; then it is asked for another one
_OPEN = ("sending", "streaming")


async def growing_answer(page: Page, *, frames: int) -> Row:
    """Asks for a story. Returns the answer, which still grows, after so many frames of words."""
    for _ in range(TRIES):
        last = page.answer()
        await page.say(LONG_TASK)
        await page.until(lambda last=last: _has_come_far(page, last, frames), seconds=ENGINE_PATIENCE)
        answer = page.answer()
        if answer is not None and answer["status"] in _OPEN:
            return answer
    raise AssertionError("the model gave short answers only")


def _has_come_far(page: Page, last: Row | None, frames: int) -> bool:
    answer = page.answer()
    if answer is None or (last is not None and answer["seq"] == last["seq"]):
        return False
    heard = sum(1 for seq, _, _ in page.words if seq == answer["seq"])
    return heard >= frames or answer["status"] not in _OPEN
