"""The only reader of the HX-* request headers (htmx 4)."""

from typing import Any

from starlette.requests import HTTPConnection

SEEN = "seen"  # in the query of a poll: what its page shows


def is_htmx(request: HTTPConnection[Any]) -> bool:
    """Tell whether htmx sent the request, with fetch, which would follow a redirect unseen. No link here is boosted."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def is_poll(request: HTTPConnection[Any]) -> bool:
    """Tell whether a page asks what is new, by itself or by its link, and says what it has `seen`.

    The answer sets no cookie and lets nobody in: somebody else may have done what is new.
    """
    return is_htmx(request) and SEEN in request.query_params


def wants_fragment(request: HTTPConnection[Any]) -> bool:
    """Tell whether a fragment of the page is enough: not for a plain request, an `hx-select`, or a page restored from
    history."""
    return is_htmx(request) and request.headers.get("hx-request-type") == "partial"
