"""The error tree: as drawn, with a status and words of its own."""

import re
from collections.abc import Iterator

import pytest

from hearth_reflex import errors
from hearth_reflex.errors import CredentialsError, HearthError, InputError, LimitError, SettingsError
from hearth_reflex.i18n import LOCALES, say


def tree(root: type[HearthError]) -> Iterator[type[HearthError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


def own_errors() -> list[type[HearthError]]:
    return [error for error in tree(HearthError) if error.__module__ == errors.__name__]


def test_the_drawing_is_the_tree() -> None:
    drawn = re.findall(r"([A-Z]\w+Error)(?: +(\d{3}))?", errors.__doc__ or "")
    assert [name for name, _ in drawn] == [error.__name__ for error in own_errors()]
    statuses = {error.__name__: str(error.status) for error in own_errors()}
    assert all(statuses[name] == status for name, status in drawn if status)


@pytest.mark.parametrize("error", own_errors())
def test_each_kind_has_its_own_code(error: type[HearthError]) -> None:
    assert [other.__name__ for other in own_errors() if other.code == error.code] == [error.__name__]


def test_an_error_carries_what_its_sentence_needs() -> None:
    error = InputError("name_long", field="name", limit=24)
    assert (error.code, error.field, error.params, str(error)) == ("name_long", "name", {"limit": 24}, "name_long")
    for locale in LOCALES:
        assert "24" in say(locale, f"error.{error.code}", **error.params)


def test_a_class_has_a_code_of_its_own() -> None:
    assert (CredentialsError().code, CredentialsError().status) == ("credentials", 401)


@pytest.mark.parametrize("seconds", [0.01, 1.0, 1.4, 1.5, 11.9])
def test_who_waits_as_long_as_a_limit_says_has_waited_long_enough(seconds: float) -> None:
    told = LimitError(retry_after=seconds).params["seconds"]
    assert isinstance(told, int)
    assert seconds <= told < seconds + 1


def test_a_settings_error_says_the_reason_to_the_operator() -> None:
    assert str(SettingsError("HEARTH_PORT: too big")) == "HEARTH_PORT: too big"
