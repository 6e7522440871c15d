"""The words of the house in Korean and English, and how they are looked up. Knows no page and no request.

A catalogue is a flat dict, key -> sentence with `{name}` placeholders; both must have the same keys and
placeholders (tests/unit/test_i18n.py).
"""

from typing import Literal, TypedDict

from hearth_reflex.i18n.ais_en import AIS_EN
from hearth_reflex.i18n.ais_ko import AIS_KO
from hearth_reflex.i18n.answers_en import ANSWERS_EN
from hearth_reflex.i18n.answers_ko import ANSWERS_KO
from hearth_reflex.i18n.around_en import AROUND_EN
from hearth_reflex.i18n.around_ko import AROUND_KO
from hearth_reflex.i18n.citing_en import CITING_EN
from hearth_reflex.i18n.citing_ko import CITING_KO
from hearth_reflex.i18n.composer_en import COMPOSER_EN
from hearth_reflex.i18n.composer_ko import COMPOSER_KO
from hearth_reflex.i18n.documents_en import DOCUMENTS_EN
from hearth_reflex.i18n.documents_ko import DOCUMENTS_KO
from hearth_reflex.i18n.en import EN
from hearth_reflex.i18n.files_en import FILES_EN
from hearth_reflex.i18n.files_ko import FILES_KO
from hearth_reflex.i18n.ko import KO
from hearth_reflex.i18n.library_en import LIBRARY_EN
from hearth_reflex.i18n.library_ko import LIBRARY_KO
from hearth_reflex.i18n.manners_en import MANNERS_EN
from hearth_reflex.i18n.manners_ko import MANNERS_KO
from hearth_reflex.i18n.messages_en import MESSAGES_EN
from hearth_reflex.i18n.messages_ko import MESSAGES_KO
from hearth_reflex.i18n.models_en import MODELS_EN
from hearth_reflex.i18n.models_ko import MODELS_KO
from hearth_reflex.i18n.people_en import PEOPLE_EN
from hearth_reflex.i18n.people_ko import PEOPLE_KO
from hearth_reflex.i18n.personas_en import PERSONAS_EN
from hearth_reflex.i18n.personas_ko import PERSONAS_KO
from hearth_reflex.i18n.pictures_en import PICTURES_EN
from hearth_reflex.i18n.pictures_ko import PICTURES_KO
from hearth_reflex.i18n.rooms_en import ROOMS_EN
from hearth_reflex.i18n.rooms_ko import ROOMS_KO
from hearth_reflex.i18n.search_en import SEARCH_EN
from hearth_reflex.i18n.search_ko import SEARCH_KO
from hearth_reflex.i18n.sessions_en import SESSIONS_EN
from hearth_reflex.i18n.sessions_ko import SESSIONS_KO
from hearth_reflex.i18n.settings_en import SETTINGS_EN
from hearth_reflex.i18n.settings_ko import SETTINGS_KO
from hearth_reflex.i18n.sights_en import SIGHTS_EN
from hearth_reflex.i18n.sights_ko import SIGHTS_KO
from hearth_reflex.i18n.usage_en import USAGE_EN
from hearth_reflex.i18n.usage_ko import USAGE_KO

Locale = Literal["ko", "en"]
LOCALES: tuple[Locale, ...] = ("ko", "en")
_PARTS: dict[Locale, tuple[dict[str, str], ...]] = {
    "ko": (
        KO,
        AIS_KO,
        CITING_KO,
        COMPOSER_KO,
        ANSWERS_KO,
        AROUND_KO,
        DOCUMENTS_KO,
        FILES_KO,
        LIBRARY_KO,
        MANNERS_KO,
        MESSAGES_KO,
        MODELS_KO,
        PEOPLE_KO,
        PERSONAS_KO,
        PICTURES_KO,
        ROOMS_KO,
        SEARCH_KO,
        SESSIONS_KO,
        SETTINGS_KO,
        SIGHTS_KO,
        USAGE_KO,
    ),
    "en": (
        EN,
        AIS_EN,
        CITING_EN,
        COMPOSER_EN,
        ANSWERS_EN,
        AROUND_EN,
        DOCUMENTS_EN,
        FILES_EN,
        LIBRARY_EN,
        MANNERS_EN,
        MESSAGES_EN,
        MODELS_EN,
        PEOPLE_EN,
        PERSONAS_EN,
        PICTURES_EN,
        ROOMS_EN,
        SEARCH_EN,
        SESSIONS_EN,
        SETTINGS_EN,
        SIGHTS_EN,
        USAGE_EN,
    ),
}
CATALOGUES: dict[Locale, dict[str, str]] = {
    locale: {key: sentence for part in parts for key, sentence in part.items()} for locale, parts in _PARTS.items()
}


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
