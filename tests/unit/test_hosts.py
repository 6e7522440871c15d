"""Names under which the house may be asked for, and whom an address stands for."""

import socket

import pytest

from hearth_reflex.api.hosts import Hosts
from hearth_reflex.domain.address import household

HOSTS = Hosts(("https://chat.example.org", "http://listed.example:8080"))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:3000",
        "127.0.0.1:3000",
        "192.168.0.7",
        "[::1]:3000",
        "[fe80::1]",
        "hearth.local:3000",
        "Kitchen.LOCAL.",
        "kitchen:3000",
        "chat.example.org",
        "CHAT.EXAMPLE.ORG:443",
        "listed.example",
        socket.gethostname(),
    ],
)
def test_names_of_the_house(host: str) -> None:
    assert HOSTS.is_right(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":3000",
        ".",
        "evil.example",
        "evil.example:3000",
        "127.0.0.1.evil.example",
        "chat.example.org.evil.example",
        "evil.example#.local",
        "evil.example/.local",
        "evil.example\\.local",
        "chat.example.org@evil.example",
        "evil.example@chat.example.org",
        "local.evil.example",
        "127.1.evil.example",
        "[::1",
    ],
)
def test_names_of_others(host: str) -> None:
    assert not HOSTS.is_right(host)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:db8::1", "2001:0DB8::2"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_addresses_of_one_household(one: str, other: str) -> None:
    assert household(one) == household(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("192.0.2.1", "192.0.2.2"), ("unknown", "192.0.2.1"), ("", "unknown")],
)
def test_addresses_of_two(one: str, other: str) -> None:
    assert household(one) != household(other)
