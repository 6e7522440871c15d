"""What a browser calls itself, in a few words that its owner knows it by. A guess from the User-Agent, no more."""

import re

DEVICE_MAX = 80
_BROWSERS = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("Whale", "Whale"),
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER", "Naver"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str | None) -> str:
    """Such as "Chrome · Android"; another program by its first word; "" when it says nothing."""
    said = user_agent or ""
    known = [name for table in (_BROWSERS, _SYSTEMS) if (name := _first(said, table))]
    if known:
        return " · ".join(known)
    program = re.match(r"[A-Za-z][\w.-]{0,30}", said)
    return program[0] if program else ""


def _first(said: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in table if mark in said), "")
