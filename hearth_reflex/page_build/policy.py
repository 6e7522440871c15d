"""Which inline scripts the built page has, so that the Content-Security-Policy can name them one by one.

Reflex and React Router put small scripts into each page (the colour mode before the first paint, the route's data).
Their hashes go into a file beside the page, not in it: the server reads it and builds its header from it.
"""

import base64
import hashlib
import json
import re
from pathlib import Path

HASHES_FILE = "csp.json"
_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


def write_hashes(static_dir: Path) -> list[str]:
    """Collect the hashes of all built pages and write them to `HASHES_FILE` in the folder above the served one.

    Raises:
        ValueError: no page has an inline script, so the built page is not what this code believes it to be.
    """
    found = sorted({digest for page in static_dir.rglob("*.html") for digest in inline_hashes(page.read_text())})
    if not found:
        raise ValueError(f"no inline script in the pages under {static_dir}")
    (static_dir.parent / HASHES_FILE).write_text(json.dumps({"script_hashes": found}, indent=1) + "\n")
    return found


def inline_hashes(html: str) -> set[str]:
    """The CSP source expression of each inline script, as `'sha256-…'` without the quotes."""
    inline = (match["code"] for match in _INLINE.finditer(html) if "src=" not in match["attributes"])
    return {f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}" for code in inline}
