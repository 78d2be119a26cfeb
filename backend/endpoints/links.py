"""/_auth: where mailed links lead. They end at REDIRECT_URL, straight away or by way of our own button."""

import re
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.endpoints import link_page
from backend.http.pages import icon, stylesheet
from backend.http.requests import BackendRequest, access_key, read_client, services_of
from backend.kernel.keys import access_token, reference
from backend.kernel.refusals import refusal
from backend.mail.letters import LETTERS
from backend.rules import cancellation, links
from backend.rules.links import LinkLookup

KEY = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)  # 256 bits in base64
LONGEST_TARGET = 2000  # characters

FAILURES = {  # by state: status, code, and words for applications that show them
    "used": ("400", "link_used", "This link has been used already"),
    "expired": ("400", "link_expired", "Invalid or expired access token"),
    "unknown": ("400", "link_unknown", "Invalid or expired access token"),
    "taken": ("401", "email_already_exists", "The new email address belongs to another account by now"),
}


async def verify(request: BackendRequest) -> Response:
    if not _find_key(request) and wants_page(request):
        return _lost(request)
    return await (press if request.method == "POST" else open_link)(request)


async def open_link(request: BackendRequest) -> Response:
    """Changes nothing, however often mail scanners open it."""
    key = _find_key(request) or access_key(request)
    lookup = await links.look_up_link(services_of(request), key)
    if lookup.state != "valid" or lookup.link is None:
        return _failure(request, key, lookup)
    if lookup.needs_button_page(services_of(request)):
        return link_page.show(request, key, lookup.link, confirmed=lookup.confirmed)
    return _success(request, key, lookup)


async def press(request: BackendRequest) -> Response:
    """The button. Where the site has the button itself, this is only another way to get there."""
    key = _find_key(request) or access_key(request)
    lookup = await links.look_up_link(services_of(request), key)
    if lookup.needs_button_page(services_of(request)):
        lookup = await links.press_button(services_of(request), key, read_client(request))
    return _success(request, key, lookup) if lookup.state == "valid" else _failure(request, key, lookup)


async def disown(request: BackendRequest) -> Response:
    """Like the link itself, whoever only opens this changes nothing."""
    if request.method != "POST":
        return await verify(request)
    key = access_key(request)
    lookup = await cancellation.cancel_sign_up_by_key(services_of(request), key)
    if lookup.state != "valid" or lookup.link is None:
        return _failure(request, key, lookup)
    return link_page.disowned(request, lookup.link)


async def provider(request: BackendRequest) -> Response:
    """Logging in by somebody else's account is not offered."""
    words = "Logging in with this provider is not offered here"
    return _to_site(request, {"status": "401", "action": "oauth-signin", "error": words, "code": "not_allowed"})


async def damaged(request: BackendRequest) -> Response:
    """What is left of a mailed link when its address was changed on the way. If its key is whole, the link works."""
    if request.method in ("GET", "HEAD") and _find_key(request):
        return await open_link(request)
    if wants_page(request):
        return _lost(request)
    raise refusal("resource_not_found")


class ProviderConvertor(StringConvertor):
    regex = "[A-Za-z]{1,20}"


class EnvironmentConvertor(StringConvertor):
    regex = "[0-9a-f]{24}"


register_url_convertor("provider", ProviderConvertor())
register_url_convertor("environment", EnvironmentConvertor())

ROUTES: list[BaseRoute] = [
    Route("/_auth/verify", verify, methods=["GET", "POST"]),
    Route("/_auth/disown", disown, methods=["GET", "POST"]),
    Route("/_auth/pages.css", stylesheet, methods=["GET"]),
    Route("/_auth/favicon.svg", icon, methods=["GET"]),
    Route("/_auth/{provider:provider}", provider, methods=["GET"]),
    Route("/_auth/{environment:environment}/{provider:provider}", provider, methods=["GET"]),
    Route("/_auth/{rest:path}", damaged, methods=["GET", "POST"]),
    Route("/_auth", damaged, methods=["GET", "POST"]),
]


def wants_page(request: BackendRequest) -> bool:
    """Whether a person looks at the answer: programs ask for JSON, or for anything."""
    return "text/html" in request.headers.get("accept", "")


def _find_key(request: BackendRequest) -> str:
    """The `key`, or what looks like one in an address that was encoded twice or joined wrongly; empty if it is lost."""
    keys = request.query_params.getlist("key")
    if len(keys) == 1 and keys[0].strip():
        whole = KEY.search(keys[0])
        return whole[0] if whole else keys[0]
    target = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"[:LONGEST_TARGET]
    found = KEY.search(unquote(unquote(target))) if len(keys) < 2 else None
    return found[0] if found else ""


def _lost(request: BackendRequest) -> Response:
    """At the site, which offers a new link."""
    return _failure(request, "", LinkLookup("unknown"))


def _success(request: BackendRequest, key: str, lookup: LinkLookup) -> Response:
    kind = lookup.link.kind if lookup.link else ""
    if kind == "change-email":
        return _to_site(request, {"status": "200", "action": kind})
    return _to_site(request, {"status": "200", "access_token": access_token(key), "action": kind})


def _failure(request: BackendRequest, key: str, lookup: LinkLookup) -> Response:
    """With a reference where the link is known, so that its mail can be asked for once more."""
    status, code, words = FAILURES[lookup.state]
    if lookup.state == "used" and lookup.confirmed and lookup.link and lookup.link.kind == "email-confirm":
        status = "401"  # as Altogic answers for an address that is verified already
    answer = {"status": status, "action": _action(request, lookup), "error": words, "code": code}
    if lookup.link is not None:
        answer["ref"] = reference(key)
    return _to_site(request, {name: value for name, value in answer.items() if value})


def _action(request: BackendRequest, lookup: LinkLookup) -> str:
    if lookup.link is not None:
        return lookup.link.kind
    told = request.query_params.get("action", "")
    return told if told in LETTERS else ""


def _to_site(request: BackendRequest, answer: dict[str, str]) -> Response:
    """REDIRECT_URL with the answer after its own query, which stays as it is."""
    parts = urlsplit(services_of(request).settings.links.redirect_url)
    url = urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode(answer)]))))
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return RedirectResponse(url, 302, headers)
