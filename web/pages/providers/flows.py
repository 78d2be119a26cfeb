"""The way of a browser to a provider and back: what it began with is kept in a note of its own (a cookie).

The backend's redirect says `bind` again, which it was given on the way there: a hash of this browser's secret. So the
site knows that it was this browser that wanted to log in, and nobody is logged in to an account of somebody else's
(login CSRF). It also says `flow` again, the handle of the note: each of several tabs is led to where it was to lead.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.api.client import Client
from web.api.identity_shapes import Provider
from web.api.shapes import User
from web.forms.base import NEXT
from web.http.signed_cookies import measure_note
from web.pages.links.opened_links import OpenedLink
from web.rendering.pages import Page, redirect
from web.session import identify_browser, remember_registrant, safe_next_path
from web.state import site_of

GO = "go"  # in the query of a page that leads to a provider: the note
ASK_WHICH = {"prompt": "select_account"}  # in the address where a log-in begins: the provider asks which account
LARGEST = 1024  # bytes of a note: five of them have room beside each other
OPTIONS = (NEXT, "stay", "language", "timezone")


@dataclass(frozen=True)
class Flow:
    """One way to a provider. `options`: what the form said with which it began, `{next, stay, language, timezone}`.

    `whose` is the id of the user who was logged in then, or empty; with a `ticket` it is to connect an account of
    theirs, another than the provider would name unasked where it `chooses`.
    """

    provider: str
    options: Mapping[str, str]
    whose: str = ""
    ticket: str = field(default="", repr=False)
    handle: str = ""
    chooses: bool = False

    @property
    def next(self) -> str:
        return safe_next_path(self.options.get(NEXT, ""))

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> Self:
        told = {name: str(note.get(name, "")) for name in ("provider", "whose", "ticket", "handle")}
        options = {name: str(note.get(name, "")) for name in OPTIONS}
        return cls(options=options, chooses=bool(note.get("chooses")), **told)


LEAVE = Page("templates/providers/leave.html")
NO_FLOW = Flow("", {})


def find_offered(request: Request[Any]) -> Provider:
    """Return the provider that the path names. Raises HTTPException 404 where nobody can log in with it."""
    provider = site_of(request).capabilities.current.find_provider(request.path_params["provider"])
    if provider is None:
        raise HTTPException(404)
    return provider


def start_flow(
    request: Request[Any],
    page: str,
    provider: Provider,
    typed: Mapping[str, str],
    *,
    ticket: str = "",
    chooses: bool = False,
    registrant: Client | None = None,
) -> Response:
    """Keep what a way to a provider begins with, and redirect to the `page` that leads there.

    A form could not lead there itself: `form-action 'self'` holds for the redirects after it as well. From here on the
    browser is recognized, by its device cookie and by the secret that `registrant` has, or else by one that it keeps.
    """
    handle = secrets.token_hex(8)
    response = redirect(request, to=f"{page}?{urlencode({GO: handle})}")
    began = {"provider": provider.id, "whose": _name_user(request), "ticket": ticket, "chooses": chooses}
    note = {**began, **{name: typed[name] for name in OPTIONS if typed.get(name)}}
    note = note if measure_note(note) <= LARGEST else began
    site_of(request).cookies.provider_flows.write(request, response, handle, note)
    remember_registrant(request, response, registrant)
    identify_browser(request, response)
    return response


def find_started(request: Request[Any], provider: Provider) -> Flow | None:
    """Return the flow that the page's query names, if it leads to this provider."""
    note = site_of(request).cookies.provider_flows.read_all(request).get(request.query_params.get(GO, ""))
    return Flow.from_note(note) if note and note.get("provider") == provider.id else None


async def lead_to(request: Request[Any], provider: Provider, flow: Flow, **query: str) -> Response:
    """Show the page that leads to a provider by itself, and has a link besides."""
    query |= {"flow": flow.handle} | (ASK_WHICH if flow.chooses else {})
    url = f"{provider.url}?{urlencode(query)}"
    return await LEAVE.show(request, provider=provider, url=url, next=flow.next)


def find_returned(request: Request[Any], link: OpenedLink, *, connects: bool = False) -> Flow:
    """Return the flow that came back by a redirect; the newest, where that names none, being too late. Else NO_FLOW."""
    notes = site_of(request).cookies.provider_flows.read_all(request).values()
    flows = [flow for flow in map(Flow.from_note, notes) if bool(flow.ticket) == connects]
    return next((flow for flow in reversed(flows) if link["flow"] in ("", flow.handle)), NO_FLOW)


def forget_flow(request: Request[Any], response: Response, flow: Flow) -> Response:
    """Delete the note of a flow that is over."""
    if flow.handle:
        site_of(request).cookies.provider_flows.clear(response, flow.handle)
    return response


def is_of_user(request: Request[Any], flow: Flow) -> bool:
    """Tell whether nobody else has logged in, or out, here since the flow began."""
    return flow is not NO_FLOW and flow.whose == _name_user(request)


def hash_browser(secret: str) -> str:
    """Return what the backend's redirect says again, of the secret by which a browser is recognized; "" without one."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest() if secret else ""


def is_same_browser(request: Request[Any], browser_hash: str) -> bool:
    """Tell whether the redirect, which says `browser_hash`, came to the browser that went to the provider."""
    expected = hash_browser(request.state["api"].client.registration)
    given = browser_hash.encode("utf-8", "surrogatepass")
    return bool(given) and hmac.compare_digest(expected.encode(), given)


def _name_user(request: Request[Any]) -> str:
    user = request.state["user"]
    return user.id if isinstance(user, User) else ""
