"""Origins: scheme, host and port, in the form that browsers send."""

import ipaddress
import re
from urllib.parse import urlsplit

HOST = r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f:.]+"  # a name or an address; it ends up in a header
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")  # of one place, where a program listens at the usual one
STANDARD_PORTS = {"http": 80, "https": 443}


def normalize_origin(url: str) -> str:
    """Drop all but the origin of an http(s) URL, its host in lower case, without a standard port.

    Raises ValueError for anything else, and for a URL that names a user.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in STANDARD_PORTS or parts.username is not None or not re.fullmatch(HOST, host):
        raise ValueError(url)
    if parts.port == 0:
        raise ValueError(url)
    return build_origin(parts.scheme, host, parts.port)


def build_origin(scheme: str, host: str, port: int | None) -> str:
    """Join the parts, an IPv6 address in brackets and a standard port left out."""
    suffix = f":{port}" if port and port != STANDARD_PORTS[scheme] else ""
    return f"{scheme}://{in_url(host)}{suffix}"


def in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def origin_of(url: str) -> str:
    """Return the origin of a URL as it is written there, "" if it has none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}" if parts.netloc else ""


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def is_loopback(url: str) -> bool:
    """Return whether a URL's host is 127.0.0.0/8, ::1 or `localhost`; names that only begin like one are not."""
    host = host_of(url)
    return host == "localhost" or is_loopback_address(host)


def is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def own_origins(public_url: str) -> frozenset[str]:
    """Return the origins that people may see in their address bar: loopback has three names."""
    parts = urlsplit(public_url)
    if parts.hostname not in LOOPBACK_NAMES:
        return frozenset({public_url})
    return frozenset(build_origin(parts.scheme, name, parts.port) for name in LOOPBACK_NAMES)
