"""pdfium, whose bindings bring no types: the one place that imports it."""

from typing import Any

import pypdfium2 as _bindings  # pyright: ignore[reportMissingTypeStubs] - it brings none
import pypdfium2.raw as _raw  # pyright: ignore[reportMissingTypeStubs] - the same
from PIL import Image

pdfium: Any = _bindings
raw: Any = _raw
Page = Any  # a page of pdfium's
Words = Any  # its text


def drawn(page: Page, *, scale: float, with_notes: bool) -> Image.Image:
    """A page as a picture; `with_notes` what people wrote into its margins, too."""
    picture: Image.Image = page.render(scale=scale, may_draw_forms=False, draw_annots=with_notes).to_pil()
    return picture.convert("RGB")
