"""Polls: a page asks by itself what was done elsewhere, less and less often, and in the end only by its link.

The page says what it has `seen`. While that is all there is, the answer is 204: what is being typed beside it stays.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.http.htmx import SEEN, is_poll
from web.state import site_of

# (age of what is waited for, pause until the next poll), in seconds; who is older than the last asks no more.
Pauses = Sequence[tuple[int, int]]
PAUSES: Pauses = ((60, 3), (300, 10), (600, 30))


def choose_pause(request: Request[Any], since: datetime, pauses: Pauses = PAUSES) -> int:
    """Return the seconds until the next poll of what has been waited for `since` a time; 0 for no poll."""
    age = (site_of(request).clock() - since).total_seconds()
    return next((pause for until, pause in pauses if age < until), 0)


def hash_shown(*shown: object) -> str:
    """Return what a page says that it has seen."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def answer_seen(request: Request[Any], seen: str) -> Response | None:
    """Answer a poll whose page has seen all there is to see, before anything is rendered."""
    return answer_unchanged() if is_poll(request) and request.query_params[SEEN] == seen else None


def answer_unchanged() -> Response:
    """Answer htmx that there is nothing new. With `Vary`, by which the page's script knows our own answers."""
    return Response(status_code=204, headers={"Vary": "HX-Request-Type, Cookie, Accept-Language"})
