"""/_auth: where mailed links lead. They redirect to REDIRECT_URL, at once or after a page with a button of our own."""

import re
from urllib.parse import unquote

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.endpoints import link_page
from backend.http.pages import send_ico, send_icon, send_stylesheet, send_touch_icon
from backend.http.requests import BackendRequest, get_services, read_access_key, read_client
from backend.http.site_redirects import redirect_to_site
from backend.kernel.keys import derive_access_token, derive_handle
from backend.kernel.refusals import refusal
from backend.mail.letter import CHANGE_EMAIL, DELETE_ACCOUNT, RESET
from backend.mail.letters import LETTERS
from backend.rules import cancellation, links
from backend.rules.links import LinkLookup

KEY = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)  # 256 bits in base64
LONGEST_TARGET = 2000  # characters

FAILURES = {  # by state: status, code, and words for applications that show them
    "used": ("400", "link_used", "This link has been used already"),
    "expired": ("400", "link_expired", "Invalid or expired access token"),
    "unknown": ("400", "link_unknown", "Invalid or expired access token"),
    "taken": ("401", "email_already_exists", "The email address belongs to another account by now"),
}


async def verify(request: BackendRequest) -> Response:
    """Open a mailed link: `?key=`; by POST, from the button of our own page, use it."""
    if not _find_key(request) and wants_page(request):
        return _redirect_unknown(request)
    return await (press if request.method == "POST" else open_link)(request)


async def open_link(request: BackendRequest) -> Response:
    """Redirect to the site, or show the button. Changes nothing: mail scanners open links, and more than once."""
    key = _find_key(request) or read_access_key(request)
    lookup = await links.look_up_link(get_services(request), key)
    if lookup.state != "valid" or lookup.link is None:
        return _redirect_failure(request, key, lookup)
    if lookup.needs_button_page(get_services(request)):
        return link_page.show_button(request, key, lookup.link, confirmed=lookup.confirmed)
    return _redirect_success(request, key, lookup)


async def press(request: BackendRequest) -> Response:
    """Use the link. If the button is the site's, redirect there as `open_link` does."""
    key = _find_key(request) or read_access_key(request)
    lookup = await links.look_up_link(get_services(request), key)
    if lookup.needs_button_page(get_services(request)):
        lookup = await links.press_button(get_services(request), key, read_client(request))
        if lookup.state == "valid" and lookup.link and lookup.link.kind == DELETE_ACCOUNT:
            return link_page.show_deleted(request, lookup.link.language)
    if lookup.state != "valid" and await links.has_just_deleted(get_services(request), key):
        return link_page.show_deleted(request, read_client(request).language)
    return (
        _redirect_success(request, key, lookup) if lookup.state == "valid" else _redirect_failure(request, key, lookup)
    )


async def disown(request: BackendRequest) -> Response:
    """Cancel the sign-up that the link confirms, "This wasn't me"; by GET, only show the page as `verify` does."""
    if request.method != "POST":
        return await verify(request)
    key = read_access_key(request)
    lookup = await cancellation.cancel_sign_up_by_key(get_services(request), key)
    if lookup.state != "valid" or lookup.link is None:
        return _redirect_failure(request, key, lookup)
    return link_page.show_cancelled(request, lookup.link)


async def open_damaged(request: BackendRequest) -> Response:
    """Open a mailed link whose address was damaged on the way, if its key is whole."""
    if request.method in ("GET", "HEAD") and _find_key(request):
        return await open_link(request)
    if wants_page(request):
        return _redirect_unknown(request)
    raise refusal("resource_not_found")


ROUTES: list[BaseRoute] = [
    Route("/_auth/verify", verify, methods=["GET", "POST"]),
    Route("/_auth/disown", disown, methods=["GET", "POST"]),
    Route("/_auth/pages.css", send_stylesheet, methods=["GET"]),
    Route("/_auth/favicon.svg", send_icon, methods=["GET"]),
    Route("/_auth/apple-touch-icon.png", send_touch_icon, methods=["GET"]),
    Route("/favicon.ico", send_ico, methods=["GET"]),  # asked for beside the button's page, too
]
# After all others below /_auth.
DAMAGED: list[BaseRoute] = [
    Route("/_auth/{rest:path}", open_damaged, methods=["GET", "POST"]),
    Route("/_auth", open_damaged, methods=["GET", "POST"]),
]


def wants_page(request: BackendRequest) -> bool:
    """Tell whether a browser sends the request: programs ask for JSON, or for anything."""
    return "text/html" in request.headers.get("accept", "")


def _find_key(request: BackendRequest) -> str:
    """Return the `key`, or what looks like one in an address that was encoded twice or joined wrongly. Empty: none."""
    keys = request.query_params.getlist("key")
    if len(keys) == 1 and keys[0].strip():
        whole = KEY.search(keys[0])
        return whole[0] if whole else keys[0]
    target = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"[:LONGEST_TARGET]
    found = KEY.search(unquote(unquote(target))) if len(keys) < 2 else None
    return found[0] if found else ""


def _redirect_unknown(request: BackendRequest) -> Response:
    """Redirect to the site, which offers a new link."""
    return _redirect_failure(request, "", LinkLookup("unknown"))


def _redirect_success(request: BackendRequest, key: str, lookup: LinkLookup) -> Response:
    """Redirect with an access token: of an address that is changed none, only its handle; of a change that is undone
    the one to choose a new password."""
    kind = lookup.link.kind if lookup.link else ""
    if kind == CHANGE_EMAIL:
        return redirect_to_site(request, {"status": "200", "action": kind, "ref": derive_handle(key)})
    if lookup.reset_token:
        return redirect_to_site(request, {"status": "200", "access_token": lookup.reset_token, "action": RESET})
    return redirect_to_site(request, {"status": "200", "access_token": derive_access_token(key), "action": kind})


def _redirect_failure(request: BackendRequest, key: str, lookup: LinkLookup) -> Response:
    """Redirect with the reason; for a known link also with its handle, by which its mail can be sent again."""
    status, code, words = FAILURES[lookup.state]
    if lookup.state == "used" and lookup.confirmed and lookup.link and lookup.link.kind == "email-confirm":
        status = "401"  # as Altogic answers for an address that is verified already
    answer = {"status": status, "action": _find_action(request, lookup), "error": words, "code": code}
    if lookup.link is not None:
        answer["ref"] = derive_handle(key)
    return redirect_to_site(request, {name: value for name, value in answer.items() if value})


def _find_action(request: BackendRequest, lookup: LinkLookup) -> str:
    if lookup.link is not None:
        return lookup.link.kind
    given = request.query_params.get("action", "")
    return given if given in {letter.link_kind for letter in LETTERS.values()} else ""
