"""Markdown as the house draws it: no HTML of others, no pictures from elsewhere, code with a copy button.

Korean hangs particles on closing marks (`**굵게**는`), which plain CommonMark does not close; remark-cjk-friendly does.
"""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.text import t


def _plugin(package: str, tag: str) -> rx.Var:
    return rx.Var(tag, _var_data=VarData(imports={package: ImportVar(tag=tag, is_default=True)}))


_CJK = _plugin("remark-cjk-friendly@2.3.2", "remarkCjkFriendly")


def _code(code: rx.Var, **props: rx.Var) -> rx.Component:
    """A fenced block. Reflex hands over `language`, but not while it looks for what to import."""
    head = rx.box(
        rx.el.span(props.get("language", ""), class_name="code-language"),
        rx.el.button(t("code.copy"), type="button", class_name="code-copy", on_click=rx.set_clipboard(code)),
        class_name="code-head",
    )
    # Colours and fonts come from markdown.css, in both themes; the keyboard can scroll what is wider than the bubble.
    plain = {"useInlineStyles": False, "tabIndex": 0}
    own_font = {"style": {"fontFamily": "inherit"}}
    block = rx.code_block(code, wrap_long_lines=False, code_tag_props=own_font, custom_attrs=plain, **props)
    return rx.box(head, block, class_name="code")


def _link(text: rx.Var, **props: rx.Var) -> rx.Component:
    # Not rx.el.a: that is the router's link, which puts this page's own address over the one Markdown hands on.
    return rx.el.A.create(text, target="_blank", rel="noopener noreferrer nofollow", **props)


def _picture(*_: rx.Var, **__: rx.Var) -> rx.Component:
    # A remote picture would tell its server who reads here; its words are enough. `props` is what Reflex calls the
    # element's own attributes in the function that it writes around this.
    return rx.el.span(rx.Var("props.alt", _var_type=str), class_name="no-picture")


def _tag(name: str):
    return lambda value, **_: getattr(rx.el, name)(value)


# Plain elements: the page's own style sheet draws them, in a talk's measure.
_MAP = {
    **{name: _tag(name) for name in ("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li")},
    "code": lambda value, **_: rx.el.code(value),
    "a": _link,
    "img": _picture,
    "pre": _code,
}


@rx.memo
def piece(text: rx.Var[str]) -> rx.Component:
    """A stretch of Markdown that is drawn again only when its own text changes."""
    return rx.markdown(
        text,
        use_raw=False,
        use_math=False,
        use_katex=False,
        remark_plugins=[_CJK],
        component_map=_MAP,
        class_name="markdown",
    )
