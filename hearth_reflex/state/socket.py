"""The socket bus of this process, chosen once when the app is composed."""

from hearth_reflex.state.bus import SocketBus

_bus: SocketBus | None = None


def use_socket_bus(bus: SocketBus) -> None:
    global _bus  # one bus a process, chosen once
    _bus = bus


def socket_bus() -> SocketBus:
    if _bus is None:
        raise RuntimeError("use_socket_bus() was not called: the app is not composed yet")
    return _bus
