"""PDFs: words where they stand, paragraphs, headings, tables; what nobody sees is not read; pictures of pages."""

import io
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from hearth_reflex.domain.reading import Block, BlockKind, Reading
from hearth_reflex.rag.answer import reading_from
from hearth_reflex.rag.read import Task, answer_to
from hearth_reflex.rag.readers import ocr
from hearth_reflex.rag.refusal import Refusal, Why
from tests.documents import Page, Words, pdf, png, prose, scan

HEADING, TEXT, TABLE = BlockKind.HEADING, BlockKind.TEXT, BlockKind.TABLE
BODY = prose(["마른 가지를 먼저 쌓고, 그 위에 굵은 장작을 올립니다.", "바람이 부는 쪽에 틈을 남겨 둡니다."], y=200)
needs_tesseract = pytest.mark.skipif(
    not shutil.which("tesseract") or "kor" not in ocr.installed(), reason="tesseract with Korean is not installed"
)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the reader's environment has it: tesseract's threads would fight over a small machine."""
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


def reading(data: bytes, *, task: str = "read", patience: float = 60.0) -> Reading:
    out = io.BytesIO()
    answer_to(Task(task, "pdf", patience=patience), io.BytesIO(data), out)
    out.seek(0)
    return reading_from(out)


def told(pages: Sequence[Page]) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in reading(pdf(pages)).blocks]


def refused(data: bytes, *, task: str = "read", patience: float = 60.0) -> Why:
    with pytest.raises(Refusal) as refusal:
        reading(data, task=task, patience=patience)
    return refusal.value.why


def cut_out(drawn: Image.Image, block: Block, line: int) -> Image.Image:
    """What a page's picture shows in the box of a line."""
    place = block.lines[line]
    sides = (place.left * drawn.width, place.top * drawn.height, place.right * drawn.width, place.bottom * drawn.height)
    return drawn.crop(tuple(round(side) for side in sides))  # pyright: ignore[reportArgumentType] - four of them


def darkest(picture: Image.Image) -> int:
    return min(at for at, count in enumerate(picture.convert("L").histogram()) if count)


def drawn(data: bytes, *, page: int = 1, width: int = 800) -> Image.Image:
    out = io.BytesIO()
    answer_to(Task("draw", number=page, width=width), io.BytesIO(data), out)
    out.seek(0)
    return Image.open(out)


# --- words and places -------------------------------------------------------------------------------------------------


def test_headings_paragraphs_and_the_title() -> None:
    page = Page([Words("불씨 설명서", size=22, y=90), Words("제1장 불 피우기", size=15, y=150), *BODY])
    found = reading(pdf([page], title="따뜻한 방"))
    assert (found.kind, found.title, found.pages, found.scanned) == ("pdf", "따뜻한 방", 1, 0)
    assert [(block.kind, block.level, block.text) for block in found.blocks] == [
        (HEADING, 1, "불씨 설명서"),
        (HEADING, 2, "제1장 불 피우기"),
        (TEXT, 0, "마른 가지를 먼저 쌓고, 그 위에 굵은 장작을 올립니다. 바람이 부는 쪽에 틈을 남겨 둡니다."),
    ]


def test_bold_words_alone_on_a_line_are_a_heading() -> None:
    page = Page([Words("준비물", y=150, is_bold=True), *BODY])
    assert told([page])[0] == (HEADING, "준비물")


def test_a_table_of_contents_has_no_headings() -> None:
    page = Page([Words("차례", size=20, y=90), Words("1 장작 . . . . . . . . . . . 3", size=15, y=130), *BODY])
    assert [text for kind, text in told([page]) if kind is HEADING] == ["차례"]


def test_each_line_has_its_place_in_text_and_page() -> None:
    data = pdf([Page(), Page(BODY)])
    (block,) = reading(data).blocks
    assert [block.text[line.start : line.end] for line in block.lines] == [words.text for words in BODY]
    for line, words in zip(block.lines, BODY, strict=True):
        assert line.page == block.page == 2
        assert line.left == pytest.approx(words.x / 595, abs=0.003)
        assert line.top < words.y / 842 < line.bottom
        assert line.bottom - line.top < 2 * words.size / 842


@pytest.mark.parametrize("extra", ["", "/Rotate 90", "/Rotate 270", "/CropBox [50 100 500 800]", "/Rotate 180"])
def test_a_box_holds_its_words_however_the_page_lies(extra: str) -> None:
    data = pdf([Page([Words("ink of the only line here", x=200, y=300, size=14)], extra=extra)])
    (block,) = reading(data).blocks
    page = drawn(data).convert("L")
    inside = cut_out(page, block, 0)
    outside = page.copy()
    place = block.lines[0]
    box = (place.left * page.width, place.top * page.height, place.right * page.width, place.bottom * page.height)
    outside.paste(255, tuple(round(side) + (-2 if at < 2 else 2) for at, side in enumerate(box)))  # pyright: ignore[reportArgumentType]
    assert darkest(inside) < 100
    assert darkest(outside) > 200


