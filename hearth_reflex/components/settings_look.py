"""Settings that need no server to work: how the house looks and sounds, how one talks, what one is told of."""

import reflex as rx

from hearth_reflex.components.preferences import pick_one, quiet_hours, switch
from hearth_reflex.components.settings_menu import language_choices, theme_choices
from hearth_reflex.components.text import t


def part(key: str, *children: rx.Component) -> rx.Component:
    """A section of the page; `key` names its heading."""
    return rx.el.section(
        rx.el.h2(t(f"settings.{key}"), id=f"settings-{key}"),
        *children,
        class_name="settings-part",
        aria_labelledby=f"settings-{key}",
    )


def look() -> rx.Component:
    sizes = {size: t(f"settings.size_{size}") for size in ("small", "medium", "large", "larger")}
    densities = {density: t(f"settings.density_{density}") for density in ("roomy", "compact")}
    return part(
        "look",
        _labelled(t("shell.language"), language_choices()),
        _labelled(t("shell.theme"), theme_choices()),
        pick_one("font_size", t("settings.size"), sizes),
        pick_one("density", t("settings.density"), densities),
    )


def fire() -> rx.Component:
    moods = {mood: t(f"settings.fire_{mood}") for mood in ("lively", "calm", "still")}
    return part(
        "fire",
        pick_one("fire", t("settings.fire_mood"), moods, hint=t("settings.fire_hint")),
        switch("sound", t("settings.sound"), hint=t("settings.sound_hint")),
    )


def talking() -> rx.Component:
    levels = {level: t(f"settings.level_{level}") for level in ("basic", "ai", "advanced")}
    return part(
        "talking",
        pick_one("level", t("settings.level"), levels, hint=t("settings.level_hint")),
        switch("enter_sends", t("settings.enter_sends"), hint=t("settings.enter_hint")),
    )


def telling() -> rx.Component:
    rules = {rule: t(f"settings.notify_{rule}") for rule in ("all", "mentions", "none")}
    return part(
        "telling",
        pick_one("notify", t("settings.notify"), rules, hint=t("settings.notify_hint")),
        quiet_hours(),
    )


def keeping() -> rx.Component:
    return part(
        "keeping",
        switch("hide_last_seen", t("settings.hide_last_seen"), hint=t("settings.hide_last_seen_hint")),
        switch("hide_reads", t("settings.hide_reads"), hint=t("settings.hide_reads_hint")),
    )


def _labelled(label: rx.Var[str], choices: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.p(label, class_name="field-label", aria_hidden="true"), choices, class_name="setting")
