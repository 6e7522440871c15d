"""The sheet that says how an answer was made: in full, for who wants to know, and a way to have it said again."""

import reflex as rx

from hearth_reflex.components.citations import receipt_link
from hearth_reflex.components.text import pick, t
from hearth_reflex.components.time import clock, day
from hearth_reflex.state.how_made import HowMadeState

_SHORT_SHA = 12


def how_made_sheet() -> rx.Component:
    close = rx.dialog.close(
        rx.el.button(rx.icon("x"), type="button", aria_label=t("how.close"), class_name="icon-button")
    )
    head = rx.el.header(rx.dialog.title(t("answer.how"), class_name="dialog-title"), close, class_name="how-head")
    return rx.dialog.root(
        rx.dialog.content(
            head,
            rx.el.div(_facts(), receipt_link(), _parameters(), _again(), _prompt(), class_name="how-body", tab_index=0),
            class_name="dialog how",
            aria_describedby="how-heard",
        ),
        open=HowMadeState.is_open,
        on_open_change=lambda _: HowMadeState.close(),
    )


def _facts() -> rx.Component:
    made = HowMadeState.made
    return rx.el.dl(
        _fact(t("how.when"), day(made["at"]), " ", clock(made["at"])),
        _fact(t("how.model"), made["model"], given=made["model"]),
        rx.cond(made["sha256"] != "", _sha256()),
        _fact(t("how.provider"), _provider(), given=made["provider"]),
        _fact(t("how.where"), rx.cond(made["leaves_house"], t("how.leaves"), t("how.stays"))),
        _fact(t("how.build"), rx.el.code(made["build"]), given=made["build"]),
        _fact(t("how.template"), rx.el.code(made["template"]), given=made["template"]),
        _fact(t("how.seed"), rx.el.code(made["seed"]), given=made["seed"]),
        _heard(),
        _fact(t("how.tokens"), _tokens()),
        _fact(t("how.times"), _times()),
        _fact(t("how.price"), made["price"], given=made["price"]),
        _fact(
            t("how.beside"),
            rx.cond(made["streams"] > 1, t("how.beside_many", count=made["streams"] - 1), t("how.beside_none")),
        ),
        class_name="how-facts",
    )


def _fact(label: rx.Var[str], *value: rx.Var | rx.Component | str, given: rx.Var | None = None) -> rx.Component:
    fact = rx.el.div(rx.el.dt(label), rx.el.dd(*value))
    return fact if given is None else rx.cond(given != "", fact)


def _provider() -> rx.Var[str]:
    provider = HowMadeState.made["provider"].to(str)
    return rx.cond(provider == "local", t("how.provider_local"), provider)


def _sha256() -> rx.Component:
    sha256 = HowMadeState.made["sha256"].to(str)
    copy = rx.el.button(
        rx.icon("copy", size=14),
        t("code.copy"),
        type="button",
        class_name="row-button",
        on_click=rx.set_clipboard(sha256),
    )
    return _fact(t("how.sha256"), rx.el.code(sha256[:_SHORT_SHA], "…", title=sha256), copy)


def _heard() -> rx.Component:
    made = HowMadeState.made
    told = rx.el.dd(
        t("how.heard_some", count=made["heard"]),
        rx.cond(made["dropped"] > 0, rx.el.span(t("how.dropped", count=made["dropped"]))),
        rx.cond(made["shortened"], rx.el.span(t("how.shortened"))),
        rx.cond(made["continued"], rx.el.span(t("how.continued"))),
        rx.cond(made["first_id"] != "", _first_heard()),
        id="how-heard",
    )
    return rx.cond(made["known"], rx.el.div(rx.el.dt(t("how.heard")), told))


def _first_heard() -> rx.Component:
    """Where its hearing began, and the way there; `RowMenu.jsx` goes it."""
    made = HowMadeState.made
    go = rx.el.button(
        t("sights.made_jump"),
        type="button",
        class_name="row-button",
        custom_attrs={"data-row-act": "jump", "data-to": made["first_id"], "data-to-seq": made["first_seq"]},
    )
    return rx.el.span(t("sights.made_first", name=made["first_name"]), " ", rx.dialog.close(go))