def test_a_table_keeps_its_cells() -> None:
    rows = [("이름", "나이", "사는 곳"), ("준", "34", "서울"), ("미나", "29", "부산")]
    cells = [
        Words(text, x=72 + 150 * at, y=300 + 20 * down) for down, row in enumerate(rows) for at, text in enumerate(row)
    ]
    found = reading(pdf([Page([*BODY, *cells])])).blocks[-1]
    assert (found.kind, found.text) == (TABLE, "이름 | 나이 | 사는 곳\n준 | 34 | 서울\n미나 | 29 | 부산")
    assert [found.text[line.start : line.end] for line in found.lines] == [text for row in rows for text in row]


def test_a_column_is_read_before_the_next() -> None:
    left = prose([f"왼쪽 단의 글 {n}번째 줄이 이렇게 이어집니다" for n in range(5)], x=50, size=9)
    right = prose([f"오른쪽 단의 글 {n}번째 줄이 이렇게 이어집니다" for n in range(5)], x=320, size=9)
    across = [words for pair in zip(left, right, strict=True) for words in pair]
    for words in (left + right, across):
        found = "\n".join(text for _, text in told([Page(words)]))
        assert found.index("왼쪽 단의 글 4번째") < found.index("오른쪽 단의 글 0번째")


def test_words_broken_by_the_edge_are_joined_where_the_file_tells() -> None:
    split = prose(
        [
            "장작을 쌓아 올리고 나서 바람이 부는 쪽에 틈을 ",
            "남겨 두어야 불이 잘 붙습니다만 사람들은 자주 잊",
            "어버립니다",
        ]
    )
    assert told([Page(split)]) == [
        (
            TEXT,
            "장작을 쌓아 올리고 나서 바람이 부는 쪽에 틈을 남겨 두어야 불이 잘 붙습니다만 사람들은 자주 잊어버립니다",
        )
    ]


def test_what_every_page_repeats_is_told_once() -> None:
    pages = [
        Page([Words("따뜻한 방의 설명서", y=30, size=9), *prose([f"본문 {n}입니다."], y=200), Words(f"- {n} -", y=820)])
        for n in range(1, 7)
    ]
    texts = [text for _, text in told(pages)]
    assert texts.count("따뜻한 방의 설명서") == 1
    assert [text for text in texts if text.startswith("본문")] == [f"본문 {n}입니다." for n in range(1, 7)]
    assert [text for text in texts if text.startswith("-")] == []


# --- what nobody sees -------------------------------------------------------------------------------------------------

BLACK_BAR, BLUE_BAR = "0 0 0 rg 60 700 400 60 re f", "0.2 0.4 0.8 rg 60 700 400 60 re f"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Page([*BODY, Words("secret words", y=120, mode=3)]), id="drawn invisibly"),
        pytest.param(Page([*BODY, Words("secret words", y=120, mode=7)]), id="only cuts"),
        pytest.param(Page([*BODY, Words("secret words", y=120, colour=(1, 1, 1))]), id="white on white"),
        pytest.param(Page([*BODY, Words("secret words", y=120, colour=(0.97, 0.97, 0.97))]), id="nearly white"),
        pytest.param(Page([*BODY, Words("secret words", y=110)], below=BLACK_BAR), id="black on black"),
        pytest.param(Page([*BODY, Words("secret words", y=110)], above=BLUE_BAR), id="under a bar"),
        pytest.param(Page([*BODY, Words("secret words", y=120, size=0.4)]), id="of no size"),
        pytest.param(Page([*BODY, Words("secret words", x=700)]), id="beside the page"),
        pytest.param(Page([*BODY, Words("secret words", y=-50)]), id="above the page"),
        pytest.param(Page([*BODY, Words("secret words", y=120)], extra="/CropBox [0 0 595 680]"), id="cut off"),
        pytest.param(Page([*BODY, Words("secret words", y=120)], below="0 0 50 50 re W n"), id="clipped away"),
    ],
)
def test_words_that_nobody_sees_are_not_read(page: Page) -> None:
    found = pdf([page])
    with suppress(Refusal):  # where nothing at all is seen
        assert "secret" not in " ".join(block.text for block in reading(found).blocks)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(Page([Words("seen words", y=110, colour=(1, 1, 1))], below=BLACK_BAR), id="white on black"),
        pytest.param(Page([Words("seen words", colour=(0.7, 0.7, 0.7))]), id="grey"),
        pytest.param(Page([Words("seen words", size=5)]), id="small"),
        pytest.param(Page([Words("seen words", mode=1)]), id="only edges"),
        pytest.param(Page([Words("seen words", colour=(1, 1, 0))]), id="yellow"),
    ],
)
def test_words_that_somebody_sees_are_read(page: Page) -> None:
    assert "seen words" in [text for _, text in told([page])]


