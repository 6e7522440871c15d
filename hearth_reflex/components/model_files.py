"""The model files of this house: what each is, whether it fits, and what can be done with it."""

import reflex as rx

from hearth_reflex.components.api_form import api_button
from hearth_reflex.components.model_words import act, ask_first, fact, state_words
from hearth_reflex.components.text import pick, t
from hearth_reflex.state.model_cards import ModelCard
from hearth_reflex.state.models import ModelsState


class _Upload(rx.Component):
    """`assets/hearth/Upload.jsx`."""

    library = "$/public/hearth/Upload.jsx"
    tag = "Upload"
    label: rx.Var[str]
    hint: rx.Var[str]
    touch_hint: rx.Var[str]
    cancel_label: rx.Var[str]
    done_label: rx.Var[str]
    only_gguf: rx.Var[str]
    offline: rx.Var[str]
    unexpected: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


def model_files() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("models.files"), id="model-files"),
        rx.el.ul(rx.foreach(ModelsState.files, _file), class_name="model-list", role="list"),
        _Upload.create(
            label=t("models.add"),
            hint=t("models.add_hint"),
            touch_hint=t("models.add_hint_touch"),
            cancel_label=t("models.stop"),
            done_label=t("models.added"),
            only_gguf=t("models.only_gguf"),
            offline=t("entry.offline"),
            unexpected=t("entry.unexpected"),
            on_done=ModelsState.look,
        ),
        class_name="models-part",
        aria_labelledby="model-files",
    )


def _file(card: rx.Var[ModelCard]) -> rx.Component:
    return rx.el.li(
        _head(card), _problem(card), _facts(card), _memory(card), _more(card), _actions(card), class_name="model-card"
    )


def _head(card: rx.Var[ModelCard]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(card["name"]),
        rx.cond(card["is_default"], rx.el.span(t("models.default"), class_name="chip default")),
        rx.cond(card["is_demo"], rx.el.span(t("models.demo"), class_name="chip")),
        rx.cond(card["sees"], rx.el.span(t("models.sees"), class_name="chip")),
        state_words(card["state"]),
        class_name="model-head",
    )


def _problem(card: rx.Var[ModelCard]) -> rx.Component:
    return rx.cond(card["error"].contains("ko"), rx.el.p(pick(card["error"]), class_name="form-error"))


def _facts(card: rx.Var[ModelCard]) -> rx.Component:
    """Only what is known: a broken file has a size and no more."""
    return rx.el.p(
        rx.el.span(card["size"]),
        rx.cond(card["parameters"] != "", rx.el.span(t("models.parameters", count=card["parameters"]))),
        rx.cond(card["quantisation"] != "", rx.el.span(card["quantisation"])),
        rx.cond(card["context"] != "", rx.el.span(t("models.context", count=card["context"]))),
        class_name="model-facts",
    )


def _memory(card: rx.Var[ModelCard]) -> rx.Component:
    fits = rx.cond(card["fits"], t("models.fits"), t("models.too_large"))
    return rx.cond(
        card["memory"] != "",
        rx.el.p(
            rx.el.span(t("models.memory", size=card["memory"])),
            rx.el.span(fits, class_name=rx.cond(card["fits"], "fits", "too-large")),
            class_name="model-facts",
        ),
    )


def _more(card: rx.Var[ModelCard]) -> rx.Component:
    known = rx.el.dl(
        fact(t("models.file"), card["file"]),
        fact(t("models.inner_name"), card["inner_name"]),
        rx.cond(card["architecture"] != "", fact(t("models.architecture"), card["architecture"])),
        rx.cond(card["template"] != "", fact(t("models.template"), card["template"])),
        fact(t("models.licence"), rx.cond(card["licence"] != "", card["licence"], t("models.unknown"))),
        rx.cond(card["source"] != "", fact(t("models.source"), card["source"])),
        rx.cond(card["sha256"] != "", fact("SHA-256", rx.el.code(card["sha256"][0:12], title=card["sha256"]))),
        class_name="facts",
    )
    return rx.el.details(rx.el.summary(t("models.more")), known, class_name="model-more")


def _ask(label: rx.Var[str], model: rx.Var[str], what: str) -> rx.Component:
    return api_button(label=label, action=rx.Var.create("/api/models/") + model + f"/{what}", on_done=ModelsState.look)


def _actions(card: rx.Var[ModelCard]) -> rx.Component:
    awake = (card["state"] != "asleep") & (card["state"] != "unavailable")
    load = rx.cond(
        awake,
        _ask(t("models.unload"), card["id"], "unload"),
        _ask(t("models.load"), card["id"], "load"),
    )
    return rx.el.div(
        rx.cond(card["state"] != "unavailable", load),
        rx.cond(
            (card["state"] != "unavailable") & ~card["is_default"],
            act(t("models.make_default"), ModelsState.make_default(card["ref"])),
        ),
        rx.cond(
            card["removable"],
            ask_first(
                t("models.remove_ask", name=card["name"]), t("models.remove_lead"), ModelsState.remove(card["id"])
            ),
        ),
        class_name="model-actions",
    )
