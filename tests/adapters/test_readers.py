"""What the readers make of good files: words in order, headings, tables, places, and nothing that nobody sees."""

import io
import time
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from hearth_reflex.domain.reading import BlockKind, Reading
from hearth_reflex.rag.answer import reading_from
from hearth_reflex.rag.draft import LONGEST_CODE, Draft
from hearth_reflex.rag.kinds import ending_of
from hearth_reflex.rag.read import Task, answer_to
from hearth_reflex.rag.refusal import Refusal, Why
from tests import hwp_files
from tests.documents import docx_file, epub, hwpx, hwpx_paragraph, hwpx_table, packed, sheets, slides, word

HEADING, TEXT, TABLE, CODE = BlockKind.HEADING, BlockKind.TEXT, BlockKind.TABLE, BlockKind.CODE


def reading(data: bytes, name: str) -> Reading:
    out = io.BytesIO()
    answer_to(Task("read", ending_of(name)), io.BytesIO(data), out)
    out.seek(0)
    return reading_from(out)


def told(data: bytes | str, name: str) -> list[tuple[BlockKind, str]]:
    """Kind and text of every block."""
    found = reading(data.encode() if isinstance(data, str) else data, name)
    return [(block.kind, block.text) for block in found.blocks]


def words(data: bytes | str, name: str) -> str:
    return "\n".join(text for _, text in told(data, name))


# --- texts ------------------------------------------------------------------------------------------------------------


