"""Which projector of the folder lets which model see: by what both say of themselves, and by their names.

A projector that fits is made for models of this width and bears the model's name, cuts and the word `mmproj` aside
(`mmproj-tiny-f16.gguf` for `tiny-Q4_K_M.gguf`). One that bears no name fits when it is the only one of its width.
"""

import re
from collections.abc import Sequence
from pathlib import PurePath

from hearth_reflex.llm.model_facts import ModelFacts

_CUT = re.compile(r"[-_.](bf16|f16|f32|i?q\d[\w]*|mxfp4)$")
_NO_NAME = ("", "model")


def projector_for(name: str, facts: ModelFacts, projectors: Sequence[tuple[str, ModelFacts]]) -> str | None:
    """The file name of the projector for a model's file name, or None.

    Args:
        projectors: name and facts of each projector of the folder.
    """
    fitting = [other for other, its in projectors if its.projection in (0, facts.embedding)]
    named = [other for other in fitting if _bare(other) == _bare(name)]
    if named:
        return named[0]
    nameless = [other for other in fitting if _bare(other) in _NO_NAME]
    return nameless[0] if len(nameless) == 1 == len(fitting) else None


def _bare(name: str) -> str:
    stem = re.sub(r"-\d{5}-of-\d{5}$", "", PurePath(name).stem.lower()).replace("mmproj", "")
    while (shorter := _CUT.sub("", stem)) != stem:
        stem = shorter
    return stem.strip("-_. ")
