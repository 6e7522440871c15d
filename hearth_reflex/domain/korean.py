"""Hangul as numbers: one form of a text for comparing, letters (jamo) of syllables, first letters (초성), one typo.

Methods: Unicode 15.0 chapter 3.12 (a syllable is 0xAC00 + (lead * 21 + vowel) * 28 + tail) and Annex 15 (NFC, NFKC).
Two-syllable grams instead of words are the usual way with Korean text, which glues particles to nouns and spaces
loosely: J. H. Lee, J. S. Ahn, "Using n-grams for Korean text retrieval", SIGIR 1996. Particles and endings are taken
off in `endings.py`; what is put into an index is made in `terms.py`.
"""

import re
import unicodedata

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
# Letters that people hear as one: typed for each other, and beginnings to look under when a word was not found.
_SOUND_ALIKE = ("ㄱㄲㅋ", "ㄷㄸㅌ", "ㅂㅃㅍ", "ㅅㅆ", "ㅈㅉㅊ")
_ALIKE = {letter: group for group in _SOUND_ALIKE for letter in group}
_FILLERS = "\u115f\u1160\u3164\uffa0"  # letters of Hangul that show nothing
_FIRST, _LAST = 0xAC00, 0xD7A3
_SPACES = re.compile(r"\s+")
# What stands for itself but for capital letters: nearly all that is written in Korean and English.
_PLAIN = re.compile(r"[\x00-\x7f가-힣ㄱ-ㅣ‘’“”·—「」『』《》×°•→]*")


class _Folding(dict[int, str]):
    """One letter to its plain form; filled as letters are met, and bounded by the letters there are."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_letter(chr(code))
        return folded


def fold(text: str) -> str:
    """The form in which texts are compared: composed, one width, one case, no accents; spaces stay as they are."""
    if _PLAIN.fullmatch(text):
        return text.lower()  # the same, far sooner
    return unicodedata.normalize("NFC", text).translate(_FOLDING)


def fold_with_places(text: str) -> tuple[str, str, list[int]]:
    """(composed text, folded text, for each folded letter the place in the composed text that it came from)."""
    composed = unicodedata.normalize("NFC", text)
    pieces = [_FOLDING[ord(letter)] for letter in composed]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return composed, "".join(pieces), places


def squeeze(text: str) -> str:
    """Without any space."""
    return _SPACES.sub("", text)


def is_syllable(letter: str) -> bool:
    return _FIRST <= ord(letter) <= _LAST


def is_lead(letter: str) -> bool:
    """Whether it is a consonant that stands alone, as in ㅂㅆ."""
    return letter in LEADS


def split(syllable: str) -> tuple[int, int, int]:
    """Numbers of the lead, the vowel and the tail (0: none) of one syllable."""
    code = ord(syllable) - _FIRST
    return code // 588, code % 588 // 28, code % 28


def join(lead: int, vowel: int, tail: int = 0) -> str:
    return chr(_FIRST + (lead * 21 + vowel) * 28 + tail)


def initials(text: str) -> str:
    """The first letter of each syllable: 불씨 -> ㅂㅆ. Everything else stays."""
    return "".join(LEADS[(ord(letter) - _FIRST) // 588] if is_syllable(letter) else letter for letter in text)


def jamo(text: str) -> str:
    """Every syllable as its letters: 불씨 -> ㅂㅜㄹㅆㅣ. Everything else stays."""
    return "".join(_letters(letter) if is_syllable(letter) else letter for letter in text)


def sound_alikes(leads: str) -> list[str]:
    """These initials, and those with one letter exchanged for another that sounds like it; at most a dozen."""
    found = [leads]
    for place, letter in enumerate(leads):
        others = [other for other in _ALIKE.get(letter, "") if other != letter]
        found += [leads[:place] + other + leads[place + 1 :] for other in others]
    return found[:12]


def one_off(one: str, other: str) -> bool:
    """Whether two texts are the same but for one letter: exchanged, left out, put in, or two in the wrong order."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, its = one[start:], other[start:]
    return rest[1:] == its[1:] or rest[1:] == its or rest == its[1:] or (rest[2:] == its[2:] and rest[1::-1] == its[:2])


def begins_like(letter: str, typed: str) -> bool:
    """Whether `typed` can be the beginning of `letter`: the same, its first consonant, or it without its tail."""
    if letter == typed:
        return True
    if not is_syllable(letter):
        return False
    if is_lead(typed):
        return LEADS[split(letter)[0]] == typed
    return is_syllable(typed) and split(typed)[2] == 0 and split(letter)[:2] == split(typed)[:2]


def find_typed(typed: str, text: str) -> tuple[int, int] | None:
    """Where `typed`, with single consonants for whole syllables and its last syllable perhaps half done, stands in
    `text`. Both folded; spaces of the text are passed over. Returns (start, end)."""
    if not typed:
        return None
    for start in range(len(text)):
        end = _reaches(typed, text, start)
        if end:
            return start, end
    return None


def _reaches(typed: str, text: str, start: int) -> int:
    """The end of `typed` in `text` from `start` on; 0 when it does not stand there."""
    place = start
    for number, letter in enumerate(typed):
        while place < len(text) and place > start and text[place].isspace():
            place += 1
        if place >= len(text):
            return 0
        fits = begins_like(text[place], letter) if number == len(typed) - 1 or is_lead(letter) else False
        if text[place] != letter and not fits:
            return 0
        place += 1
    return place


def _letters(syllable: str) -> str:
    lead, vowel, tail = split(syllable)
    return LEADS[lead] + VOWELS[vowel] + TAILS[tail]


def _fold_letter(letter: str) -> str:
    if letter in _FILLERS:
        return ""
    if is_syllable(letter) or "ㄱ" <= letter <= "ㆎ":
        return letter  # NFKC would turn a consonant that stands alone into a part that nobody types
    plain = unicodedata.normalize("NFKD", letter)
    plain = unicodedata.normalize("NFC", "".join(part for part in plain if not "\u0300" <= part <= "\u036f"))
    return "".join(_alone(part) for part in plain.casefold() if unicodedata.category(part) != "Cf")


def _alone(part: str) -> str:
    """A part of a syllable (U+1100…) as the letter on the keyboard."""
    code = ord(part)
    if 0x1100 <= code <= 0x1112:
        return LEADS[code - 0x1100]
    if 0x1161 <= code <= 0x1175:
        return VOWELS[code - 0x1161]
    return TAILS[code - 0x11A7] if 0x11A8 <= code <= 0x11C2 else part


_FOLDING = _Folding()
