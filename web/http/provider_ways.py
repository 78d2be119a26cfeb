"""The providers that people can log in with at this browser, and what they are called."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import HTTPConnection

from web.api.identity_shapes import METHOD_PREFIX, Provider
from web.state import site_of


def list_ways(connection: HTTPConnection[Any]) -> tuple[Sequence[Provider], str]:
    """Return the providers, first the one that was used last in this browser, and the id of that one, or ""."""
    site = site_of(connection)
    used = site.capabilities.current.find_provider(site.cookies.used_provider.read(connection) or "")
    offered = sorted(site.capabilities.current.providers, key=lambda each: each != used)
    return offered, used.id if used else ""


def name_provider_of(connection: HTTPConnection[Any], method: str) -> str:
    """Name the provider that a session was opened with, by the session's method; "" for any other."""
    if not method.startswith(METHOD_PREFIX):
        return ""
    return site_of(connection).capabilities.current.name_provider(method.removeprefix(METHOD_PREFIX))
