"""Settings of what acts for one: keys for programs.

The browser asks the API itself, so that no key lies in the vars of a tab.
"""

import reflex as rx

from hearth_reflex.components.notes import troubles
from hearth_reflex.components.settings_look import part
from hearth_reflex.components.text import t
from hearth_reflex.state.viewer import ViewerState

_LATER = {name: rx.Var.create(f"{{{name}}}") for name in ("name", "day", "ago")}  # filled in the browser
_PLAIN = (
    "none",
    "new",
    "name",
    "name_hint",
    "may",
    "read",
    "write",
    "llm",
    "days",
    "days_7",
    "days_30",
    "days_90",
    "days_365",
    "make",
    "shown",
    "key",
    "copy",
    "copied",
    "not_copied",
    "put_away",
    "ended",
    "unused",
    "revoke",
    "ask_lead",
    "go",
    "cancel",
)


class _Keys(rx.Component):
    """`assets/hearth/Keys.jsx`."""

    library = "$/public/hearth/Keys.jsx"
    tag = "Keys"
    words: rx.Var[dict[str, str]]


def keys() -> rx.Component:
    """For those who have an account, and more in mind than talking."""
    lead = rx.el.p(t("keys.lead"), class_name="muted")
    shown = rx.el.div(part("keys", lead, _Keys.create(words=_words())), class_name="level-ai")
    return rx.cond(ViewerState.is_guest, rx.fragment(), shown)


def _words() -> dict[str, rx.Var[str]]:
    return {
        **{key: t(f"keys.{key}") for key in _PLAIN},
        "revoke_this": t("keys.revoke_this", name=_LATER["name"]),
        "ask": t("keys.ask", name=_LATER["name"]),
        "ends": t("keys.ends", day=_LATER["day"]),
        "used": t("keys.used", ago=_LATER["ago"]),
        **troubles(),
    }