def _tokens() -> rx.Component:
    made = HowMadeState.made
    read = t("how.tokens_read", read=made["prompt_tokens"], kept=made["kept_tokens"])
    return rx.fragment(
        rx.cond(made["prompt_tokens"] > 0, rx.el.span(read)),
        rx.el.span(t("how.tokens_written", written=made["output_tokens"])),
    )


def _times() -> rx.Component:
    made = HowMadeState.made
    return rx.fragment(
        rx.el.span(t("how.time_queue", time=made["queue"])),
        rx.cond(made["first"] != "", rx.el.span(t("how.time_first", time=made["first"]))),
        rx.cond(made["total"] != "", rx.el.span(t("how.time_total", time=made["total"]))),
        rx.cond(made["cpu"] != "", rx.el.span(t("how.time_cpu", time=made["cpu"]))),
        rx.cond(made["rate"] != "", rx.el.span(t("how.rate", rate=made["rate"]))),
    )


def _parameters() -> rx.Component:
    listed = rx.foreach(
        HowMadeState.made["parameters"],
        lambda one: rx.el.div(rx.el.dt(rx.el.code(one["name"])), rx.el.dd(rx.el.code(one["value"]))),
    )
    return rx.cond(
        HowMadeState.made["parameters"].length() > 0,
        rx.el.section(rx.el.h3(t("how.parameters")), rx.el.dl(listed, class_name="how-parameters")),
    )


def _prompt() -> rx.Component:
    lead = rx.cond(HowMadeState.made["exact"], t("how.prompt_lead"), t("how.prompt_turns"))
    text = rx.el.pre(HowMadeState.made["prompt"], class_name="how-prompt", tab_index=0)
    return rx.cond(
        HowMadeState.made["prompt"] != "",
        rx.el.section(rx.el.h3(t("how.prompt")), rx.el.p(lead, class_name="muted"), text),
    )


def _again() -> rx.Component:
    made, replay = HowMadeState.made, HowMadeState.replay
    button = rx.el.button(
        t("how.again"),
        type="button",
        class_name="button",
        on_click=HowMadeState.say_again(HowMadeState.room, HowMadeState.message),
        disabled=replay["status"] == "running",
    )
    told = rx.match(
        replay["status"],
        ("running", rx.el.p(t("how.again_running"))),
        ("same", rx.el.p(rx.icon("check", size=16), t("how.again_same", count=replay["agree"]), class_name="how-same")),
        ("differs", _differs()),
        ("failed", rx.el.p(pick(replay["problem"]), class_name="row-problem")),
        rx.fragment(),
    )
    possible = rx.fragment(
        rx.el.p(t("how.again_lead"), class_name="muted"),
        button,
        rx.el.div(told, aria_live="polite", class_name="how-told"),
    )
    hindered = rx.el.p(pick(made["hindrance"]), class_name="muted")
    return rx.el.section(rx.el.h3(t("how.again_title")), rx.cond(made["hindrance"].contains("ko"), hindered, possible))


def _differs() -> rx.Component:
    """Where it went another way, and what may be the reason: what is promised holds for an answer written alone."""
    made, replay = HowMadeState.made, HowMadeState.replay
    reason = rx.cond(
        replay["other_build"],
        t("how.reason_build"),
        rx.cond(
            replay["streams"] > 1,
            t("how.reason_beside", count=replay["streams"] - 1),
            rx.cond(made["kept_tokens"] > 0, t("how.reason_kept"), t("how.reason_none")),
        ),
    )
    return rx.fragment(
        rx.el.p(t("how.again_differs", count=replay["agree"])),
        _version(t("how.then"), replay["before"], replay["then"]),
        _version(t("how.now"), replay["before"], replay["now"]),
        rx.el.p(reason, class_name="muted"),
    )


def _version(label: rx.Var[str], before: rx.Var, text: rx.Var) -> rx.Component:
    return rx.el.p(
        rx.el.span(label, class_name="field-label"), " …", before, rx.el.mark(text), "…", class_name="how-version"
    )
