"""The numbers in an answer that say what it stands on: read while it streams, checked, and laid beside the passages.

A number that was given to no passage cannot stay: `Cited` takes it out before anybody is told of it. What an answer
says that stands on passages leads nowhere by itself: links, pictures and HTML in it are put so that they are read and
not followed, for their words may be those of a document. Code is left as it is; numbers there cite nothing. Pure.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

UNSUPPORTED = "[?]"  # behind a sentence that what was found does not say
_HELD_MAX = 600  # characters that may wait for the end of a word, or of a piece of code
_RANGE_MAX = 20
# Runs of blanks and of code are bounded, here and below: what a model repeats for ever must not cost its square.
_NUMBERS = r"\d{1,3}(?:\s{0,4}[,、·–-]\s{0,4}\d{1,3})*"
_CITATION = re.compile(
    r"(?P<gap>[ \t]{0,8})(?:\[|【)\s{0,4}\^?\s{0,4}(?:(?:passages?|sources?|출처|문서|인용)\s{0,4})?"
    rf"#?(?P<numbers>{_NUMBERS})\s{{0,4}}"
    r"(?:†[^\]】\n]{0,60})?(?:\]|】)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[ \t]{0,8}[\[【][^\[\]【】\n]{0,90}(?:[\]】]|\Z)")  # what is, or may yet become, a citation
_CODE = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?P<inside>.{1,2000}?)(?<!`)(?P=ticks)(?!`)")
# At the margin alone: further in, what holds a fence may end before the fence does, and what follows would be no code.
_FENCE = re.compile(r"(?P<mark>`{3,}(?=[^`\n]*$)|~{3,})")
_FENCE_BEGUN = re.compile(r"(?:[`~][^\n]*)?\Z")
_FENCE_END = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*\n?\Z")
_FORMULA = "$$"  # a fence behind such a line may be part of a formula, and what follows it no code
# Markdown makes a link of a bare address, too, and reads it after escapes and entities.
_LINKS = (
    (re.compile(r"\\(?=[:/@])"), ""),
    (re.compile(r"&(?=#|(?:colon|sol|period|commat|Tab|NewLine|lpar|rpar|lbrack|rbrack);)"), "& "),
    (re.compile(r"\](?=[(:])"), "] "),  # [words](place) and [words]: place
    (re.compile(r"(https?|mailto|xmpp|tel|sms|javascript|vbscript|data|file):(?=\S)", re.IGNORECASE), r"\1: "),
    (re.compile(r"(www)\\?(?=\.)", re.IGNORECASE), r"\1 "),
    (re.compile(r"(?<=[\w.+-])@(?=[\w.\\-])", re.ASCII), " @"),
)
_HTML = re.compile(r"<(?=[A-Za-z/!?])")
_SENTENCE_END = re.compile(
    r"(?<=[.!?…。！？])(?:[\"'”’」』)\]]*)(?:\s*\[(?:\d{1,3}|\?)\])*(?=\s|\Z)|(?<=\])(?=\s|\Z)|\n+"
)
_SMALL = 1  # words: a sentence of so few says nothing that could be checked


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: where it stands, its words without numbers, and the numbers behind it."""

    start: int
    end: int
    text: str
    numbers: tuple[int, ...]


def numbered(keys: Sequence[str], taken: Mapping[str, int], *, floor: int = 0) -> list[int]:
    """A number for each passage, from 1. One that has a number already keeps it.

    Args:
        taken: numbers of an answer that is gone on with, by passage.
        floor: no new number is as low: what was said may hold numbers that are known to nobody any more.
    """
    last, found = max([floor, *taken.values()]), list[int]()
    for key in keys:
        if key not in taken:
            last += 1
        found.append(taken.get(key, last))
    return found


class Cited:
    """Makes an answer that stands on passages safe to tell, piece by piece; any pieces give the same text.

    Args:
        given: the numbers that stand before passages in its prompt.
    """

    def __init__(self, given: Iterable[int]) -> None:
        self._given = frozenset(given)
        self._held, self._fence, self._fresh = "", "", True  # `_fresh`: at the beginning of a line
        self._formulas = False

    def feed(self, piece: str) -> str:
        """What may be told now."""
        self._held += piece
        return self._take(final=False)

    def flush(self) -> str:
        """What is still held back, when the answer has ended."""
        return self._take(final=True)

    def _take(self, *, final: bool) -> str:
        told, at = list[str](), 0
        while at < len(self._held):
            line = _line(self._held, at)
            whole = final or line.endswith("\n")
            if self._fresh and not whole and _FENCE_BEGUN.match(line) and len(line) < _HELD_MAX:
                break
            taken = len(line) if whole else self._safe(line)
            if not taken:
                break
            told.append(self._told(line[:taken], whole=whole))
            at += taken
            self._fresh = whole and line.endswith("\n")
            if not whole:
                break
        self._held = self._held[at:]
        return "".join(told)

    def _told(self, part: str, *, whole: bool) -> str:
        if self._fence:
            end = _FENCE_END.match(part) if self._fresh and whole else None
            self._fence = "" if end and end["mark"].startswith(self._fence) else self._fence
            return part
        mark = _FENCE.match(part.rstrip("\n")) if self._fresh and whole and not self._formulas else None
        if mark:
            self._fence = mark["mark"]
            return part
        self._formulas = self._formulas or _FORMULA in part
        return _apart(part, self._given)

    def _safe(self, line: str) -> int:
        """How much of an unfinished line may be told, whatever comes next."""
        if self._fence:
            return len(line)
        safe = _before_last_word(line)
        for one in _BRACKETS.finditer(line):
            safe = one.start() if one.start() < safe < one.end() else safe
        if (tick := _open_tick(line)) is not None:
            safe = min(safe, tick)
        if len(line) - safe > _HELD_MAX:  # nobody writes so long a word: cut where nothing can grow together
            return next((at for at in range(len(line) - 100, 0, -1) if ord(line[at - 1]) > 0x2FFF), 0) or (
                len(line) if len(line) > 4 * _HELD_MAX else 0
            )
        return safe


