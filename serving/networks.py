"""Who shares a line to the network."""

import ipaddress
from functools import lru_cache

WIDE = 48  # bits of an IPv6 address: as many as a provider gives to one customer (RFC 6177)


def network(address: str) -> str:
    """Of an IPv4 address itself; of an IPv6 one its /64, for one line gets a whole one (RFC 6177). What is no address
    is returned as it is."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


@lru_cache(maxsize=1024)
def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """Tell whether an address is of one of these networks, each in CIDR notation or an address itself."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
        return any(known in ipaddress.ip_network(name, strict=False) for name in networks)
    except ValueError:
        return False


def widest_network(address: str) -> str:
    """Who takes turns together: of an IPv6 address its /48, else as `network`."""
    return wide_network(address) or network(address)


def wide_network(address: str) -> str:
    """Of an IPv6 address its /48, in which one customer has 65,536 networks; empty for any other."""
    try:
        known = ipaddress.ip_network(network(address))
    except ValueError:
        return ""
    return str(known.supernet(new_prefix=WIDE)) if isinstance(known, ipaddress.IPv6Network) else ""
