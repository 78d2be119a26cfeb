"""Networks: addresses that share one line, and so their rate limits."""

import ipaddress
from functools import lru_cache

WIDE = 48  # bits of an IPv6 address: as many as a provider gives to one customer (RFC 6177)


def network(address: str) -> str:
    """Return the network of an address: IPv4 itself, IPv6 its /64, which is what one line gets (RFC 6177).

    Anything but an address is returned unchanged.
    """
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))
    return str(known)


@lru_cache(maxsize=1024)
def is_within(address: str, networks: tuple[str, ...]) -> bool:
    """Return whether an address is in one of these networks, each in CIDR notation or an address itself."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
        return any(known in ipaddress.ip_network(name, strict=False) for name in networks)
    except ValueError:
        return False


def widest_network(address: str) -> str:
    """Return the network whose requests take turns as one: of an IPv6 address its /48, else as `network`."""
    return wide_network(address) or network(address)


def wide_network(address: str) -> str:
    """Return the /48 of an IPv6 address, in which one customer has 65,536 networks; "" for any other address."""
    try:
        known = ipaddress.ip_network(network(address))
    except ValueError:
        return ""
    return str(known.supernet(new_prefix=WIDE)) if isinstance(known, ipaddress.IPv6Network) else ""
