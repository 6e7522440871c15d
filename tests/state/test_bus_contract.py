"""What `state/bus.py` and the page's `feed.js` take for granted of Reflex, held against the installed one."""

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from reflex.state import State
from reflex.utils import format as reflex_format
from reflex_base.compiler import templates
from reflex_base.constants import Templates
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.registry import RegistrationContext
from socketio import AsyncManager, AsyncRedisManager, AsyncServer
from socketio.packet import EVENT

from hearth_reflex.settings import PROJECT_DIR
from hearth_reflex.state import bus
from hearth_reflex.state.bus import ChangesState, PageServer, PlaceState, SocketBus, WordsState, make_socket_server
from hearth_reflex.state.doors import OF_REFLEX
from hearth_reflex.state.frames import is_from_a_page
from tests.servers import clean_environ
from tests.sockets import BOOT, HYDRATE, ROOT, SEND

TOKEN_BYTES = 120
ROOM = "01a1fd62-c78d-70f4-a0f8-597c3359323c"


class Wire(AsyncManager):
    """A client manager that keeps what would go out, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str | None, str]] = []

    async def emit(self, event: str, data: Any, namespace: str, room: str | None = None, **_: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        assert self.server is not None
        packet = self.server.packet_class(EVENT, data=[event, data], namespace=namespace)
        self.sent.append((room, str(EnginePacket(MESSAGE, packet.encode()).encode())))


@pytest.fixture
def server() -> AsyncServer:
    return make_socket_server(redis_url="", origins=(), frame_limit=65_536)


@pytest.fixture
def wire(server: AsyncServer) -> Wire:
    wire = Wire()
    wire.set_server(server)
    server.manager = wire
    return wire


@pytest.fixture(scope="module")
def client_source() -> str:
    return (Path(Templates.Dirs.WEB_TEMPLATE) / "utils" / "state.js").read_text()


@pytest.fixture(scope="module")
def reflex_own() -> dict[str, Any]:
    """The socket server that Reflex makes for an app which brings none, in a process of its own."""
    program = (
        "import json, rxconfig, reflex as rx\n"
        "class Empty(rx.State): pass\n"
        "sio = rx.App().sio\n"
        f"print(json.dumps({{name: getattr(sio.eio, name) for name in {_PLAIN!r}}}"
        " | {'async_handlers': sio.async_handlers, 'async_mode': sio.async_mode}))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT_DIR,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(result.stdout.splitlines()[-1])


_PLAIN = [
    "ping_interval",
    "ping_timeout",
    "max_http_buffer_size",
    "allow_upgrades",
    "transports",
    "cors_credentials",
    "http_compression",
]


class TestTheMessage:
    async def test_a_change_goes_to_its_room_as_an_update_with_a_delta_alone(
        self, server: AsyncServer, wire: Wire
    ) -> None:
        await SocketBus(server).change(ROOM, rev=7, rows=[{"seq": 3, "text": "불"}])
        room, message = wire.sent[0]
        assert room == f"room:{ROOM}"
        assert message.startswith("42/_event,")
        frame = {"frame_rx_state_": ["3359323c", 7, [{"seq": 3, "text": "불"}]]}
        assert json.loads(message[10:]) == ["event", {"delta": {f"{ROOT}.changes": frame}}]

    async def test_one_token_costs_little(self, server: AsyncServer, wire: Wire) -> None:
        for text in (" the", " hearth", "불", "\n", '"'):
            await SocketBus(server).words(ROOM, seq=123_456, offset=12_345, text=text)
        assert max(len(message.encode()) for _, message in wire.sent) <= TOKEN_BYTES
        words = [json.loads(message[10:])[1]["delta"][f"{ROOT}.words"]["w_rx_state_"] for _, message in wire.sent]
        assert words[2] == ["3359323c", 123_456, 12_345, "불"]

    async def test_a_place_in_line_costs_as_little(self, server: AsyncServer, wire: Wire) -> None:
        await SocketBus(server).place(ROOM, seq=123_456, position=32, seconds=3600)
        await SocketBus(server).place(ROOM, seq=3, position=1, seconds=None)
        assert max(len(message.encode()) for _, message in wire.sent) <= TOKEN_BYTES
        frames = [json.loads(message[10:]) for _, message in wire.sent]
        assert frames[1] == ["event", {"delta": {f"{ROOT}.place": {"p_rx_state_": ["3359323c", 3, 1, None]}}}]

    async def test_the_same_signal_twice_is_two_values(
        self, server: AsyncServer, wire: Wire, client_source: str
    ) -> None:
        # The pinned client keeps the value it has where the next one is equal, and tells nobody.
        assert "return prev.length === next.length ? prev" in client_source
        bus = SocketBus(server)
        for _ in range(2):
            await bus.signal(ROOM, "room", [])
            await bus.tell(["anna", "ben"], "read", [ROOM, 3])
        deltas = [json.loads(message[10:])[1]["delta"] for _, message in wire.sent]
        signals = [delta[f"{ROOT}.signal"]["s_rx_state_"] for delta in deltas[::2]]
        news = [delta[f"{ROOT}.news"]["news_rx_state_"] for delta in deltas[1::2]]
        assert [signal[:-1] for signal in signals] == [["3359323c", "room"]] * 2
        assert [told[:-1] for told in news] == [["read", ROOM, 3]] * 2
        assert signals[0] != signals[1]
        assert news[0] != news[1]
        assert [room for room, _ in wire.sent][1] == ["person:anna", "person:ben"]
        assert max(len(message.encode()) for _, message in wire.sent) <= TOKEN_BYTES + 40

    def test_the_pinned_client_takes_a_delta_and_needs_no_events(self, client_source: str) -> None:
        handler = re.search(r'socket\.current\.on\("event", \(update\) => \{(.*?)\n  \}\);', client_source, re.DOTALL)
        assert handler is not None
        assert "update.delta" in handler[1]
        assert "if (update.events && update.events.length > 0)" in handler[1]
        assert set(re.findall(r"update\.(\w+)", handler[1])) == {"delta", "events"}

    def test_the_pinned_client_takes_events_without_a_delta(self, client_source: str) -> None:
        # The lobby's and the signed-out message bring no delta: a loop over nothing, then `if (delta)`.
        assert "for (const substate in delta)" in client_source
        assert "if (delta) {" in client_source

    def test_all_that_the_pinned_client_sends_passes(self, client_source: str) -> None:
        sent = set(re.findall(r"socket(?:\.current)?\??\.emit\(\s*([^,\s]+),", client_source))
        assert sent == {'"event"', "CLIENT_ERROR_EVENT"}
        place = {"pathname": "/room/x", "asPath": "/room/x?a=1#b", "query": {"a": "1"}}
        for event in ({"name": BOOT}, {"name": SEND, "payload": {"text": "불"}, "event_actions": {"throttle": 1}}):
            assert is_from_a_page(["event", event | {"router_data": place, "handler": None}])
        assert is_from_a_page(["client_error", {"message": "x", "error_type": "y"}])
        assert 'CLIENT_ERROR_EVENT = "client_error"' in client_source

    def test_the_page_hears_a_state_by_its_name(self) -> None:
        # feed.js listens to states directly, in the compiled context.
        source = Path(templates.__file__).read_text()
        assert "getSnapshot: (substateName) => state[substateName]" in source
        assert "subscribe: (substateName, listener) =>" in source
        assert "notify(substateName);" in source
        registry = (Path(Templates.Dirs.WEB_TEMPLATE) / "utils" / "context-registry.js").read_text()
        assert "export const StateStoreContext = createContext(null);" in registry


class TestNames:
    def test_the_suffix_of_vars_is_the_one_the_page_reads(self) -> None:
        assert FIELD_MARKER == "_rx_state_"
        feed = (PROJECT_DIR / "assets" / "hearth" / "feed.js").read_text()
        assert f"`${{field}}{FIELD_MARKER}`" in feed

    @pytest.mark.parametrize(
        ("state", "name"), [(ChangesState, "changes"), (WordsState, "words"), (PlaceState, "place")]
    )
    def test_the_states_that_travel_have_short_names_that_reflex_knows(self, state: type[rx.State], name: str) -> None:
        full_name = f"{ROOT}.{name}"
        assert state.get_full_name() == full_name
        assert RegistrationContext.get().base_states[full_name] is state
        assert State.get_class_substate(full_name) is state
        assert full_name in State(_reflex_internal_init=True).dict()  # pyright: ignore[reportCallIssue]

    def test_the_vars_are_those_that_the_bus_writes(self) -> None:
        assert f"frame{FIELD_MARKER}" == bus.CHANGES_FRAME
        assert f"w{FIELD_MARKER}" == bus.WORDS_FRAME
        assert f"p{FIELD_MARKER}" == bus.PLACE_FRAME
        assert set(ChangesState.base_vars) >= {"frame"}
        assert set(WordsState.base_vars) >= {"w"}
        assert set(PlaceState.base_vars) >= {"p"}

    def test_reflex_still_has_the_events_that_pass_the_gate(self) -> None:
        known = RegistrationContext.get().event_handlers
        assert set(known) >= OF_REFLEX
        assert {BOOT, HYDRATE} <= OF_REFLEX


class TestTheServer:
    def test_it_is_reflexs_own_but_for_origins_and_carrier(
        self, server: AsyncServer, reflex_own: dict[str, Any]
    ) -> None:
        ours = {name: getattr(server.eio, name) for name in _PLAIN}
        ours |= {"async_handlers": server.async_handlers, "async_mode": server.async_mode}
        assert ours == reflex_own

    def test_reflex_gives_its_own_no_further_arguments(self) -> None:
        # An argument that a later Reflex adds would be missing in ours without a word.
        ours = _arguments_of("PageServer", inspect.getsource(bus))
        theirs = _arguments_of("AsyncServer", inspect.getsource(rx.app))
        assert ours - theirs == {"client_manager"}
        assert theirs - ours == {"cors_credentials"}  # engineio's own default is the same, as the test above holds

    @pytest.mark.parametrize("method", ["_handle_event", "_handle_connect"])
    def test_socketio_still_has_the_methods_that_are_overridden(self, method: str) -> None:
        ours, theirs = (inspect.signature(getattr(kind, method)) for kind in (PageServer, AsyncServer))
        assert list(ours.parameters) == list(theirs.parameters)
        assert f"self.{method}(" in inspect.getsource(AsyncServer._handle_eio_message)

    def test_it_writes_json_as_reflex_does(self, server: AsyncServer) -> None:
        value = {"text": "불 </script>\u2028", "number": 1.5, "set": {1}, "none": None}
        codec = codec_of(server)
        assert codec.dumps(value, separators=(",", ":")) == reflex_format.json_dumps(value, separators=(",", ":"))
        assert codec.loads('{"a": [1, "불"]}') == {"a": [1, "불"]}

    def test_with_redis_its_emits_reach_other_workers_in_the_same_json(self) -> None:
        server = make_socket_server(redis_url="redis://127.0.0.1:1/0", origins=(), frame_limit=65_536)
        assert isinstance(server.manager, AsyncRedisManager)
        assert server.manager.json is codec_of(server)

    @pytest.mark.parametrize(
        ("origin", "host", "right"),
        [
            (None, "h:3000", True),
            ("http://h:3000", "h:3000", True),
            ("https://h", "h", True),
            ("https://listed.example", "h:3000", True),
            ("http://h:3001", "h:3000", False),
            ("http://evil.example", "h:3000", False),
            ("http://h:3000.evil.example", "h:3000", False),
            ("null", "h:3000", False),
            ("", "", False),
            ("http://", "", False),
        ],
    )
    def test_origins(self, origin: str | None, host: str, right: bool) -> None:
        assert bus.origin_matches(origin, host, ("https://listed.example",)) is right


def codec_of(server: AsyncServer) -> Any:
    packets: Any = server.packet_class
    return packets.json


def _arguments_of(name: str, source: str) -> set[str | None]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]
    assert len(made) == 1
    return {keyword.arg for keyword in made[0].keywords}


async def test_a_crowd_that_sits_down_is_told_to_the_lobby_once_at_once_and_once_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Server:
        def __init__(self) -> None:
            self.told = 0

        async def emit(self, *_: object, **__: object) -> None:
            self.told += 1

    monkeypatch.setattr(bus, "LOBBY_SECONDS", 0.05)
    server = Server()
    sockets = SocketBus(server)  # pyright: ignore[reportArgumentType] - all that is asked of it here
    for _ in range(20):
        await sockets.lobby()
    assert server.told == 1
    assert sockets._lobby_rest is not None
    await sockets._lobby_rest
    assert server.told == 2
    await sockets.lobby()
    assert server.told == 3
