"""Guards: who may enter a page. The route table (routes.py) names them in front of each handler.

A guard looks at a request and returns None to let it pass, or the response that keeps it out. They compose:
`Guarded.guards` are asked in turn, and the first response wins.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.api.capabilities import Feature
from web.api.errors import SessionExpired, Unreachable
from web.api.shapes import User
from web.http import owner
from web.rendering.pages import redirect
from web.session import AFTER_LOGIN, current_url, find_user, login_url, safe_next_path
from web.state import Handler, SignedIn, Visit, site_of

STAY = "/profile/leave/cancel"

Guard = Callable[[Request[Visit]], Response | None]
Shortcut = Callable[[Request[Visit]], Awaitable[Response | None]]


@dataclass(frozen=True)
class Guarded:
    """A handler behind its guards, the outermost first. The route table takes nothing else.

    A `shortcut` is tried before it is known who sends the request, which saves a call to the backend where its own call
    is made with the session's token. Where it returns None, guards and handler answer as if it had not been tried.
    """

    handler: Handler
    guards: tuple[Guard, ...] = ()
    shortcut: Shortcut | None = None

    async def answer(self, request: Request[Visit]) -> Response:
        """Return the first response of a guard, or else that of the handler."""
        if self.shortcut:
            response = await self.shortcut(request)
            if response is not None:
                return response
            await find_user(request.scope["state"])
        for guard in self.guards:
            response = guard(request)
            if response is not None:
                return response
        return await self.handler(request)


def signed_in(
    handler: Callable[[Request[SignedIn]], Awaitable[Response]],
    *,
    shortcut: Shortcut | None = None,
    first: tuple[Guard, ...] = (),
    while_leaving: bool = False,
) -> Guarded:
    """Let in only with a session. Guests are sent to the log-in, and come back after it, unless one of the `first`
    guards answers them.

    Whoever is leaving is sent to the page where that is taken back, but for pages they need `while_leaving`.
    """
    guards = (*first, require_session) if while_leaving else (*first, require_session, require_staying)
    return Guarded(cast("Handler", handler), guards, shortcut)


def guests_only(handler: Handler) -> Guarded:
    """Let in only without a session, or with `?switch`, to change the account."""
    return Guarded(handler, (require_guest,))


def everyone(handler: Handler) -> Guarded:
    """Let everybody in, with and without a session."""
    return Guarded(handler)


def offered(feature: Feature, guarded: Guarded) -> Guarded:
    """Let in only where the backend has a feature."""
    shortcut = partial(_try_offered, feature, guarded.shortcut) if guarded.shortcut else None
    return Guarded(guarded.handler, (partial(require_feature, feature), *guarded.guards), shortcut)


def with_sms(guarded: Guarded) -> Guarded:
    """Let in only where the backend logs in by codes that it sends by SMS."""
    return replace(guarded, guards=(require_login_by_sms, *guarded.guards))


async def _try_offered(feature: Feature, shortcut: Shortcut, request: Request[Visit]) -> Response | None:
    require_feature(feature, request)
    return await shortcut(request)


def require_feature(feature: Feature, request: Request[Any]) -> None:
    """Raise HTTPException 404 where the backend does not have a feature, and Unreachable before it is known."""
    capabilities = site_of(request).capabilities
    if capabilities.known is None:
        raise Unreachable("the backend's capabilities are not known")
    if not capabilities.current.offers(feature):
        raise HTTPException(404)


def require_login_by_sms(request: Request[Any]) -> None:
    """Raise HTTPException 404 where nobody logs in by a code that is sent by SMS."""
    phones = site_of(request).capabilities.current.phones
    if not (phones and phones.code_sign_in):
        raise HTTPException(404)


def require_session(request: Request[Any]) -> Response | None:
    """Redirect guests to the log-in.

    Raises Unreachable where the backend cannot tell who it is, and SessionExpired for a session that has ended.
    """
    user = request.state["user"]
    if isinstance(user, Unreachable):
        raise user  # here, where errors.py can answer
    if user is None and (request.state["api"].client.token or request.method == "POST"):
        raise SessionExpired  # whoever sends a form was logged in when the form was opened
    if user is None:
        return redirect(request, to=login_url(request))
    if request.method != "POST" and owner.is_foreign(request):
        return redirect(request, to=current_url(request))  # a fragment for a page that shows another user's account
    return None


def require_staying(request: Request[Any]) -> Response | None:
    """Redirect whoever has asked for the account to be deleted to where they can keep it."""
    is_leaving = request.state["user"].leaving and site_of(request).capabilities.current.offers("account.leave")
    return redirect(request, to=STAY) if is_leaving else None


def require_guest(request: Request[Any]) -> Response | None:
    """Redirect signed-in users to where a log-in would lead."""
    if isinstance(request.state["user"], User) and "switch" not in request.query_params:
        return redirect(request, to=safe_next_path(request.query_params.get("next", "")) or AFTER_LOGIN)
    return None
