"""Markdown to blocks. HTML within it is read as HTML, and hidden there is hidden here."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from hearth_reflex.rag.decoding import decode
from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.readers.hypertext import draft_html, visible_words
from hearth_reflex.rag.readers.text import read_text

MOST_MARKED = 3_000_000  # bytes; a longer one is read as plain text, which takes a hundredth of the time
_FRONT = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)\n", re.DOTALL)
_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def read_markdown(data: bytes, draft: Draft) -> None:
    if len(data) > MOST_MARKED:
        read_text(data, draft)
        return
    text = decode(data).replace("\r\n", "\n")
    if front := _FRONT.match(text):
        if title := _TITLE.search(front[1]):
            draft.title = title[1].strip("\"' ")
        text = text[front.end() :]
    tokens = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").parse(_COMMENT.sub("", text))
    _Walk(draft).through(tokens)


class _Walk:
    """One way through the tokens."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._bullets: list[str] = []
        self._level = 0
        self._row: list[str] = []
        self._rows: list[list[str]] | None = None

    def through(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            take = getattr(self, f"_{token.type}", None)
            if take:
                take(token)

    def _heading_open(self, token: Token) -> None:
        self._level = int(token.tag[1:])

    def _heading_close(self, _token: Token) -> None:
        self._level = 0

    def _list_item_open(self, token: Token) -> None:
        self._bullets.append(f"{token.info}. " if token.info else "• ")

    def _list_item_close(self, _token: Token) -> None:
        self._bullets.pop()

    def _table_open(self, _token: Token) -> None:
        self._rows = []

    def _tr_open(self, _token: Token) -> None:
        self._row = []

    def _tr_close(self, _token: Token) -> None:
        if self._rows is not None:
            self._rows.append(self._row)

    def _table_close(self, _token: Token) -> None:
        self._draft.table(self._rows or [])
        self._rows = None

    def _fence(self, token: Token) -> None:
        self._draft.code(token.content)

    def _code_block(self, token: Token) -> None:
        self._draft.code(token.content)

    def _html_block(self, token: Token) -> None:
        draft_html(token.content, self._draft)

    def _inline(self, token: Token) -> None:
        text = _said(token.children or ())
        if self._rows is not None:
            self._row.append(text)
        elif self._level:
            self._draft.heading(text, level=self._level)
        else:
            bullet = self._bullets[-1] if self._bullets else ""
            self._draft.text(bullet + text)
            if bullet:
                self._bullets[-1] = ""


def _said(tokens: Sequence[Token]) -> str:
    """The words of a line: of a link its text, of a picture what it shows, of marks nothing, of HTML what is seen."""
    parts = [("\n" if token.type in ("softbreak", "hardbreak") else token.content, token.type) for token in tokens]
    if not any(kind == "html_inline" for _, kind in parts):
        return "".join(text for text, _ in parts)
    return visible_words("".join(text if kind == "html_inline" else escape(text) for text, kind in parts))
