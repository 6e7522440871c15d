"""How the engine is at this moment: what it speaks with, who is served and who waits."""

import reflex as rx

from hearth_reflex.components.model_words import engine_words, fact
from hearth_reflex.components.text import pick, t
from hearth_reflex.state.models import ModelsState

REFRESH_SECONDS = 2


class _Pulse(rx.Component):
    """`assets/hearth/Pulse.jsx`."""

    library = "$/public/hearth/Pulse.jsx"
    tag = "Pulse"
    seconds: rx.Var[int]
    on_beat: rx.EventHandler[rx.event.no_args_event_spec]


def model_engine() -> rx.Component:
    engine = ModelsState.engine
    return rx.el.section(
        _Pulse.create(seconds=REFRESH_SECONDS, on_beat=ModelsState.look),
        rx.el.div(
            rx.el.h2(t("models.now"), id="model-engine"), engine_words(engine["status"]), class_name="model-head"
        ),
        rx.cond(engine["model"] != "", rx.el.p(engine["model"], class_name="engine-model")),
        rx.cond(engine["reason"].contains("ko"), rx.el.p(pick(engine["reason"]), class_name="form-error")),
        _figures(),
        rx.el.details(rx.el.summary(t("models.engine_more")), _settings(), class_name="model-more"),
        class_name="models-part engine",
        aria_labelledby="model-engine",
    )


def _figures() -> rx.Component:
    engine = ModelsState.engine
    return rx.el.dl(
        _figure(t("models.running"), rx.fragment(engine["running"], rx.el.small(" / ", engine["streams"]))),
        _figure(t("models.waiting"), engine["waiting"]),
        _figure(t("models.speed"), engine["speed"]),
        _figure(t("models.memory_now"), rx.cond(engine["memory"] != "", engine["memory"], "–")),
        class_name="figures-row",
    )


def _figure(label: rx.Var[str], value: rx.Var | rx.Component) -> rx.Component:
    return rx.el.div(rx.el.dt(label), rx.el.dd(value), class_name="figure")


def _settings() -> rx.Component:
    engine = ModelsState.engine
    return rx.el.dl(
        fact(t("models.threads"), engine["threads"]),
        fact(t("models.context_now"), engine["context"]),
        fact(t("models.restarts"), engine["restarts"]),
        rx.foreach(engine["settings"], lambda one: fact(rx.el.code(one["name"]), one["value"])),
        class_name="facts",
    )
