"""Every word in both languages, and every key that the code speaks of among them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth_reflex import errors
from hearth_reflex.errors import EngineError, HearthError
from hearth_reflex.i18n import CATALOGUES, LOCALES, Locale, locale_of, say, words

PACKAGE = Path(errors.__file__).parent
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, HearthError)}
# Errors that end an answer are kept as a code alone: nothing is there to fill a placeholder with.
KEPT_CODES = {"unexpected", "interrupted", *(kind.code for kind in [EngineError, *EngineError.__subclasses__()])}


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def calls(*folders: str) -> Iterator[tuple[str, ast.Call]]:
    """(name of what is called, the call) of all calls in the package, or in some of its folders."""
    for path in PACKAGE.rglob("*.py"):
        if folders and path.relative_to(PACKAGE).parts[0] not in folders:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func).rpartition(".")[2], node


def first_texts(node: ast.Call) -> list[str]:
    """The strings that the first argument may be: one, or the arms of a conditional."""
    choices = [node.args[0]] if node.args else []
    if choices and isinstance(choices[0], ast.IfExp):
        choices = [choices[0].body, choices[0].orelse]
    return [choice.value for choice in choices if isinstance(choice, ast.Constant) and isinstance(choice.value, str)]


def raised() -> list[tuple[str, set[str]]]:
    """(code, names of its values) of every error that the package makes with a code of its own."""
    return [
        (code, {keyword.arg for keyword in node.keywords if keyword.arg})
        for name, node in calls()
        if name in ERRORS - {"SettingsError"}
        for code in first_texts(node)
    ]


def spoken() -> list[tuple[str, set[str]]]:
    """(key, names of its values) of every sentence on a page."""
    return [
        (key, {keyword.arg for keyword in node.keywords if keyword.arg})
        for name, node in calls("components", "pages", "hearth_reflex.py")
        if name == "t"
        for key in first_texts(node)
    ]


def test_both_languages_say_the_same_things() -> None:
    assert list(CATALOGUES["ko"]) == list(CATALOGUES["en"])  # in one order, so that they can be read side by side
    for key, sentence in CATALOGUES["ko"].items():
        assert placeholders(sentence) == placeholders(CATALOGUES["en"][key]), key


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_empty_or_half(locale: Locale) -> None:
    for key, sentence in CATALOGUES[locale].items():
        assert sentence == sentence.strip() != "", key
        assert re.sub(r"\{\w+\}", "", sentence).count("{") == 0, key


def test_each_language_is_in_its_own_script() -> None:
    assert [key for key, text in CATALOGUES["en"].items() if re.search("[가-힣]", text)] == []
    plain = [key for key, text in CATALOGUES["ko"].items() if not re.search("[가-힣]", text)]
    assert plain == ["room.ai_badge"]


def test_the_walk_finds_what_is_there() -> None:
    assert {"name_long", "not_member", "login_pace", "setup_link"} <= {code for code, _ in raised()}
    assert {"composer.answering", "entry.sit", "lobby.none_open"} <= {key for key, _ in spoken()}


@pytest.mark.parametrize("kind", sorted(ERRORS))
def test_each_kind_of_error_has_words(kind: str) -> None:
    code = getattr(errors, kind).code
    for locale in LOCALES:
        assert f"error.{code}" in CATALOGUES[locale]


@pytest.mark.parametrize(("code", "values"), raised())
def test_each_error_has_words_and_the_values_for_them(code: str, values: set[str]) -> None:
    given = values | ({"seconds"} if "retry_after" in values else set[str]())
    for locale in LOCALES:
        assert placeholders(CATALOGUES[locale][f"error.{code}"]) <= given


def test_errors_that_end_an_answer_need_no_values() -> None:
    engine = {code for name, node in calls("llm") if name in ERRORS for code in first_texts(node)}
    for code in KEPT_CODES | engine:
        assert words(f"error.{code}")


@pytest.mark.parametrize(("key", "values"), spoken())
def test_each_sentence_on_a_page_has_words_and_the_values_for_them(key: str, values: set[str]) -> None:
    for locale in LOCALES:
        assert placeholders(CATALOGUES[locale][key]) == values


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"),
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("fr-FR, en-GB;q=0.8", "en"),
        ("ja, zh;q=0.5", "en"),
        ("kok, ko;q=0.5", "ko"),
        ("kok", "en"),  # Konkani, which only begins like Korean
        ("enm;q=1, ko", "ko"),
        (";;,,;q=", "en"),
    ],
)
def test_the_first_language_that_the_house_speaks(header: str | None, locale: Locale) -> None:
    assert locale_of(header, default="en") == locale


def test_braces_in_a_value_are_only_text() -> None:
    assert say("en", "notice.joined", name="{limit}{0}") == "{limit}{0} sat down by the fire"


def test_an_unknown_key_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        say("ko", "error.no_such_thing")
