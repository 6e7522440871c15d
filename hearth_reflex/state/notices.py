"""One line for the reader of this tab: what went wrong, in both languages; the page picks."""

import reflex as rx

from hearth_reflex.errors import HearthError
from hearth_reflex.i18n import Words, words


class NoticeState(rx.State):
    """`notice` is empty when there is nothing to tell; `count` rises with each one, so that the same shows again.

    Written by the doors alone: told when a handler refuses, forgotten when the next one succeeds.
    """

    notice: dict[str, str] = {}
    code: str = ""
    count: int = 0

    def _tell(self, error: HearthError) -> None:
        said: Words = words(f"error.{error.code}", **error.params)
        self.notice, self.code, self.count = {"ko": said["ko"], "en": said["en"]}, error.code, self.count + 1

    def _forget(self) -> None:
        if self.code:
            self.notice, self.code = {}, ""
