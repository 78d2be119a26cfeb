"""/_auth: where mailed links lead. They end at REDIRECT_URL, straight away or by way of our own button."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.accounts import links
from backend.accounts.links import Opening
from backend.keys import access_token, reference
from backend.mail import KINDS
from backend.pages import link_page
from backend.pages.rendering import icon, stylesheet
from backend.requests import BackendRequest, access_key, asked, query, services_of

FAILURES = {  # by state: status, code, and words for applications that show them
    "used": ("400", "link_used", "This link has been used already"),
    "expired": ("400", "link_expired", "Invalid or expired access token"),
    "unknown": ("400", "link_unknown", "Invalid or expired access token"),
    "taken": ("401", "email_already_exists", "The new email address belongs to another account by now"),
}


async def verify(request: BackendRequest) -> Response:
    return await (press if request.method == "POST" else open_link)(request)


async def open_link(request: BackendRequest) -> Response:
    """Changes nothing, however often mail scanners open it."""
    key = access_key(request)
    opening = await links.look_at(services_of(request), key)
    if opening.state != "valid" or opening.link is None:
        return _failure(request, key, opening)
    if opening.has_button(services_of(request)):
        return link_page.show(request, key, opening.link, confirmed=opening.confirmed)
    return _success(request, key, opening)


async def press(request: BackendRequest) -> Response:
    """The button. Where the site has the button itself, this is only another way to get there."""
    key = access_key(request)
    opening = await links.look_at(services_of(request), key)
    if opening.has_button(services_of(request)):
        opening = await links.press(services_of(request), key, asked(request))
    return _success(request, key, opening) if opening.state == "valid" else _failure(request, key, opening)


async def disown(request: BackendRequest) -> Response:
    """Like the link itself, whoever only opens this changes nothing."""
    if request.method != "POST":
        return await open_link(request)
    key = access_key(request)
    opening = await links.disown_by_key(services_of(request), key)
    if opening.state != "valid" or opening.link is None:
        return _failure(request, key, opening)
    return link_page.disowned(request, opening.link)


async def provider(request: BackendRequest) -> Response:
    """Logging in by somebody else's account is not offered."""
    words = "Logging in with this provider is not offered here"
    return _to_site(request, {"status": "401", "action": "oauth-signin", "error": words, "code": "not_allowed"})


ROUTES: list[BaseRoute] = [
    Route("/_auth/verify", verify, methods=["GET", "POST"]),
    Route("/_auth/disown", disown, methods=["GET", "POST"]),
    Route("/_auth/pages.css", stylesheet, methods=["GET"]),
    Route("/_auth/favicon.svg", icon, methods=["GET"]),
    Route("/_auth/{provider}", provider, methods=["GET"]),
]


def _success(request: BackendRequest, key: str, opening: Opening) -> Response:
    kind = opening.link.kind if opening.link else ""
    if kind == "change-email":
        return _to_site(request, {"status": "200", "action": kind})
    return _to_site(request, {"status": "200", "access_token": access_token(key), "action": kind})


def _failure(request: BackendRequest, key: str, opening: Opening) -> Response:
    """With a reference where the link is known, so that its mail can be asked for once more."""
    status, code, words = FAILURES[opening.state]
    if opening.state == "used" and opening.confirmed and opening.link and opening.link.kind == "email-confirm":
        status = "401"  # as Altogic answers for an address that is verified already
    answer = {"status": status, "action": _action(request, opening), "error": words, "code": code}
    if opening.link is not None:
        answer["ref"] = reference(key)
    return _to_site(request, {name: value for name, value in answer.items() if value})


def _action(request: BackendRequest, opening: Opening) -> str:
    if opening.link is not None:
        return opening.link.kind
    told = query(request, "action")
    return told if told in KINDS else ""


def _to_site(request: BackendRequest, answer: dict[str, str]) -> Response:
    """REDIRECT_URL with the answer after its own query, which stays as it is."""
    parts = urlsplit(services_of(request).settings.redirect_url)
    url = urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode(answer)]))))
    headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return RedirectResponse(url, 302, headers)
