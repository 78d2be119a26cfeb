"""Mailed links opened in this browser. What each brought is kept in a note of its own, which the forms of its landing
name in `ref`: so what is done is done with the link that the page showed, whatever has been opened since."""

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.state import site_of

BROUGHT = ("token", "action", "status", "code", "ref")
LONGEST = 300  # characters of anything a link brings
REF = "ref"  # the field
NO_LINK = dict.fromkeys((*BROUGHT, "handle"), "")

OpenedLink = dict[str, str]  # what was brought, and the handle of its note


def read_brought(query: Mapping[str, str]) -> OpenedLink:
    """What Altogic's redirect brings."""
    given = {name: query.get(name, "")[:LONGEST] for name in BROUGHT}
    token = query.get("access_token", "")[:LONGEST]
    secret = token or given["ref"]
    handle = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:16] if secret else ""
    return {**given, "token": token, "status": given["status"] or ("200" if token else ""), "handle": handle}


def find_newest(request: Request[Any]) -> OpenedLink:
    """The link opened last; one without anything if there is none."""
    notes = site_of(request).cookies.links.read_all(request)
    return _as_link(list(notes.values())[-1]) if notes else NO_LINK


def find_named(request: Request[Any], typed: Mapping[str, str]) -> OpenedLink | None:
    """The link whose landing a form is on. A form that names none is of a page that knew of one link only."""
    notes, handle = site_of(request).cookies.links.read_all(request), typed.get(REF, "")
    if not handle and len(notes) == 1:
        return find_newest(request)
    return _as_link(notes[handle]) if handle in notes else None


def is_any(request: Request[Any]) -> bool:
    return bool(site_of(request).cookies.links.read_all(request))


def keep_link(request: Request[Any], response: Response, link: OpenedLink) -> Response:
    """As the one opened last, which its landing shows."""
    site_of(request).cookies.links.write(request, response, link["handle"], {name: link[name] for name in BROUGHT})
    return response


def forget_link(request: Request[Any], response: Response, link: OpenedLink) -> Response:
    site_of(request).cookies.links.clear(response, link["handle"])
    return response


def _as_link(note: Mapping[str, Any]) -> OpenedLink:
    return {name: str(note.get(name, "")) for name in NO_LINK}
