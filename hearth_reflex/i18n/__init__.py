"""The words of the house in Korean and English, and how they are looked up. Knows no page and no request.

A catalogue is a flat dict, key -> sentence with `{name}` placeholders; both must have the same keys and
placeholders (tests/unit/test_i18n.py).
"""

from typing import Literal, TypedDict

from hearth_reflex.i18n.en import EN
from hearth_reflex.i18n.ko import KO
from hearth_reflex.i18n.models_en import MODELS_EN
from hearth_reflex.i18n.models_ko import MODELS_KO

Locale = Literal["ko", "en"]
LOCALES: tuple[Locale, ...] = ("ko", "en")
CATALOGUES: dict[Locale, dict[str, str]] = {"ko": {**KO, **MODELS_KO}, "en": {**EN, **MODELS_EN}}


class Words(TypedDict):
    """One sentence in every language; the reader's page picks."""

    ko: str
    en: str


def say(locale: Locale, key: str, /, **params: object) -> str:
    """The sentence `key` in one language. Raises KeyError for a key that is in no catalogue."""
    return CATALOGUES[locale][key].format(**params)


def words(key: str, /, **params: object) -> Words:
    """The sentence `key` in every language."""
    return Words(ko=say("ko", key, **params), en=say("en", key, **params))


def locale_of(accept_language: str | None, *, default: Locale) -> Locale:
    """The first language of an Accept-Language header that the house speaks."""
    for part in (accept_language or "").split(","):
        tag = part.split(";")[0].split("-")[0].strip().lower()
        for locale in LOCALES:
            if tag == locale:
                return locale
    return default
