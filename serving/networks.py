"""Who shares a line to the network."""

import ipaddress


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