# --- pages that are pictures ------------------------------------------------------------------------------------------


@needs_tesseract
def test_a_scanned_page_is_read_off_its_picture() -> None:
    picture = scan(["여름 모임 안내", "장소는 강릉 바닷가입니다", "Bring dry wood"])
    data = pdf([Page(BODY), Page(picture=picture)])
    found = reading(data)
    assert (found.pages, found.scanned, found.skipped) == (2, 1, 0)
    read_off = [block for block in found.blocks if block.page == 2]
    said = "".join(block.text for block in read_off).replace(" ", "")
    assert "여름모임안내" in said
    assert "Bringdrywood" in said
    line = read_off[0].lines[0]
    assert 0.05 < line.left < 0.15
    assert 0.05 < line.top < 0.15


@needs_tesseract
def test_words_hidden_over_a_scan_are_not_the_words_of_the_scan() -> None:
    page = Page([Words("secret words that are not there", mode=3)], picture=scan(["Bring dry wood to the beach"]))
    said = " ".join(text for _, text in told([page]))
    assert "dry wood" in said
    assert "secret" not in said


@needs_tesseract
def test_the_words_in_a_picture() -> None:
    found = reading(png(scan(["여행 계획", "Tickets for three"], size=(900, 500))), task="words")
    assert (found.kind, found.pages, found.scanned) == ("image", 1, 1)
    lines = [block.text[line.start : line.end] for block in found.blocks for line in block.lines]
    assert "여행" in lines[0]
    assert lines[-1].startswith("Tickets")


def test_a_picture_without_words_is_a_picture_still() -> None:
    found = reading(png(Image.new("RGB", (300, 200), "teal")))
    assert (found.kind, found.pages, found.blocks, found.skipped) == ("image", 1, (), 1)


def test_without_tesseract_a_scan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "PROGRAM", "no-such-program")
    picture = scan(["글"])
    assert refused(pdf([Page(picture=picture)])) is Why.SCANNED
    mixed = reading(pdf([Page(BODY), Page(picture=picture)]))
    assert (mixed.scanned, mixed.skipped, mixed.is_late, len(mixed.blocks)) == (0, 1, False, 1)


@needs_tesseract
def test_a_scan_that_there_is_no_time_for_says_so() -> None:
    assert refused(pdf([Page(picture=scan(["글"]))]), patience=0.0) is Why.SLOW
    mixed = reading(pdf([Page(BODY), Page(picture=scan(["글"]))]), patience=0.0)
    assert (mixed.scanned, mixed.skipped, mixed.is_late, len(mixed.blocks)) == (0, 1, True, 1)


def test_a_page_that_takes_too_long_keeps_the_others_readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "tesseract"
    slow.write_text('#!/bin/sh\n[ "$1" = --list-langs ] && echo kor || exec sleep 30\n')
    slow.chmod(0o755)
    monkeypatch.setattr(ocr, "PROGRAM", str(slow))
    picture = scan(["글"])
    assert refused(pdf([Page(picture=picture)]), patience=0.5) is Why.SLOW
    mixed = reading(pdf([Page(BODY), Page(picture=picture), Page(picture=picture)]), patience=0.5)
    assert (mixed.skipped, mixed.is_late, len(mixed.blocks)) == (2, True, 1)


@needs_tesseract
def test_a_page_without_a_word_is_not_one_that_was_not_read() -> None:
    found = reading(pdf([Page(BODY), Page(picture=Image.new("L", (600, 800), 90))]))
    assert (found.skipped, found.is_late) == (0, False)


# --- pictures of pages ------------------------------------------------------------------------------------------------


def test_a_page_is_drawn_as_wide_as_asked() -> None:
    page = drawn(pdf([Page(), Page(BODY)]), page=2, width=400)
    assert page.format == "PNG"
    assert page.size == (400, 567)
    assert darkest(page) < 100


def test_a_picture_is_drawn_upright_and_without_what_it_carried() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "where it was taken"
    Image.new("RGB", (300, 200), "teal").save(file, "JPEG", exif=exif)
    page = drawn(file.getvalue(), width=100)
    assert page.size == (100, 150)
    assert not page.getexif()


@pytest.mark.parametrize(("page", "why"), [(0, "document_unreadable"), (2, "document_unreadable")])
def test_a_page_that_is_not_there_is_not_drawn(page: int, why: str) -> None:
    out = io.BytesIO()
    answer_to(Task("draw", number=page), io.BytesIO(pdf([Page(BODY)])), out)
    assert out.getvalue() == f'{{"refused": "{why}"}}\n'.encode()