def cited(text: str) -> list[int]:
    """The numbers in a told answer, each once, in their order; those in code are none."""
    found: dict[int, None] = {}
    for part in _prose(text):
        for one in _CITATION.finditer(part):
            found.update(dict.fromkeys(_numbers(one["numbers"])))
    return list(found)


def without_numbers(text: str) -> str:
    """The words of an answer alone."""
    return _CITATION.sub("", text).replace(f" {UNSUPPORTED}", "").replace(UNSUPPORTED, "")


def uncited(text: str) -> str:
    """An answer without its numbers and marks; what stands in code stays. So it may be heard again: a number means
    something in the answer that it was given in alone."""
    return "".join(part.text if part.code else _outside_code(part.text) for part in _parts(text))


def claims(text: str) -> list[Claim]:
    """The sentences of an answer that can be checked, in their order: no code, no headings, no questions."""
    found: list[Claim] = []
    at = 0
    for part in _parts(text):
        if part.code:
            continue
        at = part.start
        prose = _CODE.sub(lambda code: " " * len(code[0]), part.text)
        for begin, end in _sentences(part.text):
            said = prose[begin:end]
            words = without_numbers(said).strip(" \t\n*_>#-•")
            numbers = tuple(dict.fromkeys(n for one in _CITATION.finditer(said) for n in _numbers(one["numbers"])))
            if len(words.split()) > _SMALL and not said.lstrip().startswith("#") and not words.rstrip().endswith("?"):
                trimmed = len(said.rstrip())
                found.append(Claim(at + begin, at + begin + trimmed, words, numbers))
    return found


def marked(text: str, unsupported: Sequence[Claim]) -> str:
    """The answer with a mark behind each of these sentences."""
    for claim in sorted(unsupported, key=lambda one: one.end, reverse=True):
        text = f"{text[: claim.end]} {UNSUPPORTED}{text[claim.end :]}"
    return text


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    text: str
    code: bool


def _parts(text: str) -> list[_Part]:
    """The text cut at its fences of code."""
    parts: list[_Part] = []
    fence, start, at = "", 0, 0
    formulas = text.find(_FORMULA) if _FORMULA in text else len(text)
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        mark = _FENCE_END.match(line) if fence else _FENCE.match(line.rstrip("\n"))
        if mark and not fence and at <= formulas:
            parts.append(_Part(start, text[start:at], code=False))
            fence, start = mark["mark"], at
        elif mark and fence and mark["mark"].startswith(fence):
            parts.append(_Part(start, text[start : at + len(line)], code=True))
            fence, start = "", at + len(line)
        at += len(line)
    parts.append(_Part(start, text[start:], code=bool(fence)))
    return [part for part in parts if part.text]


def _prose(text: str) -> list[str]:
    return [_CODE.sub(" ", part.text) for part in _parts(text) if not part.code]


def _sentences(text: str) -> list[tuple[int, int]]:
    found, start = list[tuple[int, int]](), 0
    for end in _SENTENCE_END.finditer(text):
        stop = end.start() if end[0].startswith("\n") else end.end()
        if text[start:stop].strip():
            found.append((start + _indent(text[start:stop]), stop))
        start = end.end()
    if text[start:].strip():
        found.append((start + _indent(text[start:]), len(text)))
    return found


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _line(text: str, start: int) -> str:
    end = text.find("\n", start) + 1
    return text[start:end] if end else text[start:]


def _before_last_word(line: str) -> int:
    """Where the blanks before the last word of a line begin, or those that end it."""
    said = line.rstrip()
    if said == line and said:
        said = line[: -len(line.rsplit(maxsplit=1)[-1])].rstrip()
    return len(said)


def _open_tick(line: str) -> int | None:
    """Where code begins that is not closed on this line."""
    if "`" not in line:
        return None
    rest = _CODE.sub(lambda found: " " * len(found[0]), line)
    at = rest.find("`")
    return at if at >= 0 else None


def _apart(line: str, given: frozenset[int]) -> str:
    """One line, or a part of one. Numbers in `code` are left alone; links are made nowhere."""
    told, at = list[str](), 0
    for code in _CODE.finditer(line):
        told += [_read(line[at : code.start()], given), code[0]]
        at = code.end()
    text = "".join([*told, _read(line[at:], given)])
    for pattern, put in _LINKS:
        text = pattern.sub(put, text)
    return text


def _read(text: str, given: frozenset[int]) -> str:
    def kept(found: re.Match[str]) -> str:
        numbers = [number for number in _numbers(found["numbers"]) if number in given]
        return found["gap"] + "".join(f"[{number}]" for number in dict.fromkeys(numbers)) if numbers else ""

    return _HTML.sub("< ", _CITATION.sub(kept, text))


def _outside_code(text: str) -> str:
    told, at = list[str](), 0
    for code in _CODE.finditer(text):
        told += [without_numbers(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*told, without_numbers(text[at:])])


def _numbers(raw: str) -> list[int]:
    """ "1, 3-5" as 1, 3, 4, 5."""
    found: list[int] = []
    for part in re.split(r"\s*[,、·]\s*", raw):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + _RANGE_MAX:
            found.extend(range(ends[0], ends[1] + 1))
        else:
            found.extend(ends)
    return found
