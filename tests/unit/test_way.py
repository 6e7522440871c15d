"""`?next=` leads on inside this house, or nowhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = "http://hearth.local:3000"
WITHIN = {
    "/": "/",
    "/room/1?a=b#c": "/room/1?a=b#c",
    "/room/../login": "/login",
    "/a//b": "/a//b",
    "/?next=//evil.example": "/?next=//evil.example",
}
AWAY = [
    "//evil.example", "//", "///", "/\\evil.example", "/\\", "/\t/evil.example", "/\n//evil.example", "/.//e.example",
    "/..//evil.example", "/x/..//evil.example", "/%2e//evil.example", "//[", "//%", "http://e.example", "javascript:1",
    "room/1", "", None,
]  # fmt: skip


@pytest.fixture(scope="module")
def ways() -> dict[str, str | None]:
    """Each address to the way that is taken."""
    asked = [*WITHIN, *AWAY]
    script = f"""
        const {{ sameSite }} = await import({json.dumps((ROOT / "assets/hearth/way.js").as_uri())});
        console.log(JSON.stringify({json.dumps(asked)}.map((path) => sameSite(path, {json.dumps(HOUSE)}))));
    """
    node = [str(Path(sys.executable).parent / "node"), "--input-type=module", "--eval", script]
    answers = json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)
    return dict(zip(map(str, asked), answers, strict=True))


@pytest.mark.parametrize(("path", "way"), WITHIN.items())
def test_a_way_within_is_taken(ways: dict[str, str | None], path: str, way: str) -> None:
    assert ways[path] == way


@pytest.mark.parametrize("path", AWAY)
def test_no_way_leads_away(ways: dict[str, str | None], path: str | None) -> None:
    assert ways[str(path)] is None
