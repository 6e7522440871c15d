"""What a person typed, made safe to keep: Unicode form, control characters, lengths. Values in, values out."""

import re
import unicodedata

from hearth_reflex.domain.lookalikes import mixes_alphabets, plain_letters
from hearth_reflex.errors import InputError

NAME_MAX = 24
MARKS_MAX = 30  # combining marks on one letter: no script needs as many
LOGIN_PATTERN = re.compile(r"[a-z0-9][a-z0-9_.-]{2,31}")
PASSWORD_MIN = 10
PASSWORD_MAX = 200

# These have a meaning beside a name: calls, Markdown, and the "name:" that begins a line in a prompt.
_NOT_IN_TITLES = frozenset("@#<>`")
_NOT_IN_NAMES = _NOT_IN_TITLES | frozenset(":[]\u2236\ua789\u02d0\u0589\u05c3\u0703\u0704\u16ec\u1803\u205a\ufe30")
_KEPT_CONTROLS = {"\n", "\t"}
# Zero-width joiners shape emoji and Indic letters; the marks that reorder text could dress one name up as another.
_REORDERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
# Letters, marks and signs by category that show nothing: Hangul fillers, variation selectors, blank Braille.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def utf16_length(text: str) -> int:
    """Length as a browser counts it: code points beyond the basic plane count twice."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def clean_message(raw: str, *, limit: int, may_be_empty: bool = False) -> str:
    """The text as it is kept: NFC, newlines as LF, blank edges cut.

    Args:
        may_be_empty: something else is said with it, as pictures are; what shows nothing is then "".

    Raises:
        InputError: `message_empty`, `message_control` (a control character that is no line break or tab),
            `message_marks` (a heap of marks on one letter), `message_long` (more than `limit` code points).
    """
    # Before normalising, whose cost grows with the square of a run of marks. Four times: Hangul in parts takes three.
    if len(raw) > limit * 4:
        raise InputError("message_long", field="text", length=len(raw), limit=limit)
    if _has_mark_run(raw):
        raise InputError("message_marks", field="text")
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    if any(_is_control(char) for char in text):
        raise InputError("message_control", field="text")
    text = text.strip("\n\t ").rstrip()
    if not text or not any(_is_visible(char) for char in text):
        if may_be_empty:
            return ""
        raise InputError("message_empty", field="text")
    if len(text) > limit:
        raise InputError("message_long", field="text", length=len(text), limit=limit)
    return text


def without_controls(text: str) -> str:
    """A model's words without what no database and no page takes: control characters, halves of surrogate pairs."""
    return "".join(char for char in text if not _is_control(char))


def clean_name(raw: str, *, limit: int = NAME_MAX) -> str:
    """Somebody's name: as a title, in one alphabet, and with nothing that could end a name in a prompt.

    Raises:
        InputError: `name_empty`, `name_long`, `name_characters`.
    """
    name = clean_title(raw, limit=limit)
    if mixes_alphabets(name) or not _NOT_IN_NAMES.isdisjoint(unicodedata.normalize("NFKC", name) + name):
        raise InputError("name_characters", field="name")
    return name


def clean_title(raw: str, *, limit: int = NAME_MAX) -> str:
    """The name of a thing, to be shown: NFC, single spaces, 1 to `limit` visible characters.

    Raises:
        InputError: `name_empty`, `name_long`, `name_characters`.
    """
    name = " ".join(raw.split())
    if not name:
        raise InputError("name_empty", field="name")
    if len(name) > limit * 4:  # before normalising, as above
        raise InputError("name_long", field="name", limit=limit)
    if _has_mark_run(name):
        raise InputError("name_characters", field="name")
    name = unicodedata.normalize("NFC", name)
    if len(name) > limit:
        raise InputError("name_long", field="name", limit=limit)
    if any(_is_control(char) or char in _REORDERING or char in _NOT_IN_TITLES for char in name):
        raise InputError("name_characters", field="name")
    if not any(unicodedata.category(char)[0] in "LN" and _is_visible(char) for char in name):
        raise InputError("name_characters", field="name")
    return name


def name_key(name: str) -> str:
    """Names with one key are one name: folded are compatibility forms, look-alikes, case and all that shows nothing."""
    key = None
    while key != name:  # what one step takes out can let the rest combine anew
        key, name = name, _folded(name)
    return name


def clean_login(raw: str) -> str:
    """A login name: 3 to 32 of a-z, 0-9, dot, dash, underscore; case is folded.

    Raises:
        InputError: `login_characters`.
    """
    login = raw.strip().casefold()
    if not LOGIN_PATTERN.fullmatch(login):
        raise InputError("login_characters", field="login")
    return login


def check_password(raw: str, *, login: str) -> None:
    """Raises InputError `password_short`, `password_long` or `password_is_name`."""
    if len(raw) < PASSWORD_MIN:
        raise InputError("password_short", field="password", limit=PASSWORD_MIN)
    if len(raw) > PASSWORD_MAX:
        raise InputError("password_long", field="password", limit=PASSWORD_MAX)
    if raw.casefold() == login or raw.casefold() == login * 2:
        raise InputError("password_is_name", field="password")


def _has_mark_run(text: str) -> bool:
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MARKS_MAX:
            return True
    return False


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") and char not in _KEPT_CONTROLS


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] not in "ZC" and not _BLANK.match(char)


def _folded(name: str) -> str:
    letters = plain_letters(unicodedata.normalize("NFKC", name)).casefold()
    return "".join(char for char in letters if _is_visible(char))
