"""What every page carries without showing it: the offline shell, and the fire's rest while nobody looks."""

from typing import Any

import reflex as rx

from hearth_reflex.state.viewer import ViewerState


class _House(rx.Component):
    library = "$/public/hearth/House.jsx"
    tag = "House"
    preferences: rx.Var[dict[str, Any]]


def house_effects() -> rx.Component:
    return _House.create(preferences=ViewerState.preferences)


def head() -> list[rx.Component]:
    """What the head of every page names; for `rx.App(head_components=…)`."""
    return [
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.link(rel="icon", href="/favicon.ico", sizes="48x48"),
        rx.el.link(rel="icon", href="/icons/icon-192.png", type="image/png", sizes="192x192"),
        rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-icon.png"),
        rx.el.meta(name="theme-color", content="#F4E9DA", media="(prefers-color-scheme: light)"),
        rx.el.meta(name="theme-color", content="#1C1512", media="(prefers-color-scheme: dark)"),
        rx.el.meta(name="mobile-web-app-capable", content="yes"),
    ]


# In this order: later ones lean on the earlier.
_STYLES = (
    "tokens base controls fire shell side lobby entry talk longroom row answer answer_tools manners composer "
    "markdown files pictures how models model_tools picker settings people room_head room_panel invites palette search "
    "sessions personas usage sights library reader citations"
)
STYLESHEETS = [f"/hearth/{name}.css" for name in _STYLES.split()]
