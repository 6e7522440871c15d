"""What the door tests share: the handlers of the running app, believable arguments for them, and what was answered."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from hearth_reflex.settings import PROJECT_DIR
from hearth_reflex.state.composer import ComposerState
from hearth_reflex.state.how_made import HowMadeState
from hearth_reflex.state.notices import NoticeState
from tests.servers import clean_environ
from tests.sockets import Tab

NOTICES, REFUSED = NoticeState.get_full_name(), f"{ComposerState.get_full_name()}.refused"
REPLAY = f"{HowMadeState.get_full_name()}.replay"
_LIST = """
import inspect, json
import hearth_reflex.hearth_reflex
from reflex_base.registry import RegistrationContext
from hearth_reflex.state.doors import policy_of
for name, registered in RegistrationContext.get().event_handlers.items():
    handler = registered.handler.fn
    given = list(inspect.signature(handler).parameters.values())[1:]
    optional = [one.name for one in given if one.default is not one.empty]
    print(json.dumps([name, handler.__module__, policy_of(handler), [one.name for one in given], optional]))
"""


@dataclass(frozen=True)
class Door:
    """One handler of the running app. `policy` is None for one that is behind no door."""

    name: str
    module: str
    policy: str | None
    arguments: tuple[str, ...]
    optional: tuple[str, ...]  # of them

    @property
    def is_ours(self) -> bool:
        return self.module.startswith("hearth_reflex.")


@cache
def registry() -> tuple[Door, ...]:
    """Every handler of the app as it is served, in a process of its own: tests here may define states too."""
    with TemporaryDirectory() as folder:
        environ = clean_environ() | {"HEARTH_DATA_DIR": folder, "HEARTH_SKIP_MODEL_LOADING": "true"}
        command = [sys.executable, "-c", _LIST]
        result = subprocess.run(command, cwd=PROJECT_DIR, env=environ, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return tuple(
        Door(name, module, policy, tuple(arguments), tuple(optional))
        for name, module, policy, arguments, optional in lines
    )


def believable(door: Door, *, room: str, message: str, text: str = "so they say") -> dict[str, Any]:
    """Arguments that a page could give. A new argument of a handler gets its value here, or the tests fail."""
    values: dict[str, Any] = {"room": room, "message": message, "client_msg_id": str(uuid4()), "text": text}
    values |= {name: str(uuid4()) for name in ("model", "server", "pull")}
    values |= {"ref": "", "place": 0, "seq": 1, "on": True, "repo": "owner/name", "file": "a.gguf", "form": {}}
    values |= {"emoji": "👍", "reply_to": "", "files": [], "config": {"temperature": 0.5}}
    return {name: values[name] for name in door.arguments}


async def answer(tab: Tab, handler: str, /, **payload: Any) -> str:
    """Calls a handler and returns the code of the error that was told, "" for none."""
    await tab.settle()
    notices, refused, replay = tab.var(f"{NOTICES}.count"), tab.var(REFUSED), replay_refusals(tab)
    await tab.call(handler, **payload)
    await tab.settle()
    if tab.var(f"{NOTICES}.count") != notices:
        return tab.var(f"{NOTICES}.code")
    if replay_refusals(tab) != replay:
        return tab.var(REPLAY)["code"]
    return tab.var(REFUSED)["code"] if tab.var(REFUSED) != refused else ""


def replay_refusals(tab: Tab) -> int:
    """How often the sheet about an answer, which tells its errors by itself, has told one."""
    return (tab.var(REPLAY) or {}).get("refusals", 0)


def tells_nothing(tab: Tab, *secrets: str) -> bool:
    """Whether nothing that came over this socket holds a secret or a trace of the code behind it."""
    heard = "\n".join(tab.frames)
    marks = ("Traceback", 'File \\"', "site-packages", ".py", "Error:", "sqlite", *(s for s in secrets if s))
    # Text in a frame is JSON: a secret with Hangul or quotes would stand there escaped.
    return not any(mark in heard or json.dumps(mark)[1:-1] in heard for mark in marks)
