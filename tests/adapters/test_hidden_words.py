"""What the sheets of a page hide is not read, by whatever selectors; what they show is, and no sheet takes long."""

import time

import pytest

from hearth_reflex.rag.markup import Element, html_root
from hearth_reflex.rag.readers.selectors import Work, parted, selector_of
from tests.adapters.test_readers import words

BODY = (
    "<main id=top class='page wide'><section class='a first'><p class='b' data-kind='Ad-note' lang=ko>글 하나</p>"
    "<div class='b c'><span class=x>글 둘</span></div><p>글 셋</p></section><ul><li>1<li class=last>2<li>3</ul></main>"
)


def picked(selector: str, page: str = BODY) -> list[str]:
    """The first letters of every element that a selector means."""
    root = html_root(page)
    assert root is not None
    work, several = Work(100_000), [one for one in map(selector_of, parted(selector)) if one]
    found = [one for one in _all(root) if any(each.fits(one, work) for each in several)]
    return [" ".join("".join(one.xpath(".//text()")).split()) for one in found]


def _all(root: Element) -> list[Element]:
    return [one for one in root.iter() if isinstance(one.tag, str)]


@pytest.mark.parametrize(
    ("selector", "means"),
    [
        (".a .b", ["글 하나", "글 둘"]),
        (".a.first > p", ["글 하나", "글 셋"]),
        ("P.b", ["글 하나"]),
        ("#top .x", ["글 둘"]),
        ("#top > .x", []),
        ("main section div span", ["글 둘"]),
        ("section main span", []),
        (".b + .b", ["글 둘"]),
        (".b ~ p", ["글 셋"]),
        ("p + p", []),
        ("[data-kind]", ["글 하나"]),
        ("[data-kind='Ad-note']", ["글 하나"]),
        ("[data-kind='ad-note']", []),
        ("[data-kind='ad-note' i]", ["글 하나"]),
        ("p[data-kind^=Ad]", ["글 하나"]),
        ("[data-kind$=note]", ["글 하나"]),
        ("[data-kind*='-']", ["글 하나"]),
        ("[data-kind*='']", []),
        ("[data-kind|=Ad]", ["글 하나"]),
        ("[class~=c]", ["글 둘"]),
        ("[class!=c]", []),
        ("p:not(.b)", ["글 셋"]),
        ("div.b:not(.a .b)", []),
        ("section :is(.x, [lang])", ["글 하나", "글 둘"]),
        ("section :where(.x)", ["글 둘"]),
        ("li:first-child", ["1"]),
        ("li:last-child", ["3"]),
        ("li:nth-child(2n+1)", ["1", "3"]),
        ("li:nth-child(-n + 2)", ["1", "2"]),
        ("li:nth-last-child(1)", ["3"]),
        ("span:only-child", ["글 둘"]),
        ("li:hover", []),
        (".b, .x", ["글 하나", "글 둘", "글 둘"]),
        ("li:nope, .x, p::before, .x:has(p), p:nth-child(x), li:nth-of-type(1), svg|p, ::, , .x:not(.p,.q)", ["글 둘"]),
        ("[title=','] , .x", ["글 둘"]),
        ("p:contains('글')", []),
    ],
)
def test_what_a_selector_means(selector: str, means: list[str]) -> None:
    assert picked(selector) == means


HIDE = "{display:none}"


