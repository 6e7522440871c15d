"""What is marked of an answer: what its passages do not say, and nothing that cannot be known."""

import pytest

from hearth_reflex.domain.passages import Kind
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.sourced import Given, Sourced, Way
from hearth_reflex.services.support import Support
from tests.embedders import BagEmbedder

KOREAN = "환불은 상품을 받은 날부터 7일 안에 신청할 수 있습니다. 배송비는 고객이 부담합니다."
ENGLISH = "Refunds are possible within seven days of delivery. Shipping is paid by the customer."


def _sourced(*texts: str) -> Sourced:
    passages = [Passage(key=f"chunk:{at}", kind=Kind.CHUNK, text=text) for at, text in enumerate(texts)]
    return Sourced(Way.CITE, "?", tuple(Given(number, one) for number, one in enumerate(passages, start=1)))


@pytest.mark.parametrize(
    ("answer", "texts", "is_marked"),
    [
        ("환불은 받은 날부터 7일 안에 신청합니다 [1].", [KOREAN], False),
        ("주차장은 지하 삼층 왼쪽 구석에 있습니다 [1].", [KOREAN], True),
        ("환불은 받은 날부터 90일 안에 신청합니다 [1].", [KOREAN], True),
        ("The customer pays for the shipping [1].", [KOREAN], False),  # true, and in no word alike
        ("The garage lies below the northern hill [1].", [KOREAN], False),  # cannot be told from it
        ("The customer pays 9,000 won for the shipping [1].", [KOREAN], True),  # a number can
        ("The garage lies below the northern hill [1].", [KOREAN, ENGLISH], False),
        ("The garage lies below the northern hill [2].", [KOREAN, ENGLISH], True),
        ("The garage lies below the northern hill.", [KOREAN, ENGLISH], True),  # it names none: all are beside it
        ("배송비는 고객이 냅니다 [1].", [ENGLISH], False),
    ],
)
async def test_what_is_marked(answer: str, texts: list[str], is_marked: bool) -> None:
    marked = await Support(BagEmbedder()).marked(answer, _sourced(*texts))
    assert marked == (f"{answer} [?]" if is_marked else answer)


async def test_without_meanings_numbers_alone_are_marked() -> None:
    sourced = _sourced(KOREAN)
    assert "[?]" not in await Support().marked("주차장은 지하 삼층 왼쪽 구석에 있습니다 [1].", sourced)
    assert "[?]" in await Support().marked("환불은 90일 안에 됩니다 [1].", sourced)
