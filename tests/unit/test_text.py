"""What people type: kept as meant, refused in words, and never two names that look like one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.lookalikes import passes_for
from hearth_reflex.domain.text import (
    check_password,
    clean_login,
    clean_message,
    clean_name,
    clean_title,
    name_key,
    utf16_length,
)
from hearth_reflex.errors import InputError

INVISIBLE = ["", " ", "\n\t", "\u3000", "\u200b", "\u200d", "\ufeff", "\u3164", "\ufe0f", "\u2800"]


def refused(code: str, field: str, make: object, *args: str, **more: object) -> None:
    with pytest.raises(InputError) as refusal:
        make(*args, **more)  # pyright: ignore[reportCallIssue] - one of the functions above
    assert (refusal.value.code, refusal.value.field) == (code, field)


@given(st.text())
def test_a_browser_counts_as_utf16_does(text: str) -> None:
    clean = "".join(char for char in text if unicodedata.category(char) != "Cs")
    assert utf16_length(clean) == len(clean.encode("utf-16-le")) // 2


@given(st.text())
def test_cleaning_a_clean_message_changes_nothing(raw: str) -> None:
    try:
        once = clean_message(raw, limit=50)
    except InputError:
        return
    assert clean_message(once, limit=50) == once
    assert once
    assert "\r" not in once
    assert len(once) <= 50
    once.encode()  # no half of a surrogate pair: it can be stored and sent


@given(st.text(alphabet="가🔥a \n", min_size=1, max_size=30).filter(lambda text: text.strip() != ""))
def test_what_is_said_is_kept_word_for_word(text: str) -> None:
    assert clean_message(text, limit=100) == text.strip("\n ")


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\n\n  hi  \n", "hi"),
        ("\u1112\u1161\u11ab", "한"),  # as macOS types it
        ("👩‍👩‍👧 with a joiner", "👩‍👩‍👧 with a joiner"),
        ("\tcode", "code"),
        ("a\tb", "a\tb"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_a_message_as_it_is_kept(raw: str, kept: str) -> None:
    assert clean_message(raw, limit=100) == kept


@pytest.mark.parametrize("raw", INVISIBLE)
def test_nobody_says_nothing(raw: str) -> None:
    refused("message_empty", "text", clean_message, raw, limit=100)


@pytest.mark.parametrize("raw", ["a\x00b", "\x07", "a\x1bb", "a\x7fb", "a\x85b", "\ud800"])
def test_control_characters_are_refused(raw: str) -> None:
    refused("message_control", "text", clean_message, raw, limit=100)


def test_the_length_is_told_in_characters() -> None:
    assert clean_message("🔥" * 10, limit=10) == "🔥" * 10
    with pytest.raises(InputError) as refusal:
        clean_message("x" * 11, limit=10)
    assert (refusal.value.code, refusal.value.params) == ("message_long", {"length": 11, "limit": 10})


@given(st.text(max_size=40))
def test_cleaning_a_clean_name_changes_nothing(raw: str) -> None:
    try:
        once = clean_name(raw)
    except InputError:
        return
    assert clean_name(once) == once
    assert 1 <= len(once) <= 24
    assert name_key(once)


@pytest.mark.parametrize(("raw", "kept"), [("  미나  ", "미나"), ("불\t가 앞", "불 가 앞"), ("O'Neil-7", "O'Neil-7")])
def test_a_name_as_it_is_shown(raw: str, kept: str) -> None:
    assert clean_name(raw) == kept


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "name_empty"),
        (" \n ", "name_empty"),
        ("x" * 25, "name_long"),
        ("a\x00b", "name_characters"),
        ("a\u202eb", "name_characters"),
        ("<b>", "name_characters"),
        ("@me", "name_characters"),
        ("🔥", "name_characters"),
        ("...", "name_characters"),
        ("\u3164", "name_characters"),  # a "letter" that shows nothing
        ("\u115f\u1160", "name_characters"),
        ("\u200b", "name_characters"),
        ("\ud800a", "name_characters"),
        ("준:", "name_characters"),
        ("준： 안녕", "name_characters"),  # full width
        ("Jun\u2236", "name_characters"),
        ("[준]", "name_characters"),
        ("［준］", "name_characters"),
        ("＜준＞", "name_characters"),
        ("Мina", "name_characters"),  # the first letter is Cyrillic
        ("Minα", "name_characters"),
        ("Миνа", "name_characters"),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused(raw: str, code: str) -> None:
    refused(code, "name", clean_name, raw)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mina", "ＭＩＮＡ"),
        ("미나", "미 나"),
        ("미나", "미\u200b나"),
        ("미나", "\u3164미나"),
        ("미나", "미나\ufe0f"),
        ("mina", "mi\u00adna"),
        ("mina", "mi\u034fna"),
        ("straße", "STRASSE"),
        ("미나", "\u1106\u1175\u1102\u1161"),
        ("coco", "сосо"),  # Cyrillic
        ("PAX", "РАХ"),
        ("nina", "ΝΙΝΑ"),  # Greek capitals
        ("vivo", "νινο"),
        ("mina", "ᴍɪɴᴀ"),
        ("mina", "mına"),
    ],
)
def test_names_that_look_alike_are_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    "name", ["미나", "김 Mina", "Мария", "Νίκος", "美奈", "ミナ", "O'Neil-7", "José", "Emma", "Ai Kim"]
)
def test_names_of_all_the_world_are_good(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize("syllables", ["가", "힣", "아이유", "불씨"])
def test_hangul_is_its_own_key(syllables: str) -> None:
    assert name_key(syllables) == syllables


def test_a_title_may_hold_what_a_name_may_not() -> None:
    assert clean_title("[밤] 영화: α") == "[밤] 영화: α"
    refused("name_characters", "name", clean_title, "<b>")


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("Ember", "Ember"),
        ("EMBERbot", "Ember"),
        ("*Ember*", "Ember"),
        ("Émber 2", "Ember"),
        ("3mber", "Ember"),
        ("Аdmin", "admin"),
        ("adm1n-kim", "admin"),
        ("불씨님", "불씨"),
        ("불 씨 2", "불씨"),
        ("~시스템~", "시스템"),
        ("시스템 알림", "시스템"),
        ("AI", "ai"),
        ("Al", "ai"),
        ("AI 비서", "ai"),
        ("ai-2", "ai"),
    ],
)
def test_names_that_pass_for_the_houses_own(name: str, original: str) -> None:
    assert passes_for(name, original)


@pytest.mark.parametrize(
    ("name", "original"),
    [("Emma", "Ember"), ("Aiko", "ai"), ("Ai Kim", "ai"), ("불꽃", "불씨"), ("씨", "불씨"), ("민준", "민"), ("x", "")],
)
def test_names_that_only_share_a_beginning(name: str, original: str) -> None:
    assert not passes_for(name, original)


@given(st.text(max_size=30))
def test_a_names_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(("raw", "kept"), [(" Mina ", "mina"), ("a.b-c_9", "a.b-c_9"), ("x" * 32, "x" * 32)])
def test_a_login_is_folded(raw: str, kept: str) -> None:
    assert clean_login(raw) == kept


@pytest.mark.parametrize("raw", ["", "ab", "x" * 33, "미나미", "a b", ".abc", "abc\n\x00", "abc/"])
def test_a_login_is_plain(raw: str) -> None:
    refused("login_characters", "login", clean_login, raw)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("x" * 9, "password_short"),
        ("x" * 201, "password_long"),
        ("MinaMinaMina", "password_is_name"),
        ("minaminaminaMINAMINAMINA", "password_is_name"),
    ],
)
def test_a_weak_password_is_refused(raw: str, code: str) -> None:
    refused(code, "password", check_password, raw, login="minaminamina")


def test_any_long_password_is_good() -> None:
    check_password("🔥" * 10, login="mina")
    check_password("x" * 200, login="mina")


def test_a_heap_of_marks_is_refused_before_it_costs_anything() -> None:
    with pytest.raises(InputError) as refusal:
        clean_message("a" + "\u0301\u0323" * 15_000, limit=8000)
    assert refusal.value.code == "message_marks"
    with pytest.raises(InputError) as refusal:
        clean_message("\u0301\u0323" * 60_000, limit=8000)
    assert refusal.value.code == "message_long"


@pytest.mark.parametrize(
    ("raw", "code"),
    [("a" + "\u0301\u0323" * 60_000, "name_long"), ("a" + "\u0301" * 40, "name_characters")],
    ids=["endless", "heap"],
)
def test_and_so_it_is_in_a_name(raw: str, code: str) -> None:
    refused(code, "name", clean_name, raw)
    refused(code, "name", clean_title, raw)


def test_a_name_in_parts_and_among_blanks_is_not_too_long() -> None:
    assert clean_title(" " * 500 + unicodedata.normalize("NFD", "각" * 24)) == "각" * 24


def test_hangul_in_parts_is_not_too_long() -> None:
    parts = unicodedata.normalize("NFD", "각" * 8000)
    assert clean_message(parts, limit=8000) == "각" * 8000
