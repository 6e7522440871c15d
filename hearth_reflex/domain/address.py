"""Whom an address stands for when limits are counted. Values only."""

from ipaddress import IPv6Address, ip_address, ip_network

_HOUSEHOLD = 64  # bits: every connection of IPv6 comes with that many addresses to choose from


def household(host: str) -> str:
    """One name for all addresses that one connection may call from: IPv4 as it is, of IPv6 the network."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _HOUSEHOLD), strict=False))
