"""The session at the site: who sends the request, logging in and out, and where a log-in leads."""

import contextlib
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.paths import is_site_path
from web.api.client import Client
from web.api.errors import AltogicError, ApiError, SessionExpired, Unreachable
from web.api.identity_shapes import METHOD_PREFIX
from web.api.mail_shapes import PendingEmail
from web.api.shapes import ClientInfo, NewestSessions, Session, User, make_secret
from web.http import owner
from web.http.htmx import is_poll
from web.http.security import SAFE_METHODS
from web.i18n.locale import activate_user_locale, find_chosen_locale
from web.rendering.pages import Offer, redirect
from web.state import Site, Visit, site_of

AFTER_LOGIN = "/profile"


class CurrentUser:
    """Middleware that puts the client of the contract and the signed-in user on the request.

    `state["api"]` calls on behalf of this request; `state["user"]` is the User, None, or Unreachable where the backend
    cannot tell. The user's own language and time zone become the current locale. Nobody is turned away: guards do that.

    `sessions_shown`: by path, how many of the newest sessions its page shows. They are asked for with the user.
    `self_asking`: paths whose forms are first sent without `state["user"]`, see `Guarded.shortcut`.
    """

    def __init__(self, app: ASGIApp, sessions_shown: Mapping[str, int], self_asking: Collection[str]) -> None:
        self.app = app
        self.sessions_shown = sessions_shown
        self.self_asking = self_asking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            connection = HTTPConnection(scope)
            state = scope["state"]
            site = site_of(connection)
            await site.capabilities.ensure_known()
            client = _read_client(connection, site)
            state["api"] = Client(state["connection"], client, site.capabilities.current)
            if scope["method"] != "POST" or scope["path"] not in self.self_asking:
                await find_user(state, self.sessions_shown.get(scope["path"], 0))
        await self.app(scope, receive, send)


async def find_user(state: dict[str, Any], sessions_shown: int = 0) -> None:
    """Ask the backend who it is, and go on in their locale."""
    state["user"], state["newest_sessions"], state["pending_email"] = await _ask_for_user(state["api"], sessions_shown)
    if isinstance(state["user"], User):
        activate_user_locale(state["user"])


# -- In and out


async def sign_in(
    request: Request[Any],
    session: Session,
    *,
    to: str = "",
    flash: str = "",
    offer: Offer | None = None,
    remember: bool = False,
) -> Response:
    """Start a session in this browser and redirect to `to`, or to the profile, which says `flash` beside an `offer`.

    The session that the browser had before is ended at the backend, or it would live on unseen. The new one has a
    token of its own, so that a planted cookie (session fixation) is worth nothing. With `remember` ("stay logged in",
    remember me) the cookie outlives the browser's end; without it, it does not.
    """
    api: Client = request.state["api"]
    client = api.client
    if client.token and client.token != session.token:
        with contextlib.suppress(AltogicError):
            await api.sign_out()
    response = redirect(request, to=safe_next_path(to) or AFTER_LOGIN, flash=flash, offer=offer)
    site = site_of(request)
    site.cookies.session.write(request, response, session.token, remember=remember, max_age=site.session_lifetime)
    site.cookies.device.write(request, response, client.device, remember=True)
    if used := _name_used_provider(session):
        site.cookies.used_provider.write(request, response, used, remember=remember)
    return response


def _name_used_provider(session: Session) -> str:
    """Return the id of the provider that a log-in was by, or that its mail has connected; "" for none."""
    is_opened_with = session.method.startswith(METHOD_PREFIX)
    return session.method.removeprefix(METHOD_PREFIX) if is_opened_with else session.connected


def renew_session(request: Request[Any], response: Response, session: Session) -> Response:
    """Let this browser keep its session by the new token, for as long as it would have kept the old one."""
    site = site_of(request)
    remember = site.cookies.session.is_remembered(request)
    site.cookies.session.write(request, response, session.token, remember=remember, max_age=site.session_lifetime)
    return response


def is_signed_in_as(request: Request[Visit], email: str) -> bool:
    """Tell whether the signed-in user has this very address."""
    user = request.state["user"]
    return isinstance(user, User) and email != "" and user.email.lower() == email.lower()


def needs_choice(request: Request[Visit], typed: Mapping[str, str]) -> bool:
    """Tell whether a form that logs in was opened before somebody else logged in here, whom it would log out.

    Such a form does not name its page's user: see web/http/owner.py.
    """
    return isinstance(request.state["user"], User) and not typed.get(owner.FIELD)


async def sign_out(request: Request[Any], *, flash: str) -> Response:
    """End the session at the backend, then clear its cookie. Raises Unreachable, and then the session is not ended."""
    api: Client = request.state["api"]
    if api.client.token:
        with contextlib.suppress(SessionExpired, ApiError):  # ended already is ended
            await api.sign_out()
    return forget_session(request, flash=flash)


def forget_session(request: Request[Any], *, flash: str) -> Response:
    """Clear the cookies of a session that has ended at the backend, and redirect to the log-in with a message."""
    response = redirect(request, to="/login", flash=flash)
    site_of(request).cookies.session.clear(request, response)
    site_of(request).cookies.clear_notes(request, response)
    return response