@pytest.mark.parametrize(
    "page",
    [
        f"<style>.a .b{HIDE}</style><div class=a><i><p class=b>몰래</p></i></div>",
        "<style>.q, #b > p {visibility:hidden}</style><div id=b><p>몰래</p></div>",
        "<style>p.hidden.note{opacity:0}</style><p class='note hidden'>몰래</p>",
        "<style>@media screen{div p.x{font-size:0}}</style><div><p class=x>몰래</p></div>",
        "<style>@media screen and (min-width: 600px), print{div p.x{display:none}}</style><div><p class=x>몰래</div>",
        f"<style>@media (width >= 40em){{.x{HIDE}}}</style><p class=x>몰래</p>",
        f"<style media=screen>.x{HIDE}</style><p class=x>몰래</p>",
        f"<style>@layer late;@layer base{{div .x{HIDE}}}</style><div><p class=x>몰래</p></div>",
        f"<style>@supports (display:grid){{div .x{HIDE}}}</style><div><p class=x>몰래</p></div>",
        "<style>.a{color:red;.x{display:none}}</style><div class=a><p class=x>몰래</p></div>",
        "<style>.a{&.x{display:none}}</style><p class='a x'>몰래</p>",
        "<style>.x{.a &{display:none}}</style><div class=a><p class=x>몰래</p></div>",
        "<style>div .x{display:block}.x{display:none !important}</style><div><p class=x>몰래</p></div>",
        "<style>div .x{display:none}.x{display:block}</style><div><p class=x>몰래</p></div>",
        "<style>.x{display:none}@media print{.x{display:block}}</style><p class=x>몰래</p>",
        "<style>.x{display:none}@media (max-width:3px){.x{display:block}}</style><p class=x>몰래</p>",
        "<style>.x{display:none}@supports (no:thing){.x{display:block}}</style><p class=x>몰래</p>",
        "<style>.x{display:none}@layer a{#y.x{display:block}}</style><p id=y class=x>몰래</p>",
        "<style>.x{/**/display/**/:none}</style><p class=x>몰래</p>",
        "<style>p/**/.x{d\\69splay:n\\6f ne}</style><p class=x>몰래</p>",
        "<style>.x{content:'}';display:none}</style><p class=x>몰래</p>",
        "<style>.x{background:url(data:a;b{c);display:none}</style><p class=x>몰래</p>",
        f"<style>.x{{background:url({'a' * 9_000}); {'a:b;' * 900} display:none}}</style><p class=x>몰래</p>",
        "<style>@media(min-width:700px) and\n(orientation: landscape){.x{display:none}}</style><p class=x>몰래</p>",
        "<style>@MEDIA\nscreen{.x{display:none}}</style><p class=x>몰래</p>",
        "<style>@import 'x.css';@charset 'a';.x{display:none}</style><p class=x>몰래</p>",
        "<style>.x{display:none</style><p class=x>몰래</p>",
        "<style>.x{max-height:0em;overflow:hidden}</style><p class=x>몰래</p>",
        "<style>div :is(#q,.x){display:none}</style><div><p class=x>몰래</p></div>",
        "<style>.x{height:0}.y{overflow:hidden}</style><p class='x y'>몰래</p>",
        "<style>div .x{color:#fff}</style><div><p class=x>몰래</p></div>",
        "<style>.x{visibility:hidden}</style><div class=x><p>몰래</p><table><tr><td>몰래<td>몰래</table></div>",
        "<style>.x{font-size:0}</style><div class=x>몰래<p style='font-size:2em'>몰래</p></div>",
        "<style>tr.x{visibility:collapse}</style><table><tr><td>가<td>나<tr class=x><td>몰래<td>몰래</table>",
        "<style>tbody.x tr{display:none}</style><table><tr><td>가<td>나<tbody class=x><tr><td>몰래<td>몰래</table>",
        "<style>div h2.x{display:none}</style><div><h2 class=x>몰래</h2></div>",
        f"<style>{'.no' + HIDE}</style><style>:root .x{HIDE}</style><p class=x>몰래</p>",
    ],
)
def test_what_a_sheet_hides_is_not_read(page: str) -> None:
    found = words(f"<html><body><p>보이는 글</p>{page}<p>끝</p>", "a.html")
    assert "몰래" not in found
    assert found.startswith("보이는 글")
    assert found.endswith("끝")


