"""Whether somebody asks what a document says, and whether a talk has said it already: who then says "not found". Pure.

Only a plain sign counts: a word for a document with what is asked of it, or the name of one that is there. Who asks how
to write a report asks nothing of the library.
"""

import re
from collections.abc import Sequence

from hearth_reflex.domain.acts import Act, act_of
from hearth_reflex.domain.korean import fold
from hearth_reflex.domain.sentences import sentences
from hearth_reflex.domain.wording import said, share

_KO_NOUN = (
    "(?:문서|파일|자료|보고서|논문|첨부(?:한 것|물|파일)?|pdf|피디에프|약관|매뉴얼|설명서|안내서|계약서|회의록|규정집|"
    "교재|책자|서재|사진|이미지|슬라이드|엑셀|스프레드시트|올린 것|올려 ?둔 것)"
)
_KO = re.compile(
    rf"{_KO_NOUN}(?:들)?\s?(?:에서|에는|에도|에 |에\?|상에|상으로|에 따르면|대로라면|에 의하면|의 |속에|안에|중에)"
    rf"|{_KO_NOUN}(?:들)?(?:을|를|은|는|이|가)?\s?(?:요약|정리해|찾아|뒤져|읽어|읽고|뭐라|뭐래|(?:무슨|어떤) 내용"
    r"|말하는|말한|나오)"
)
_EN_NOUN = (
    r"(?:documents?|files?|pdfs?|reports?|papers?|manuals?|contracts?|handbooks?|attachments?|spreadsheets?|slides?|"
    r"pictures?|photos?|images?|library|notes|minutes|upload(?:s|ed)?)"
)
_EN = re.compile(
    rf"\b(?:in|from|of|according to|per|inside|within|through)\s+(?:the|this|that|these|those|my|our|your|any)\s+"
    rf"(?:\w+\s+){{0,2}}{_EN_NOUN}\b"
    rf"|\b{_EN_NOUN}\s+(?:\w+\s+)?(?:say|says|said|state|states|mention|mentions|tell|tells|contain|contains|show|shows|"
    r"cover|covers|list|lists|describe|describes|explain|explains)\b"
    rf"|\b(?:summari[sz]e|search|check|read|look (?:in|into|through))\s+(?:the|this|that|these|my|our)\s+(?:\w+\s+)?"
    rf"{_EN_NOUN}\b",
    re.IGNORECASE,
)
_TO_YOU = re.compile(r"\b(?:you|your|yourself)\b|(?:^|\s)(?:너|넌|네가|니가|너는|당신|자네)(?:\s|$)", re.IGNORECASE)
_CALL = re.compile(r"@[^\s@,:!?]+[,:]?\s*")
_NAME_MIN = 3
_TALK_ENOUGH = 0.6  # of the telling words of a question, said in one message before


def asks_documents(question: str, names: Sequence[str] = ()) -> bool:
    """Whether it plainly asks what a document says.

    Args:
        names: of the documents that are there.
    """
    if not asks(question):
        return False
    if _KO.search(question.casefold()) or _EN.search(question):
        return True
    plain = "".join(fold(question).split())
    stems = ("".join(fold(name.rpartition(".")[0] or name).split()) for name in names)
    return any(len(stem) >= _NAME_MIN and stem in plain for stem in stems)


def asks(question: str) -> bool:
    """Whether something is asked, or wanted to be told."""
    return any(act_of(sentence) in (Act.ASKS, Act.WANTS) for sentence in sentences(question))


def asks_persona(question: str) -> bool:
    """Whether it asks whoever answers about themself: no document knows that."""
    return _TO_YOU.search(question) is not None


def is_said_already(question: str, talk: Sequence[str]) -> bool:
    """Whether somebody spoke of the very thing in one of these messages."""
    asked = said(question)
    return bool(asked.words) and any(share(asked, said(text)) >= _TALK_ENOUGH for text in talk)


def without_calls(text: str) -> str:
    """The words without whom they call with an @."""
    return _CALL.sub("", text).strip()
