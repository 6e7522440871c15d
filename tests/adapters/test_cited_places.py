"""A citation on a page: of a PDF whose facts lie in known places, the lines that are drawn hold what was cited."""

from dataclasses import dataclass

from hearth_reflex.domain.cutting import cut
from hearth_reflex.domain.extracts import pick, sentences, stretch
from hearth_reflex.domain.reading import Piece
from hearth_reflex.services.citations import lines_of
from tests.adapters.test_readers_pdf import reading
from tests.documents import A4, Page, pdf, prose

_PLACES = ["강릉", "전주", "여수", "경주", "속초", "통영", "춘천", "남해", "단양", "목포"]
_CITIES = ["Porto", "Vienna", "Bergen", "Turin", "Ghent", "Cork", "Split", "Krakow", "Basel", "Leeds"]
_KO = ("모임은 한 달에 한 번 열립니다.", "오는 사람은 먼저 이름을 적습니다.", "비가 오면 다음 주로 미룹니다.")
_EN = ("Everybody brings a cup.", "The key hangs behind the door.", "Please be quiet after ten.")
_LINE = 22.0  # points between two lines


@dataclass(frozen=True)
class Fact:
    question: str
    said: str  # as a model would put it
    line: str  # as it stands on the page
    page: int
    middle: float  # share of the page


def _book() -> tuple[bytes, list[Fact]]:
    """Ten pages with two facts each, in both languages, between other sentences."""
    pages, facts = list[Page](), list[Fact]()
    for number, (place, city) in enumerate(zip(_PLACES, _CITIES, strict=True), start=1):
        korean = f"{place} 모임의 회비는 {number * 1000 + 500}원입니다."
        english = f"The house in {city} opens at {number} o'clock and has {number + 20} beds."
        lines = [*_KO, korean, *_KO[::-1], *_EN, english, *_EN[::-1]]
        words = [one for at, line in enumerate(lines) for one in prose([line], y=100 + at * _LINE)]
        pages.append(Page(words))
        for line, question, said in (
            (korean, f"{place} 모임 회비는 얼마야?", f"{place}에서는 회비로 {number * 1000 + 500}원을 냅니다."),
            (english, f"How many beds are in {city}?", f"There are {number + 20} beds in the {city} house."),
        ):
            middle = (100 + lines.index(line) * _LINE - 4) / A4[1]
            facts.append(Fact(question, said, line, number, middle))
    return pdf(pages), facts


def _holds(piece: Piece, quote: str, fact: Fact) -> tuple[bool, int]:
    boxes = [[one.page, one.left, one.top, one.right, one.bottom, one.start, one.end] for one in piece.lines]
    drawn = lines_of(boxes, piece.text, quote)
    return any(one[0] == fact.page and one[2] <= fact.middle <= one[4] for one in drawn), len(drawn)


def test_the_lines_that_are_drawn_hold_what_is_cited() -> None:
    data, facts = _book()
    pieces = cut(reading(data), lambda texts: [len(text) // 3 for text in texts])
    of_model, of_house, drawn = 0, 0, 0
    for fact in facts:
        piece = next(piece for piece in pieces if fact.line in piece.text)
        start, end = stretch(piece.text, [fact.said])
        holds, lines = _holds(piece, piece.text[start:end], fact)
        of_model, drawn = of_model + holds, drawn + lines
        picked = pick(fact.question, sentences(1, piece.text))
        of_house += any(_holds(piece, one.text, fact)[0] for one in picked)
    assert of_model >= 0.85 * len(facts)
    assert of_house >= 0.85 * len(facts)
    assert drawn <= 3 * len(facts)  # and not by drawing everything
