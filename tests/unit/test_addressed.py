"""Which room the page's address means, while a tab still holds another: its draft is that of the room that comes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BROWSER = Path(__file__).parents[2] / "assets" / "hearth" / "addressed.js"
HELD, NEXT = "0192f0c1-aaaa-7bbb-8ccc-0123456789ab", "0192f0c2-dddd-7eee-8fff-ba9876543210"
CASES = {
    f"/room/{HELD}": (HELD, HELD),
    f"/room/{NEXT}": (HELD, NEXT),
    f"/room/{NEXT.upper()}/": (HELD, NEXT),
    f"/room/{NEXT.replace('-', '')}": (HELD, NEXT),
    f"/room/{NEXT}?": ("", NEXT),
    "/room/kitchen": (HELD, HELD),
    "/": ("", ""),
}


@pytest.fixture(scope="module")
def said() -> list[str]:
    asked = json.dumps([[path, held] for path, (held, _) in CASES.items()])
    script = f"""
        import {{ addressed }} from {json.dumps(BROWSER.as_uri())};
        console.log(JSON.stringify({asked}.map((one) => addressed(...one))));
    """
    node = [str(Path(sys.executable).parent / "node"), "--input-type=module", "--eval", script]
    return json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)


def test_the_address_says_which_room_is_meant(said: list[str]) -> None:
    assert said == [expected for _, expected in CASES.values()]