def test_a_text_is_paragraphs() -> None:
    assert told("하나\n둘\n\n\n셋\r\n", "a.txt") == [(TEXT, "하나\n둘"), (TEXT, "셋")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949"])
def test_a_table_in_whatever_letters(encoding: str) -> None:
    data = '이름,값 a\r\n"가, 나",1\r\n다,2\r\n'.encode(encoding)
    assert told(data, "a.csv") == [(TABLE, "이름 | 값 a\n가, 나 | 1\n다 | 2")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_between_whatever_marks(delimiter: str) -> None:
    rows = [["이름", "말", "값"], ["준", "안녕, 여러분", "3"], ["미나", "네", "4"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert told(text, "a.csv") == [(TABLE, "이름 | 말 | 값\n준 | 안녕, 여러분 | 3\n미나 | 네 | 4")]


def test_a_broken_letter_does_not_break_a_text() -> None:
    assert words("안녕하세요 ".encode() * 100 + b"\xff" + " 끝".encode(), "a.txt").endswith("끝")


def test_what_cannot_be_seen_is_gone() -> None:
    assert words("비\u200b밀\u202e은 \u00ad없\U000e0041다\ufeff\x07", "a.txt") == "비밀은 없다"


def test_korean_of_a_mac_is_put_together() -> None:
    assert words("\u1112\u1161\u11ab\u1100\u1173\u11af", "a.txt") == "한글"


def test_a_listing_keeps_its_margins() -> None:
    assert told("def f():\n    return 1\n\n    # in\n\nx = 2\n", "a.py") == [
        (CODE, "def f():\n    return 1\n\n    # in"),
        (CODE, "x = 2"),
    ]


def test_markdown() -> None:
    text = (
        "---\ntitle: 여행\n---\n# 강릉\n첫날 **바다** [여기](http://a)\n\n- 사과\n  1. 배\n\n"
        "| 이름 | 값 |\n|---|---|\n| 가 | 1 |\n\n```sh\nls  -l\n```\n<!-- 몰래 -->\n<div hidden>몰래</div>\n"
        '바깥 <span style="display:none">몰래</span> 글\n\n## 둘'
    )
    found = reading(text.encode(), "a.md")
    assert found.title == "여행"
    assert [(block.kind, block.text) for block in found.blocks] == [
        (HEADING, "강릉"),
        (TEXT, "첫날 바다 여기"),
        (TEXT, "• 사과"),
        (TEXT, "1. 배"),
        (TABLE, "이름 | 값\n가 | 1"),
        (CODE, "ls  -l"),
        (TEXT, "바깥 글"),
        (HEADING, "둘"),
    ]
    assert [block.level for block in found.blocks if block.kind is HEADING] == [1, 2]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_html_in_its_order() -> None:
    page = (
        "<!doctype html><title>집 안내</title><body><h1>집</h1>첫 줄<p>둘째 <b>줄</b><br>셋째"
        "<ul><li>하나<li>둘</ul><ol start=3><li>셋</ol><table><tr><th>이름<th>값<tr><td>가<td>1</table>"
        "<pre>a\n  b</pre>"
    )
    found = reading(page.encode(), "a.bin")
    assert (found.kind, found.title) == ("html", "집 안내")
    assert [(block.kind, block.text) for block in found.blocks] == [
        (HEADING, "집"),
        (TEXT, "첫 줄"),
        (TEXT, "둘째 줄\n셋째"),
        (TEXT, "• 하나"),
        (TEXT, "• 둘"),
        (TEXT, "3. 셋"),
        (TABLE, "이름 | 값\n가 | 1"),
        (CODE, "a\n  b"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>몰래</script>",
        "<style>몰래</style>",
        "<template>몰래</template>",
        "<noscript>몰래</noscript>",
        "<!-- 몰래 -->",
        "<p hidden>몰래</p>",
        "<p aria-hidden=true>몰래</p>",
        "<p style='display:none'>몰래</p>",
        "<p style='color: red; DISPLAY : none !important'>몰래</p>",
        "<p style='visibility:hidden'>몰래</p>",
        "<p style='opacity:0'>몰래</p>",
        "<p style='opacity:.01'>몰래</p>",
        "<p style='font-size:0'>몰래</p>",
        "<p style='font-size:1px'>몰래</p>",
        "<p style='position:absolute;left:-9999px'>몰래</p>",
        "<p style='text-indent:-10000px'>몰래</p>",
        "<p style='color:white'>몰래</p>",
        "<p style='color:#fff'>몰래</p>",
        "<p style='color:rgba(0,0,0,0)'>몰래</p>",
        "<p style='color:transparent'>몰래</p>",
        "<p style='height:0;overflow:hidden'>몰래</p>",
        "<p style='clip-path:inset(50%)'>몰래</p>",
        "<style>.x, #y { display: none }</style><p class='a x'>몰래</p>",
        "<style>/* */ #y{visibility:hidden}</style><div id=y><p>몰래</p></div>",
        "<style>aside{display:none}</style><aside>몰래</aside>",
        "<table><tr><td>가<td>나<tr style='display:none'><td>몰래<td>몰래</table>",
        "<input value='몰래'><textarea>몰래</textarea>",
        "<svg><text>몰래</text></svg>",
    ],
)
def test_what_a_page_hides_is_not_read(hidden: str) -> None:
    found = words(f"<html><body><p>보이는 글</p>{hidden}<p>끝</p>", "a.html")
    assert "몰래" not in found
    assert found.startswith("보이는 글")
    assert found.endswith("끝")


@pytest.mark.parametrize("sheet", ["a" * 200_000, "/*" * 100_000, "{" * 200_000, "a{" * 100_000, "a}" * 100_000])
def test_a_sheet_without_end_is_read_at_once(sheet: str) -> None:
    begun = time.thread_time()
    assert words(f"<style>{sheet}</style><p>글</p>", "a.html") == "글"
    assert time.thread_time() - begun < 3


def test_what_stands_within_a_condition_hides_too() -> None:
    assert words("<style>@media screen{p{color:red}.x{display:none}}</style><p>글<p class=x>몰래", "a.html") == "글"


def test_long_code_is_taken_on_in_another_block() -> None:
    draft, text = Draft("code"), "\n".join(f"line {number}" for number in range(60_000))
    draft.code(text)
    draft.code("x" * (LONGEST_CODE + 1))
    blocks = draft.done().blocks
    assert max(len(block.text) for block in blocks) <= LONGEST_CODE
    assert "\n".join(block.text for block in blocks[:-2]) == text
    assert "".join(block.text for block in blocks[-2:]) == "x" * (LONGEST_CODE + 1)


@pytest.mark.parametrize(
    "style",
    [
        "opacity:0.9",
        "font-size:12px",
        "font-size:1.1em",
        "color:#ffe",
        "color:white;background:#000",
        "left:-10px",
        "height:0",
    ],
)
def test_what_a_page_shows_is_read(style: str) -> None:
    assert "보이는 글" in words(f"<html><p style='{style}'>보이는 글</p>", "a.html")


def test_a_book() -> None:
    page = "<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>{}</h1><p>글 {}</p></body></html>"
    found = reading(
        epub({"b.xhtml": page.format("첫 장", 1), "a.xhtml": page.format("둘째 장", 2)}, title="불씨"), "a.epub"
    )
    assert (found.kind, found.title, found.pages) == ("epub", "불씨", 0)
    assert [block.text for block in found.blocks] == ["첫 장", "글 1", "둘째 장", "글 2"]


# --- office files -----------------------------------------------------------------------------------------------------


def test_word() -> None:
    found = reading(
        word("# 안내", "글 하나", "## 준비", [["이름", "값"], ["가", "1"]], "끝", title="집 안내"), "a.docx"
    )
    assert (found.kind, found.title) == ("docx", "집 안내")
    assert [(block.kind, block.level, block.text) for block in found.blocks] == [
        (HEADING, 1, "안내"),
        (TEXT, 0, "글 하나"),
        (HEADING, 2, "준비"),
        (TABLE, 0, "이름 | 값\n가 | 1"),
        (TEXT, 0, "끝"),
    ]


def test_numbers_and_bullets_of_word_are_told() -> None:
    document = docx.Document()
    for style, text in (("List Number", "하나"), ("List Number", "둘"), ("List Bullet", "점")):
        document.add_paragraph(text, style=style)
    assert words(docx_file(document), "a.docx") == "1. 하나\n2. 둘\n• 점"


def test_what_word_hides_is_not_read() -> None:
    document = docx.Document()
    line = document.add_paragraph("보이는 글")
    line.add_run(" 몰래").font.hidden = True
    line.add_run(" 몰래").font.color.rgb = RGBColor(255, 255, 255)
    line.add_run(" 몰래").font.size = Pt(1)
    deleted, run, text = OxmlElement("w:del"), OxmlElement("w:r"), OxmlElement("w:t")
    text.text = " 몰래"
    run.append(text)
    deleted.append(run)
    line._p.append(deleted)
    assert words(docx_file(document), "a.docx") == "보이는 글"


def test_white_words_on_a_shade_are_read() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=2).rows[0].cells[0]
    cell.paragraphs[0].add_run("머리").font.color.rgb = RGBColor(255, 255, 255)
    shade = OxmlElement("w:shd")
    shade.set(qn("w:fill"), "333333")
    cell._tc.get_or_add_tcPr().append(shade)
    assert words(docx_file(document), "a.docx") == "머리 |"


def test_footnotes_follow_their_paragraph() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    notes = (
        f'<w:footnotes {w}><w:footnote w:id="2"><w:p><w:r><w:t>각주입니다</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    lines = '<w:p><w:r><w:t>글</w:t><w:footnoteReference w:id="2"/></w:r></w:p><w:p><w:r><w:t>끝</w:t></w:r></w:p>'
    body = f"<w:document {w}><w:body>{lines}</w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word("x"))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = body.encode()
            elif name == "word/_rels/document.xml.rels":
                data = data.replace(
                    b"</Relationships>",
                    f'<Relationship Id="n" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
                )
            new.writestr(name, data)
        new.writestr("word/footnotes.xml", notes)
    assert words(out.getvalue(), "a.docx") == "글\n※ 각주입니다\n끝"


def test_slides_are_pages_without_pictures() -> None:
    shown = {"title": "첫 장", "lines": ["위", "아래"], "table": [["a", "b"], ["1", "2"]], "notes": "말할 것"}
    found = reading(slides(shown, {"title": "몰래", "hidden": True}, {"title": "셋째"}), "a.pptx")
    assert found.pages == 0
    assert [(block.page, block.kind, block.text) for block in found.blocks] == [
        (1, HEADING, "첫 장"),
        (1, TEXT, "위"),
        (1, TEXT, "아래"),
        (1, TABLE, "a | b\n1 | 2"),
        (1, TEXT, "말할 것"),
        (3, HEADING, "셋째"),
    ]


def test_sheets() -> None:
    import datetime

    rows = [["이름", "날", "값"], ["가", datetime.date(2026, 11, 21), 0.1 + 0.2], [None, None, True], [], ["따로", 1]]
    found = told(sheets({"집계": rows, "숨김": [["몰래", 1]]}, hidden=["숨김"]), "a.xlsx")
    assert found == [
        (HEADING, "집계"),
        (TABLE, "이름 | 날 | 값\n가 | 2026-11-21 | 0.3\n |  | TRUE"),
        (TABLE, "따로 | 1"),
    ]


def test_rows_and_columns_that_nobody_sees_are_not_read() -> None:
    rows = [["이름", "몰래", "값"], ["가", "몰래", 1], ["몰래", "몰래", 9], ["나", "몰래", 2]]
    data = sheets({"집계": rows}, hidden_rows=[3], hidden_columns=["B"])
    assert told(data, "a.xlsx") == [(HEADING, "집계"), (TABLE, "이름 | 값\n가 | 1\n나 | 2")]


@pytest.mark.parametrize(
    ("columns", "row", "seen"),
    [
        ('<cols><col min="1" max="3" hidden="1"/></cols>', "", ""),
        ('<cols><col min="2" max="2" width="0" customWidth="1"/></cols>', "", "가 | 다"),
        ('<cols><col min="2" max="2" hidden="0" width="9"/></cols>', "", "가 | 나 | 다"),
        ("", 'ht="0" customHeight="1"', ""),
        ("", 'hidden="true"', ""),
        ("", 'hidden="false" ht="15"', "가 | 나 | 다"),
        ("", 'ht="tall"', "가 | 나 | 다"),
    ],
)
def test_what_a_sheet_says_of_its_rows_and_columns(columns: str, row: str, seen: str) -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in "가나다")
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{columns}<sheetData><row {row}>{cells}</row></sheetData></worksheet>"
    )
    with zipfile.ZipFile(io.BytesIO(sheets({"집계": [["a"]]}))) as book:
        members = {name: book.read(name) for name in book.namelist()}
    made = packed({**members, "xl/worksheets/sheet1.xml": sheet})
    assert [text for _, text in told(made, "a.xlsx")[1:]] == ([seen] if seen else [])


def test_a_long_table_goes_on_below_its_header() -> None:
    found = told("이름,값\n" + "".join(f"{'가' * 200}{n},{n}\n" for n in range(1_000)), "a.csv")
    assert len(found) > 1
    assert all(text.startswith("이름 | 값\n") for _, text in found)
    assert sum(text.count("\n") for _, text in found) == 1_000


def test_hangul() -> None:
    body = (
        hwp_files.paragraph("첫 제목", style=1)
        + hwp_files.paragraph("본문입니다")
        + hwp_files.table([["이름", "값"], ["가", "1"]])
        + hwp_files.note("각주")
        + hwp_files.paragraph("긴 글 " * 2_000)
    )
    for flags in (hwp_files.PACKED, 0):
        found = reading(hwp_files.hwp(body, flags=flags), "a.hwp")
        assert (found.kind, found.title) == ("hwp", "첫 제목")
        assert [(block.kind, block.text) for block in found.blocks][:4] == [
            (HEADING, "첫 제목"),
            (TEXT, "본문입니다"),
            (TABLE, "이름 | 값\n가 | 1"),
            (TEXT, "※ 각주"),
        ]
        assert len(found.blocks[4].text) == 7_999


def test_hangul_in_the_open_form() -> None:
    body = (
        hwpx_paragraph("첫 제목", style=1)
        + hwpx_paragraph("본문", held="<hp:lineBreak/><hp:t>둘째 줄</hp:t>")
        + hwpx_paragraph("", held=hwpx_table([["이름", "값"], ["가", "1"]]))
        + hwpx_paragraph("몰래", letters=7)
        + hwpx_paragraph(
            "끝",
            held="<hp:ctrl><hp:footNote><hp:subList>"
            + hwpx_paragraph("각주")
            + "</hp:subList></hp:footNote></hp:ctrl>",
        )
    )
    found = reading(hwpx(body, title="안내"), "a.hwpx")
    assert (found.kind, found.title) == ("hwpx", "안내")
    assert [(block.kind, block.text) for block in found.blocks] == [
        (HEADING, "첫 제목"),
        (TEXT, "본문\n둘째 줄"),
        (TABLE, "이름 | 값\n가 | 1"),
        (TEXT, "끝"),
        (TEXT, "※ 각주"),
    ]


# --- what a file really is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (word("글"), "a.pdf", "docx"),
        (word("글"), "a", "docx"),
        ("글".encode(), "a.pdf", "text"),
        ("글".encode(), "a.unheard", "text"),
        (b"a,b\n1,2", "a.txt", "text"),
        (b"<html><p>x", "a.csv", "html"),
        (b"<?xml version='1.0'?><x>words</x>", "a.txt", "code"),
        (b"%PDF-1.7 is how they begin", "a.txt", None),
        ("# 글\n%PDF-1.7 is how they begin".encode(), "a.md", "markdown"),
    ],
)
def test_the_first_bytes_decide(data: bytes, name: str, kind: str | None) -> None:
    if kind is None:
        with pytest.raises(Refusal) as refused:
            reading(data, name)
        assert refused.value.why is Why.UNREADABLE
    else:
        assert reading(data, name).kind == kind
