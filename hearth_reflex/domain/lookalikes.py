"""Letters of other scripts that look like Latin ones, and names made to pass for the house's own.

The table is short on purpose: what a reader takes for a Latin letter at the size of a name, in Cyrillic, Greek and the
small capitals of phonetics. It holds both cases, since they can look like different letters (Greek Ν and ν). Scripts
without such letters, Hangul before all, are not touched.
"""

import unicodedata
from collections.abc import Iterable

_OTHERS = {  # Latin letter -> what looks like it
    "a": "АаӐӑΑαᴀɑ",
    "b": "ВвЬьΒβʙ",
    "c": "СсϹϲᴄ",
    "d": "Ԁԁᴅ",
    "e": "ЕеЁёΕεᴇ",
    "f": "Ғғꜰ",
    "g": "Ԍԍɢɡ",
    "h": "НнҺһΗʜ",
    "i": "ІіЇїΙιıɪɩ",
    "j": "ЈјͿϳȷᴊ",
    "k": "КкҚқΚκᴋ",
    "l": "Ӏӏʟ",
    "m": "МмΜμᴍ",
    "n": "ПпηΝɴ",
    "o": "ОоΟοσᴏ",
    "p": "РрΡρᴘ",
    "q": "Ԛԛ",
    "r": "Ггʀ",
    "s": "Ѕѕꜱ",
    "t": "ТтΤτᴛ",
    "u": "υᴜʋ",
    "v": "Ѵѵνᴠ",
    "w": "ԜԝШшωᴡ",
    "x": "ХхΧχ",
    "y": "УуҮүΥγʏ",
    "z": "Ζᴢ",
}
_TABLE = str.maketrans({other: letter for letter, others in _OTHERS.items() for other in others})
# Scripts that share letter forms: a word of two of them is made to be misread.
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET"})
_FIGURES = str.maketrans("01345l7|", "oieasiti")
_TITLES = ("bot", "ai", "봇", "님")  # what hangs on a name and changes nothing
_READING_MAX = 80
_SPELLINGS = {"ember": "엠버"}  # how a name of the house is written by its sound
_SURE = 4  # Latin letters from which on a name's beginning cannot be chance


def plain_letters(text: str) -> str:
    """`text` with what looks like a Latin letter as that letter."""
    return text.translate(_TABLE)


def mixes_alphabets(name: str) -> bool:
    """Whether letters of several alphabets stand in one name, as in "Еmber" with a Cyrillic first letter."""
    letters = [char for char in unicodedata.normalize("NFKC", name) if char.isalpha()]
    return len({unicodedata.name(char, "").split(" ")[0] for char in letters} & _ALIKE) > 1


def reading_of(name: str) -> str:
    """What a reader takes a name for, without what hangs on it, as "Lunа bot." or "루나님": names of one reading are
    taken for one. At most 80 characters; "" for a name without letters."""
    return _without_titles(_as_read(name))[:_READING_MAX]


def bare_of(name: str) -> str:
    """The letters and figures of a name alone, without accents and what hangs on it: the key (`text.name_key`) of the
    plain name that it may be made to look like."""
    return _without_titles(_letters(name))


def passes_for(name: str, original: str) -> bool:
    """Whether `name` would be taken for `original`, or for something of its, as "Émber.", "Ember bot", "불씨님"."""
    read, own = _as_read(name), _as_read(original)
    if not own or not read.startswith(own):
        return False
    rest = read[len(own) :]
    if own.isascii():
        return len(own) >= _SURE or not rest[:1].isascii() or not rest[:1].isalpha()
    return len(own) > 1 or not rest


def spellings_of(names: Iterable[str]) -> list[str]:
    """How else some of these names are written: by their sound, in Hangul."""
    return [_SPELLINGS[name.casefold()] for name in names if name.casefold() in _SPELLINGS]


def _as_read(name: str) -> str:
    """Letters and figures alone, without accents, and figures that stand for letters as these."""
    return _letters(name).translate(_FIGURES)


def _letters(name: str) -> str:
    parts = unicodedata.normalize("NFD", plain_letters(unicodedata.normalize("NFKC", name)).casefold())
    return unicodedata.normalize("NFC", "".join(char for char in parts if unicodedata.category(char)[0] in "LN"))


def _without_titles(letters: str) -> str:
    for title in _TITLES:
        if len(letters) > len(title) + title.isascii():  # of Latin letters one alone is no name
            letters = letters.removesuffix(title)
    return letters
