"""The door that an invitation leads to: one field for whoever is new, one button for whoever is known."""

import reflex as rx

from hearth_reflex.components.api_form import actions, api_form, submit
from hearth_reflex.components.entry import and_back, entry_card, guest_form, ways
from hearth_reflex.components.invites import invitation
from hearth_reflex.components.text import t, titled
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/join/[code]"
TITLE = titled(t("join.page"))
ON_LOAD = [ViewerState.enter]
_ACCEPT = "/api/invites/{last}"
_ROOM = "/room/{room_id}"


def page() -> rx.Component:
    way_in = rx.cond(ViewerState.signed_in, _sit_down(), _newcomer())
    waiting = rx.el.div(class_name="skeleton", aria_hidden="true")
    return entry_card(invitation(rx.cond(ViewerState.ready, way_in, waiting)))


def _sit_down() -> rx.Component:
    return rx.fragment(
        rx.el.p(t("join.as", name=ViewerState.name)),
        api_form(actions(submit(t("join.go"), wide=True)), action=_ACCEPT, next=_ROOM),
    )


def _newcomer() -> rx.Component:
    return rx.fragment(
        guest_form(after=_ACCEPT, next=_ROOM),
        ways((and_back("/login"), t("entry.have_account")), (and_back("/register"), t("entry.make_account"))),
    )
