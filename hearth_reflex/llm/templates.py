"""How a talk is written down for a model: our own renderers, never the Jinja program inside a model file.

A file's own template is looked up by its sha256 in a short list of known ones; an unknown one is judged by the control
tokens of the vocabulary. Knows no tokens: a prompt is parts, each either *control* (its marks are marks) or *content*
(people's words, in which a mark is only text), and the tokenizer is told which is which.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hearth_reflex.domain.generation import ChatTurn
from hearth_reflex.llm.picture_parts import Picture, picture_of


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    control: bool


@dataclass(frozen=True, slots=True)
class Template:
    """One way of writing a talk down.

    Args:
        template_id: name and version, kept with every reply so that it can be explained later.
        opening: control text before a turn, by role.
        closing: control text after a turn, by role.
        system_role: whether there is a system turn; without one its words go before the first user's.
        marks: control tokens that a vocabulary must hold for this template to be chosen for it.
        ends: control tokens that end a reply when the model says them.
        stops: strings that end a reply.
    """

    template_id: str
    opening: dict[str, str]
    closing: dict[str, str]
    system_role: bool = True
    marks: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()

    def render(self, turns: Sequence[ChatTurn], *, continue_last: bool = False) -> list[Part | Picture]:
        """The parts of a prompt that ends where the model is to speak. Raises PictureError."""
        turns = turns if self.system_role else _without_system(turns)
        parts: list[Part | Picture] = []
        for turn in turns:
            parts += [
                Part(self.opening[turn.role], control=True),
                *(picture_of(uri) for uri in turn.images),
                Part(turn.content, control=False),
                Part(self.closing[turn.role], control=True),
            ]
        if continue_last and turns and turns[-1].role == "assistant":
            parts.pop()
        else:
            parts.append(Part(self.opening["assistant"], control=True))
        return [part for part in parts if isinstance(part, Picture) or part.text]


def _without_system(turns: Sequence[ChatTurn]) -> list[ChatTurn]:
    """System words go in front of the next user's turn, for models that know only two roles."""
    kept: list[ChatTurn] = []
    pending = ""
    for turn in turns:
        if turn.role == "system":
            pending += turn.content + "\n\n"
        elif turn.role == "user":
            kept.append(replace(turn, content=pending + turn.content))
            pending = ""
        else:
            kept.append(turn)
    return [*kept, ChatTurn("user", pending.strip())] if pending else kept


def _each(opening: str, **names: str) -> dict[str, str]:
    return {role: opening.format(names.get(role, role)) for role in ("system", "user", "assistant")}


def _same(closing: str) -> dict[str, str]:
    return dict.fromkeys(("system", "user", "assistant"), closing)


CHATML = Template(
    template_id="chatml@1",
    opening=_each("<|im_start|>{}\n"),
    closing=_same("<|im_end|>\n"),
    marks=("<|im_start|>", "<|im_end|>"),
    ends=("<|im_start|>", "<|im_end|>"),
)
LLAMA3 = Template(
    template_id="llama3@1",
    opening=_each("<|start_header_id|>{}<|end_header_id|>\n\n"),
    closing=_same("<|eot_id|>"),
    marks=("<|start_header_id|>", "<|eot_id|>"),
    ends=("<|eot_id|>", "<|start_header_id|>"),
)
GEMMA = Template(
    template_id="gemma@1",
    opening=_each("<start_of_turn>{}\n", assistant="model"),
    closing=_same("<end_of_turn>\n"),
    system_role=False,
    marks=("<start_of_turn>", "<end_of_turn>"),
    ends=("<start_of_turn>", "<end_of_turn>"),
)
MISTRAL = Template(
    template_id="mistral@1",
    opening={"system": "", "user": "[INST]", "assistant": ""},
    closing={"system": "", "user": "[/INST]", "assistant": "</s>"},
    system_role=False,
    marks=("[INST]", "[/INST]"),
    ends=("[INST]", "</s>"),
)
PLAIN = Template(
    template_id="plain@1",
    opening={"system": "", "user": "User: ", "assistant": "Assistant:"},
    closing=_same("\n\n"),
    stops=("\nUser:", "\nAssistant:"),
)

# sha256 of a template's exact text -> ours. The demo model's, and the ones most files carry unchanged.
KNOWN = {
    "872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788": CHATML,
    "153280e3ff55d19da1398bdb3914ee2a51b80429bfaedde11d7d216c39db80f3": CHATML,
    "ba03a121d097859c7b5b9cd03af99aafe95275210d2876f642ad9929a150f122": LLAMA3,
    "7e995b379ec01747807246483647cd99030abf331653f1119e16d7ac041a3495": MISTRAL,
    "26a59556925c987317ce5291811ba3b7f32ec4c647c400c6cc7e3a9993007ba7": MISTRAL,
}
BY_MARKS = (CHATML, LLAMA3, GEMMA, MISTRAL)


def choose_template(source: str, is_control_token: Callable[[str], bool]) -> Template:
    """The renderer for a model.

    Args:
        source: the template text inside the model file.
        is_control_token: whether a text is one control token of the model's vocabulary.
    """
    known = KNOWN.get(hashlib.sha256(source.encode()).hexdigest())
    if known is not None:
        return known
    for template in BY_MARKS:
        if all(is_control_token(mark) for mark in template.marks):
            return template
    return PLAIN
