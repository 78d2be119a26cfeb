"""Mailed links that were opened in this browser, each in a note of its own (a cookie).

The forms of a landing name their link in `ref`, so they act for the link that the page showed, whatever was opened
since.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.state import site_of

PARAMETERS = ("token", "action", "status", "code", "ref", "bind", "flow", "reference")
LONGEST = 300  # characters of a parameter
REF = "ref"  # the field
NO_LINK = dict.fromkeys((*PARAMETERS, "handle"), "")

OpenedLink = dict[str, str]  # the parameters of the redirect, and the handle of its note


def read_link(query: Mapping[str, str]) -> OpenedLink:
    """Return the link that Altogic's redirect describes in its query; all values are "" where it describes none."""
    given = {name: query.get(name, "")[:LONGEST] for name in PARAMETERS}
    token = query.get("access_token", "")[:LONGEST]
    secret = token or given["ref"]
    handle = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:16] if secret else ""
    return {**given, "token": token, "status": given["status"] or ("200" if token else ""), "handle": handle}


def find_newest(request: Request[Any]) -> OpenedLink:
    """Return the link opened last, or NO_LINK."""
    notes = site_of(request).cookies.links.read_all(request)
    return _as_link(list(notes.values())[-1]) if notes else NO_LINK


def find_named(request: Request[Any], typed: Mapping[str, str]) -> OpenedLink | None:
    """Return the link that a form names, or None. A form that names none means the only one there is."""
    notes, handle = site_of(request).cookies.links.read_all(request), typed.get(REF, "")
    if not handle and len(notes) == 1:
        return find_newest(request)
    return _as_link(notes[handle]) if handle in notes else None


def has_links(request: Request[Any]) -> bool:
    """Whether a link was opened in this browser and not used up."""
    return bool(site_of(request).cookies.links.read_all(request))


def save_link(request: Request[Any], response: Response, link: OpenedLink) -> Response:
    """Save a link as the one opened last, which the landing shows."""
    site_of(request).cookies.links.write(request, response, link["handle"], {name: link[name] for name in PARAMETERS})
    return response


def forget_link(request: Request[Any], response: Response, link: OpenedLink) -> Response:
    """Delete the note of a link."""
    site_of(request).cookies.links.clear(response, link["handle"])
    return response


def _as_link(note: Mapping[str, Any]) -> OpenedLink:
    return {name: str(note.get(name, "")) for name in NO_LINK}