def login_url(request: Request[Any]) -> str:
    """Return the address of the log-in with `next`: this page, or the page of the form that was sent."""
    return add_next("/login", _find_page(request))


def confirm_url(request: Request[Any], *, is_strong: bool = False) -> str:
    """Return the address of the re-authentication with `next`, as `login_url` has it; `is_strong`: by a
    second factor."""
    return make_confirm_url(_find_page(request), is_strong=is_strong)


def make_confirm_url(next_path: str, *, is_strong: bool) -> str:
    """Return the address of the re-authentication that leads on to `next_path`."""
    url = add_next("/confirm", next_path)
    return f"{url}{'&' if '?' in url else '?'}strong=yes" if is_strong else url


def add_next(path: str, next_path: str) -> str:
    """Return the address of a page that afterwards leads on to `next_path`, if that is a page of this site."""
    return f"{path}?next={quote(next_path, safe='/')}" if safe_next_path(next_path) else path


def _find_page(request: Request[Any]) -> str:
    """Return the address of this page, or of that of the form that was sent, with where it was to lead on."""
    if request.method == "GET":
        return current_url(request)
    path, fields = str(request.scope["path"]), request.scope["state"].get("fields")
    return add_next(path, fields.get("next", "")) if isinstance(fields, Mapping) else path


def current_url(request: Request[Any]) -> str:
    """Return path and query of the request."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}?{query}" if query else request.scope["path"]


def safe_next_path(path: str) -> str:
    """Return the path if it leads to a page of this site, or else an empty one: no open redirect.

    Checked again wherever it is used, for a path may come from a link, a form or a cookie.
    """
    return path if is_site_path(path) else ""


def remember_registrant(request: Request[Any], response: Response, registrant: Client | None = None) -> Response:
    """Let this browser be recognized by the secret that `registrant` sent, or else by a new one if it has none.

    A secret set with the form stays the same where the form is sent twice at once. Backends without
    `registrations.secret` have no use for it.
    """
    if not site_of(request).capabilities.current.offers("registrations.secret"):
        return response
    if registrant or not site_of(request).cookies.registration.read(request):
        secret = registrant.client.registration if registrant else make_secret()
        site_of(request).cookies.registration.write(request, response, secret, remember=True)
    return response


async def _ask_for_user(
    api: Client, sessions_shown: int
) -> tuple[User | Unreachable | None, NewestSessions | None, PendingEmail | None]:
    """Return the user, None without a session or with one that has ended, or the failure to find out.

    With the user come the newest sessions and a pending address, if the page shows some and the backend tells it all in
    one call.
    """
    if not api.client.token:
        return None, None, None
    try:
        me = await api.get_me(sessions_shown) if sessions_shown else None
        return me or (await api.get_user(), None, None)
    except SessionExpired:
        return None, None, None
    except Unreachable as silence:
        return silence, None, None
    except ApiError as refusal:  # not about the session: it must not end it
        return Unreachable(str(refusal)), None, None


def identify_browser(request: Request[Any], response: Response) -> None:
    """Give a browser without a device cookie one that ends with the browser.

    Both clicks of a double click on the form that follows then come from one and the same device.
    """
    if not site_of(request).cookies.device.read(request):
        site_of(request).cookies.device.write(request, response, make_secret(), remember=False)


def remember_device(request: Request[Any], response: Response) -> None:
    """Let the browser keep the device cookie that this request was made with, unless it has one, until it ends."""
    cookie = site_of(request).cookies.device
    if not cookie.read(request):
        cookie.write(request, response, request.state["api"].client.device, remember=False)


def find_browser(request: Request[Any]) -> str:
    """Return the value that questions for a passkey are bound to in this browser: a new one, which fits none that was
    asked, where it has none."""
    return site_of(request).cookies.browser.read(request) or make_secret()


def remember_browser(request: Request[Any], response: Response, browser: str) -> None:
    """Let the browser keep the value with which a question was asked. It stays the same for all tabs."""
    cookie = site_of(request).cookies.browser
    if cookie.read(request) != browser:
        cookie.write(request, response, browser, remember=True)


def _make_device(connection: HTTPConnection) -> str:
    """Return a new device secret for a POST, which may be a log-in, and none for a page that is only read."""
    return "" if connection.scope["method"] in SAFE_METHODS else make_secret()


def _read_client(connection: HTTPConnection, site: Site) -> ClientInfo:
    """Return who sends the request, by its cookies, headers and address."""
    headers = connection.headers
    return ClientInfo(
        token=site.cookies.session.read(connection),
        user_agent=headers.get("user-agent", ""),
        address=connection.client.host if connection.client else "",
        languages=find_chosen_locale(connection).get("language") or headers.get("accept-language", ""),
        request_id=connection.scope["state"].get("request_id", ""),
        device=site.cookies.device.read(connection) or _make_device(connection),
        registration=site.cookies.registration.read(connection) or "",
        is_poll=is_poll(connection),
    )
