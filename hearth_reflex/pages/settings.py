"""Settings: who I am here, how the house looks to me, what it tells me, and how I leave."""

import reflex as rx

from hearth_reflex.components import settings_account as account
from hearth_reflex.components import settings_look as look
from hearth_reflex.components import settings_tokens as tokens
from hearth_reflex.components import settings_usage as use
from hearth_reflex.components.ai_sessions import my_answers
from hearth_reflex.components.settings_prompts import prompts
from hearth_reflex.components.shell import shell
from hearth_reflex.components.text import t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.settings import SettingsState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/settings"
TITLE = counted(titled(t("settings.title")))
ON_LOAD = [ViewerState.enter, LobbyState.enter, SettingsState.enter]


def page() -> rx.Component:
    return shell(rx.cond(ViewerState.signed_in, _settings(), rx.fragment()), active=ROUTE)


def _settings() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("settings.title")),
        account.profile(),
        look.look(),
        look.fire(),
        look.talking(),
        my_answers(),
        prompts(),
        look.telling(),
        look.keeping(),
        account.devices(),
        account.account(),
        tokens.keys(),
        account.usage(use.own_use()),
        use.house_use(),
        account.history(),
        account.leaving(),
        class_name="settings-page",
    )