@pytest.mark.parametrize(
    "page",
    [
        f"<style>.a .b{HIDE}</style><p class=b>글</p>",
        f"<style>.a > .b{HIDE}</style><div class=a><i><b class=b>글</b></i></div>",
        f"<style>.x{HIDE}.x{{display:block}}</style><p class=x>글</p>",
        f"<style>.a, .x{HIDE}.a, .x{{display:block}}</style><p class=x>글</p>",
        f"<style>.x{HIDE}div .x{{display:block}}</style><div><p class=x>글</p></div>",
        f"<style>.x{HIDE}@media (min-width:700px){{.x{{display:block}}}}</style><p class=x>글</p>",
        f"<style>.x{HIDE}</style><p class=x style='display:block'>글</p>",
        f"<style>@media print{{.x{HIDE}}}</style><p class=x>글</p>",
        "<style>@media print{body *{visibility:hidden}.area{visibility:visible}}</style><p>글</p><p class=area></p>",
        f"<style>@media (max-width: 600px){{.x{HIDE}}}</style><p class=x>글</p>",
        f"<style>@media (width < 50em){{.x{HIDE}}}</style><p class=x>글</p>",
        f"<style>@media(max-width:700px) and (min-width:1px){{.x{HIDE}}}</style><p class=x>글</p>",
        f"<style>@media not screen{{.x{HIDE}}}</style><p class=x>글</p>",
        f"<style media=print>.x{HIDE}</style><p class=x>글</p>",
        f"<noscript><style>.x{HIDE}</style></noscript><p class=x>글</p>",
        f"<style>@layer a{{#y.x{HIDE}}}.x{{display:block}}</style><p id=y class=x>글</p>",
        "<style>@keyframes in{from{opacity:0}to{opacity:1}}p{animation:in 1s}</style><p>글</p>",
        f"<style>p::before, p:hover, p:has(b), p:nope{HIDE}</style><p>글</p>",
        f"<style>p{{&::after{HIDE}}}</style><p>글</p>",
        f"<style>@scope (.card){{p{HIDE}}}</style><p>글</p>",
        "<style>.x{visibility:hidden}.x p{visibility:visible}</style><div class=x><p>글</p></div>",
        "<style>ul.x{font-size:0}.x li{font-size:16px}</style><ul class=x><li>글</ul>",
        "<style>.x{color:transparent}</style><p class=x><b style='color:#123'>글</b></p>",
        "<style>.x{color:#fff}.top{background:#123}</style><p class=x>글</p>",
        "<style>.x{height:0}</style><p class=x>글</p>",
        "<style>.x{left:-20px;opacity:.8}</style><p class=x>글</p>",
        "<style>.x{overflow:hidden;height:auto;max-width:1em;width:100%}</style><p class=x>글</p>",
        "<style>.x:not(.y){display:none}</style><p class='x y'>글</p>",
        "<style><!-- .x{display:none --></style><p>글</p>",
    ],
)
def test_what_a_sheet_shows_is_read(page: str) -> None:
    assert "글" in words(f"<html><body>{page}", "a.html")


def test_what_is_seen_within_what_is_not_is_read_alone() -> None:
    page = "<style>.x{visibility:hidden}.y{visibility:visible}</style><div class=x>몰래<p class=y>글</p>몰래</div>끝"
    assert words(page, "a.html") == "글\n끝"


_RULES = 100_000
_HOSTILE = {
    "rules": "".join(f".b .c,.a{number} .b{HIDE}" for number in range(_RULES)),
    "of one name": ".b.c .d.e .x{display:none}" * 20_000,
    "of no name": "".join(f"* * * :not(div) > *:not(.q{number}){HIDE}" for number in range(2_000)),
    "deep": " ".join(["div"] * 90_000) + HIDE,
    "deep and no": "div " * 90 + "i" + HIDE,
    "brothers": "* ~ " * 60 + "i, " + "* ~ * " * 30 + "> b" + HIDE,
    "not": "p" + ":not(.a)" * 60_000 + HIDE,
    "not in not": "p" + ":not(" * 60_000 + HIDE,
    "is in is": "p" + ":is(" * 60_000 + HIDE,
    "has": "".join(f"div:has(div:has(p)) .c{number}{HIDE}" for number in range(8_000)),
    "nth": "".join(f"p:nth-child({number}n+{number}){HIDE}" for number in range(2, 3_000)),
    "nested": ".a{" * 90_000 + "display:none" + "}" * 90_000,
    "itself": ".a{" + "&&&&&&&&{" * 60 + "display:none",
    "many of many": (",".join(f".k{number}" for number in range(300)) + "{") * 30 + "display:none",
    "strings": "'" * 200_001 + HIDE + '"\\' * 100_000,
    "escapes": "\\" * 200_001 + HIDE,
    "declared": ".x{" + "display:none;" * 60_000 + "}",
    "layers": "".join(f"@layer l{number}{{.q{HIDE}}}" for number in range(9_000)),
    "conditions": "@media " + "(" * 90_000 + "{" + "@media (min-width:" + "9" * 50_000 + "px){.q{display:none}}",
}


@pytest.mark.parametrize("sheet", list(_HOSTILE))
def test_a_hostile_sheet_is_read_at_once(sheet: str) -> None:
    page = "<div>" * 60 + "<p class='b c d e'>글 한 줄</p>" * 150 + "<p>끝"
    begun = time.thread_time()
    found = words(f"<style>{_HOSTILE[sheet]}</style>{page}", "a.html")
    assert time.thread_time() - begun < 5
    assert found.endswith("끝")


def test_plain_rules_hold_where_the_others_took_too_long() -> None:
    rules = "".join(f"* * * * :not(div) > *:not(.q{number}){HIDE}" for number in range(2_000))
    page = "<div>" * 60 + "<p class='b c'>글</p>" * 150 + "<p class=x>몰래</p>"
    assert "몰래" not in words(f"<style>{rules}.x{HIDE}</style>{page}", "a.html")
