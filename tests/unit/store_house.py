"""A room as the server keeps it and tabs that look at it, for tests of the browser's store.

`assets/hearth/store.js` itself runs in node, in a browser whose time, network and storage the tests move
(`store_runner.mjs`); the house that answers it is made up here.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ME, OTHER = "me", "other"
SNAPSHOT_ROWS, PAGE_ROWS, REPAIR_ROWS, KEEP_ROWS = 30, 50, 40, 400
REPAIR_MS, RETRY_MS, GIVEN_UP_MS = 300, 1500, 10_000
MADE = {"model": "ember", "output_tokens": 3, "shortened": False}  # the figures of an answer, as far as they matter
SAME = {"kind": "talk", "is_ai": False, "status": "complete", "at": "2026-11-21T18:00:00Z"}
Row = dict[str, Any]


class Browser:
    """Orders for one node process; see `store_runner.mjs`."""

    def __init__(self) -> None:
        node, runner = Path(sys.executable).parent / "node", Path(__file__).with_name("store_runner.mjs")
        self._node = subprocess.Popen(
            [str(node), str(runner), (ROOT / "assets/hearth/store.js").as_uri()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, order: str, *given: Any) -> Any:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps([[order, *given]]) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())[0]

    def close(self) -> None:
        self._node.communicate()


@dataclass
class House:
    """A room as the server keeps it, and what it answers."""

    rows: list[Row] = field(default_factory=list[Row])
    rev: int = 0
    kept: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def say(self, author: str, client_id: str, text: str) -> tuple[int, list[Row]] | None:
        """The frame that tells it; None when it was kept before."""
        if (author, client_id) in self.kept:
            return None
        self.rev += 1
        seq = len(self.rows) + 1
        self.kept[author, client_id] = seq
        row = {"seq": seq, "rev": self.rev, "id": f"m{seq}", "author": author, "name": author, "text": text}
        self.rows.append({**row, "client_msg_id": client_id, **SAME})
        return self.rev, [self.rows[-1]]

    def talk(self, count: int) -> None:
        for _ in range(count):
            self.say(OTHER, f"c{self.rev}", f"line {self.rev}")

    def edit(self, seq: int, text: str) -> tuple[int, list[Row]]:
        self.rev += 1
        self.rows[seq - 1] = {**self.rows[seq - 1], "rev": self.rev, "text": text}
        return self.rev, [self.rows[seq - 1]]

    def begin_answer(self) -> tuple[int, list[Row]]:
        self.rev += 1
        row = {"seq": len(self.rows) + 1, "rev": self.rev, "id": f"m{len(self.rows) + 1}", "author": "ai", "name": "AI"}
        self.rows.append({**row, "client_msg_id": "", "text": "", **SAME, "is_ai": True, "status": "streaming"})
        return self.rev, [self.rows[-1]]

    def end_answer(self, text: str) -> tuple[int, list[Row]]:
        self.rev += 1
        self.rows[-1] = {**self.rows[-1], "rev": self.rev, "text": text, "status": "complete", "figures": MADE}
        return self.rev, [self.rows[-1]]

    def greet(self, text: str) -> tuple[int, list[Row]]:
        """An AI says what was written for it beforehand."""
        self.begin_answer()
        self.rows[-1] = {**self.rows[-1], "text": text, "status": "complete", "figures": None}
        return self.rev, [self.rows[-1]]

    def answer_again(self) -> tuple[int, list[Row]]:
        """The newest answer begins anew, as another version."""
        self.rev += 1
        version = self.rows[-1].get("version", 1) + 1
        anew = {"status": "sending", "text": "", "version": version, "versions": version}
        self.rows[-1] = {**self.rows[-1], "rev": self.rev, **anew}
        return self.rev, [self.rows[-1]]

    def snapshot(self) -> dict[str, Any]:
        rows = self.rows[-SNAPSHOT_ROWS:]
        return {"rev": self.rev, "rows": rows, "older": bool(rows) and rows[0]["seq"] > 1}

    def stretch(self, where: str, seq: int, *, limit: int) -> dict[str, Any]:
        first, last = {
            "before": (seq - limit, seq - 1),
            "after": (seq + 1, seq + limit),
            "around": (seq - limit // 2, seq + limit // 2 - 1),
        }[where]
        if where == "before":
            last = min(last, len(self.rows))
            first = last - limit + 1
        rows = self.rows[max(0, first - 1) : max(0, last)]
        has_newer = (rows[-1]["seq"] if rows else seq) < len(self.rows)
        return {"rows": rows, "has_older": bool(rows) and rows[0]["seq"] > 1, "has_newer": has_newer, "rev": self.rev}

    def answer(self, url: str) -> dict[str, Any]:
        if since := re.search(r"/changes\?since=(-?\d+)$", url):
            changed = sorted((row for row in self.rows if row["rev"] > int(since[1])), key=lambda row: row["rev"])
            return {"rev": self.rev, "rows": changed[:REPAIR_ROWS], "complete": len(changed) <= REPAIR_ROWS}
        if stretch := re.search(r"/rows\?(before|after|around)=(\d+)&limit=(\d+)$", url):
            return self.stretch(stretch[1], int(stretch[2]), limit=int(stretch[3]))
        if linked := re.search(r"/at\?message=m(\d+)$", url):
            return {"seq": int(linked[1])}
        assert url == "/api/rooms/room"
        seen = self.snapshot()
        return {"rev": seen["rev"], "rows": seen["rows"], "has_older": seen["older"]}


@dataclass
class Tab:
    """A page of one person in the room. `deaf` is a line on which frames are lost."""

    browser: Browser
    house: House
    name: str = "tab"

    def open(self, *, link: str = "", read: int = 0) -> "Tab":
        self.browser.do("open", self.name, ME, link)
        self.tell("snapshot", {**self.house.snapshot(), "read": read})
        return self

    def come_back(self) -> None:
        self.tell("snapshot", self.house.snapshot())

    def tell(self, what: str, *given: Any) -> None:
        self.browser.do("tell", self.name, what, *given)

    def view(self) -> dict[str, Any]:
        return self.browser.do("view", self.name)

    def texts(self) -> list[str]:
        return [item["text"] for item in self.view()["items"]]

    def fetches(self) -> list[str]:
        return self.browser.do("asked")

    def answer_all(self) -> int:
        """Answers all that was asked; how many that was."""
        asked = self.fetches()
        for url in asked:
            self.browser.do("answer", 0, 200, self.house.answer(url))
        return len(asked)

    def deliver(self, *, told: bool = True) -> list[str]:
        """What was sent reaches the house; and it answers, unless that is lost. The ids that were sent."""
        ids = list[str]()
        for sent in self.browser.do("sent"):
            ids.append(sent["id"])
            frame = self.house.say(ME, sent["id"], sent["text"])
            if told and frame:
                self.tell("change", *frame)
            if told:
                self.tell("kept", sent["id"])
        return ids


def agrees(tab: Tab) -> bool:
    """Whether the view is the room's rows without a hole: from its oldest one to the newest, or as far as it goes."""
    view = tab.view()
    rows = tab.house.rows[(view["oldest"] or 1) - 1 :]
    return view["rev"] == tab.house.rev and view["rows"] == (rows[: len(view["rows"])] if view["hasNewer"] else rows)
