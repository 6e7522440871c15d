"""Why a file was not read, as one of a handful of codes. Knows no words for them."""

from enum import StrEnum


class Why(StrEnum):
    UNREADABLE = "document_unreadable"  # broken, or not what it looks like
    LOCKED = "document_locked"  # behind a password
    EMPTY = "document_empty"
    BOMB = "document_bomb"  # more than is read, often unfolded out of little
    SLOW = "document_slow"
    KIND = "document_kind"  # nothing that can be read here
    SCANNED = "document_scanned"  # pictures of pages, and nothing here that reads those


class Refusal(Exception):
    """A file that is not read."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)
