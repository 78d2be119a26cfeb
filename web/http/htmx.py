"""The only reader of the HX-* request headers (htmx 4)."""

from typing import Any

from starlette.requests import HTTPConnection


def is_htmx(request: HTTPConnection[Any]) -> bool:
    """Made by htmx's fetch, which would follow a redirect unseen. We use no boosted links."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def wants_fragment(request: HTTPConnection[Any]) -> bool:
    """A part of the page is enough. False for a plain request, an `hx-select`, and a page restored from history."""
    return is_htmx(request) and request.headers.get("hx-request-type") == "partial"
