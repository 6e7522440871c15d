"""Markdown as the house draws it; `assets/hearth/Markdown.jsx` does, and says what is left out.

Korean hangs particles on closing marks (`**굵게**는`), which plain CommonMark does not close; remark-cjk-friendly does.
"""

import reflex as rx

from hearth_reflex.components.text import t


class _Markdown(rx.Component):
    """`assets/hearth/Markdown.jsx`, and what its parts bring in when they are first needed."""

    library = "$/public/hearth/Markdown.jsx"
    tag = "Markdown"
    lib_dependencies: list[str] = [  # noqa: RUF012 - Reflex declares it so
        "react-markdown@10.1.0",
        "react-syntax-highlighter@16.1.2",
        "remark-cjk-friendly@2.3.2",
        "remark-gfm@4.0.1",
        "remark-math@6.0.0",
        "katex@0.19.1",
        "mermaid@12.3.0",
    ]

    text: rx.Var[str]
    calls: rx.Var[list[dict[str, str | bool]]]
    looked: rx.Var[bool]
    cites: rx.Var[str]
    source_label: rx.Var[str]
    source_named_label: rx.Var[str]
    source_page_label: rx.Var[str]
    source_gone_label: rx.Var[str]
    unsupported_label: rx.Var[str]
    copy_label: rx.Var[str]
    picture_label: rx.Var[str]
    code_label: rx.Var[str]
    diagram_label: rx.Var[str]
    bad_label: rx.Var[str]
    done_label: rx.Var[str]
    open_label: rx.Var[str]


def piece(
    *, text: rx.Var[str], calls: rx.Var, looked: rx.Var[bool], cites: rx.Var[str], key: rx.Var | None = None
) -> rx.Component:
    """A stretch of Markdown that is drawn again only when its own text changes.

    Args:
        calls: names that are marked where they are called, as [{name, me}].
        looked: whether something was looked up for it.
        cites: id of the answer that points at its sources in this text, or "".
    """
    number, name = rx.Var.create("{number}"), rx.Var.create("{name}")
    return _Markdown.create(
        text=text,
        calls=calls,
        looked=looked,
        cites=cites,
        source_label=t("cites.source", number=number),
        source_named_label=t("cites.source_named", number=number, name=name),
        source_page_label=t("cites.source_page", number=number, name=name, page=rx.Var.create("{page}")),
        source_gone_label=t("cites.gone"),
        unsupported_label=t("cites.unsupported"),
        copy_label=t("code.copy"),
        picture_label=t("markdown.diagram_show"),
        code_label=t("markdown.diagram_code"),
        diagram_label=t("markdown.diagram"),
        bad_label=t("markdown.diagram_bad"),
        done_label=t("markdown.task_done"),
        open_label=t("markdown.task_open"),
        **({} if key is None else {"key": key}),
    )
