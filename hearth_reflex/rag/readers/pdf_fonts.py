"""Fonts for PDFs that bring none: older Korean ones name a font that their writer's machine had.

Left to itself pdfium takes the first font here that claims to know Hangul, and some that do know three syllables.
"""

from typing import Any

from hearth_reflex.rag.readers.pdfium import pdfium

_HANGUL = 129  # the number of the character set, as fonts and PDFs give it
_BOLD = 600
_NAMES = (b"Noto Sans CJK KR", b"Noto Sans KR", b"NanumGothic", b"Malgun Gothic", b"Apple SD Gothic Neo", b"UnDotum")


class _Fonts(pdfium.PdfSysfontBase):  # pyright: ignore[reportUntypedBaseClass] - as are all of its
    """Asks for fonts that are known to be whole, before it takes what pdfium would."""

    def MapFont(self, _: Any, weight: int, *asked: Any) -> Any:
        """Called by pdfium, hence its name; `asked` are slant, character set, pitch, name and exactness."""
        default: Any = self.default
        if asked[1] == _HANGUL:
            for name in _NAMES:
                for wanted in (name + b" Bold", name) if weight >= _BOLD else (name,):
                    if found := default.GetFont(default, wanted):
                        return found
        return default.MapFont(default, weight, *asked)


def use_whole_fonts() -> None:
    """Before the first document is opened; once is enough for a process."""
    if pdfium.PdfSysfontBase.SINGLETON is None:
        _Fonts().setup()
