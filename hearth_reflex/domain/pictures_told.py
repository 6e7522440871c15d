"""What is said of a picture: by a person, by a model that sees, or by the words around it. Values in, values out.

A person's words go before a model's, a model's before those it was sent with. Knows no table and asks no model.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Literal, Protocol

from hearth_reflex.domain.files import suffix_of
from hearth_reflex.domain.korean import LEADS
from hearth_reflex.domain.text import clean_message, without_controls
from hearth_reflex.errors import InputError

CAPTION_MAX = 300  # characters of a person's caption
MODEL_MAX = 200
AROUND_MAX = 500
WORDS_MAX = 8_000  # of those read in one picture
CAPTION_TOKENS = 80

Language = Literal["ko", "en"]

_ASKED: dict[Language, str] = {
    "ko": "이 사진에 무엇이 보이는지 한국어 한 문장으로 말해 주세요. 보이는 것만, 짧게, 머리말 없이.",
    "en": "Say in one English sentence what this picture shows. Only what is seen, briefly, with no opening words.",
}
# A camera's or a program's own name for a picture says nothing of what it shows.
_NO_NAME = re.compile(
    r"(?:img|dsc[fn]?|pxl|image|photo|picture|screenshot|kakaotalk|file|untitled|unnamed|사진|이미지|스크린샷|그림)?"
    r"[\s_.()-]*[\d\s_.()T-]*|[0-9a-f]{8}-[0-9a-f-]{20,}",
    re.IGNORECASE,
)
_SHOWN_ONLY = re.compile(r"```.*?(?:```|\Z)|\bhttps?://\S+|\bwww\.\S+", re.DOTALL)
_OPENING = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|ok|네|물론이죠|알겠습니다)[,.!:]?\s+)?"
    r"(?:(?:here(?:'s| is) (?:a|the|one)[^:]{0,40}|caption|description|설명|캡션)\s*:\s*)?",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(r"<[^<>]{0,40}>|[*_`#>|~<\[\]{}@]+")
_SENTENCE = re.compile(r".+?(?:[.!?…。！？](?=\s|$)|$)", re.DOTALL)
_QUOTES = "\"'“”‘’「」『』 "
_HANGUL = re.compile(f"[가-힣{LEADS}]")
_LATIN = re.compile("[A-Za-z]")


class CaptionBy(StrEnum):
    PERSON = "person"
    MODEL = "model"
    AROUND = "around"
    NOBODY = "nobody"  # as `AROUND`; somebody took away what was said of it, and no model is to say it again


class Noted(Protocol):
    """What is known of a picture, as its row has it."""

    caption: str
    words: str


def picture_text(note: Noted) -> str:
    """What a picture is found by: its caption and the words in it; "" of one of which nothing is known."""
    return "\n".join(part for part in (note.caption, note.words) if part)


def shown_caption(caption: str | None, by: str | None) -> str:
    """What stands for the picture in a talk: somebody wrote it of this picture. Words around it stand there anyway."""
    return caption if caption and by in (CaptionBy.PERSON, CaptionBy.MODEL) else ""


def persons_caption(raw: str) -> str:
    """What somebody wrote of a picture, on one line; "" when they wrote nothing.

    Raises:
        InputError: `caption_long`, `message_control`, `message_marks`.
    """
    try:
        text = clean_message(raw, limit=CAPTION_MAX, may_be_empty=True)
    except InputError as fault:
        if fault.code == "message_long":
            raise InputError("caption_long", field="caption", limit=CAPTION_MAX) from None
        raise
    return " ".join(text.split())


def models_caption(raw: str) -> str:
    """The first sentence of what a model said, without marks that mean more on a page; "" for nothing usable."""
    text = unicodedata.normalize("NFC", without_controls(raw[: MODEL_MAX * 20]))
    text = _MARKUP.sub("", _SHOWN_ONLY.sub(" ", _LINK.sub(r"\1", text)))
    text = _OPENING.sub("", " ".join(text.split())).strip(_QUOTES)
    sentence = found[0] if (found := _SENTENCE.match(text)) else ""
    sentence = sentence.strip(_QUOTES)
    if sum(unicodedata.category(char)[0] == "L" for char in sentence) < 2:
        return ""
    return _cut(sentence, MODEL_MAX)


def around_caption(*, text: str, name: str) -> str:
    """The words that a picture was sent with, and its name where a person gave it one."""
    said, called = " ".join(_SHOWN_ONLY.sub(" ", text).split()), name_words(name)
    parts = (_cut(said, AROUND_MAX), "" if called in said else called)
    return " · ".join(part for part in parts if part)


def name_words(name: str) -> str:
    """The words of a file's name; "" of one that a camera or a program gave it."""
    suffix = suffix_of(name)
    stem = name[: -len(suffix) - 1] if suffix else name
    if _NO_NAME.fullmatch(stem):
        return ""
    return " ".join(re.split(r"[\s_+]+|(?<=\w)-(?=\w)", stem)).strip(" .-")


def question_of(language: Language) -> str:
    """What a model that sees is asked of a picture."""
    return _ASKED[language]


def language_of(texts: list[str], *, usual: Language) -> Language:
    """The language that these words are mostly in; the usual one where there are none."""
    joined = " ".join(texts)
    hangul, latin = len(_HANGUL.findall(joined)), len(_LATIN.findall(joined))
    if not hangul and not latin:
        return usual
    # A Korean syllable is about two and a half letters of a Latin word; Korean talk has Latin names in it, too.
    return "ko" if hangul * 2.5 >= latin * 0.5 else "en"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
