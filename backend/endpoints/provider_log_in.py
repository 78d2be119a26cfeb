"""/_auth/{provider}: logging in with a provider, from the browser there and back to REDIRECT_URL."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from backend.http.flow_cookies import (
    Posted,
    forget_flow,
    forget_posted,
    keep_flow,
    keep_posted,
    read_flow_cookie,
    read_posted,
)
from backend.http.requests import BackendRequest, get_services, limit_body, read_client
from backend.http.site_redirects import PRIVATE, redirect_to_site
from backend.kernel import fields
from backend.kernel.refusals import refusal
from backend.providers.code_flow import SELECT_ACCOUNT
from backend.providers.interface import ProviderError
from backend.rules.provider_flows import ConnectTicket, StartedFlow, begin_flow, name_flow, read_flow, read_ticket
from backend.rules.provider_log_in import Ending, finish_log_in, log_failure

SIGN_IN, CONNECT = "oauth-signin", "oauth-connect"
POSTS_FORM = "apple"
FORM_LIMIT = 32 * 1024  # bytes; with its ID token, which is not looked at
FORM_FIELDS = 10
FAILURES = {  # by code: words for applications that show them
    "permission_denied": "The login was cancelled.",
    "email_not_unique": "An account with the same email already exists. Its owner was mailed a link that logs in and "
    "connects the two.",
    "email_needed": "An email address is needed.",
    "login_expired": "This login took too long, or was begun in another browser. Try again.",
    "provider_unavailable": "The provider does not answer. Try again later.",
    "provider_refused": "The login at the provider did not succeed.",
    "rate_limit_exceeded": "Too many attempts. Try again later.",
    "user_not_found": "This account is about to be deleted.",
    "not_allowed": "Logging in with this provider is not offered here.",
}


async def begin(request: BackendRequest) -> Response:
    """Lead the browser to the provider: `?bind=&flow=&connect=&prompt=`. Writes nothing but a cookie."""
    services, provider_id = get_services(request), request.path_params["provider"].lower()
    provider = services.providers.get(provider_id)
    browser_hash, name = _read_hex(request, "bind", fields.BROWSER_HASH), _read_hex(request, "flow", fields.FLOW)
    ticket: ConnectTicket | None = None
    action = CONNECT if "connect" in request.query_params else SIGN_IN
    if provider and action == CONNECT:
        ticket = read_ticket(services, _read_once(request, "connect"), provider_id)
    if provider is None or (action == CONNECT and ticket is None):
        return _redirect(request, Ending("not_allowed"), action, browser_hash, name)
    started = begin_flow(services, provider_id, browser_hash, name, ticket)
    try:
        asks_which = _read_once(request, "prompt") == SELECT_ACCOUNT
        address = await provider.start(started.flow, asks_which=asks_which)
    except ProviderError as failed:
        log_failure(provider_id, failed)
        return _redirect(request, Ending(failed.code), action, started.browser_hash, name)
    return keep_flow(request, RedirectResponse(address, 302, PRIVATE), started)


async def finish(request: BackendRequest) -> Response:
    """Take the browser back from the provider, and lead it to REDIRECT_URL."""
    if request.method == "POST":
        return await _keep_form(request)
    services, provider_id = get_services(request), request.path_params["provider"].lower()
    answer = _read_answer(request)
    started = _find_started(request, provider_id, answer)
    if started is None:
        response = _redirect(request, Ending("login_expired"), SIGN_IN)
        return forget_posted(request, response)
    ending = await finish_log_in(services, started, answer, read_client(request))
    response = _redirect(request, ending, CONNECT if started.connects else SIGN_IN, started.browser_hash, started.name)
    return forget_flow(request, response, started.flow.state)


def _find_started(request: BackendRequest, provider_id: str, answer: Mapping[str, str]) -> StartedFlow | None:
    """Find the log-in that this very browser has begun, by the state of its answer."""
    services, state = get_services(request), answer.get("state", "")
    if provider_id not in services.providers or not state:
        return None
    return read_flow(services, read_flow_cookie(request, state), provider_id, state)


def _read_answer(request: BackendRequest) -> Mapping[str, str]:
    """Read what the provider has given the browser to say, in its address or in the form that was kept."""
    if name := _read_once(request, "posted"):
        return read_posted(request, name)
    values = {name: _read_once(request, name) for name in ("code", "state", "error", "iss")}
    return {name: value for name, value in values.items() if value}


async def _keep_form(request: BackendRequest) -> Response:
    """Keep what a page of the provider has posted, for a minute, and go on by a GET, which alone brings our cookies
    (SameSite=Lax). Any page may post here; without the cookie of a log-in that has begun it comes to nothing."""
    if request.path_params["provider"].lower() != POSTS_FORM:
        raise refusal("method_not_allowed")
    body = (await limit_body(request, FORM_LIMIT).body()).decode("latin-1")
    try:
        pairs = dict(parse_qsl(body, max_num_fields=FORM_FIELDS))
    except ValueError:
        pairs = {}
    posted = Posted.of(pairs)
    name = name_flow(posted.state)
    response = RedirectResponse(f"/_auth/{POSTS_FORM}/callback?posted={name}", 303, PRIVATE)
    return keep_posted(request, response, posted)


def _redirect(request: BackendRequest, ending: Ending, action: str, browser_hash: str = "", name: str = "") -> Response:
    """Redirect to the site with how it has ended."""
    answer = {"status": "401" if ending.code else "200", "action": action, "access_token": ending.token}
    more = {"error": FAILURES[ending.code], "code": ending.code} if ending.code else {}
    answer = answer | more | {"ref": ending.ref, "reference": ending.reference, "bind": browser_hash, "flow": name}
    return redirect_to_site(request, {name: value for name, value in answer.items() if value})


def _read_once(request: BackendRequest, name: str) -> str:
    """Return a parameter of the query, or "" where it is missing or there more than once."""
    values = request.query_params.getlist(name)
    return values[0] if len(values) == 1 else ""


def _read_hex(request: BackendRequest, name: str, pattern: re.Pattern[str]) -> str:
    """Return what a front end has given to be said again; "" where it is not as it should be."""
    value = _read_once(request, name)
    return value if pattern.fullmatch(value) else ""


class ProviderConvertor(StringConvertor):
    regex = "[A-Za-z][A-Za-z0-9]{0,19}"


class EnvironmentConvertor(StringConvertor):
    regex = "[0-9a-f]{24}"


register_url_convertor("provider", ProviderConvertor())
register_url_convertor("environment", EnvironmentConvertor())

ROUTES: list[BaseRoute] = [
    Route("/_auth/{provider:provider}", begin, methods=["GET"]),
    Route("/_auth/{environment:environment}/{provider:provider}", begin, methods=["GET"]),
    Route("/_auth/{provider:provider}/callback", finish, methods=["GET", "POST"]),
]
