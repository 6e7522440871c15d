"""Whose session a tab's vars were made for. A tab keeps its state when its socket ends and when somebody signs out."""

from hashlib import sha256

import reflex as rx


class TabState(rx.State):
    """`_holder` never leaves the server: a hash of the session token that the tab's socket brought last."""

    _holder: str = ""

    def _pass_to(self, token: str | None) -> bool:
        """Notes who holds the tab now. Returns whether that was somebody else before, or nobody."""
        before, self._holder = self._holder, sha256((token or "").encode("utf-8", "surrogatepass")).hexdigest()
        return before not in ("", self._holder)
