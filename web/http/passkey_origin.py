"""The one origin at which passkeys work. At an IP address a browser offers none, and each name has its own."""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from web.state import site_of


def find_other_origin(connection: HTTPConnection[Any]) -> str:
    """Return the origin at which passkeys work, or "" where the page is opened there, or where there are none.

    Only hosts of this site come this far (KnownHost), so that nothing but the name has to be compared.
    """
    origin = site_of(connection).capabilities.current.passkey_origin
    host = connection.headers.get("host", "")
    return "" if not origin or _name_of(f"//{host}") == _name_of(origin) else origin


def _name_of(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")
