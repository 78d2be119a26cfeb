"""What is answered when a page cannot be: as a page, and to htmx as a message that leaves the form alone."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.api.errors import ApiError, SessionExpired, Unreachable
from web.forms import drafts
from web.http.body import read_form
from web.http.htmx import is_htmx
from web.http.owner import ForeignPageError
from web.i18n.locale import gettext as _
from web.i18n.wording import format_wait, word_newest_mail
from web.photos.uploads import TooManyUploads
from web.rendering.pages import redirect, render_notice, render_page
from web.session import AFTER_LOGIN, login_url, safe_next_path
from web.state import site_of

RETRY_AFTER = 10  # seconds
log = logging.getLogger("web")

Handler = Callable[[Request[Any], Exception], Awaitable[Response]]


async def http_error(request: Request[Any], error: Exception) -> Response:
    refused = cast("HTTPException", error)
    title, message = _words(refused.status_code)
    if refused.status_code in (400, 413, 415) and refused.detail:
        title, message = "" if is_htmx(request) else title, refused.detail
    response = _answer(request, refused.status_code, title, message)
    response.headers.update(refused.headers or {})
    return response


async def session_expired(request: Request[Any], _error: Exception) -> Response:
    """Log in again, and find the form as it was typed."""
    draft = drafts.make_draft(request.scope["path"], await _typed(request)) if request.method == "POST" else {}
    flash = _("You were logged out. Log in to continue.")
    if draft:
        flash = _("You were logged out. Log in to continue. We’ve kept what you typed.")
    response = redirect(request, to=login_url(request), flash=flash)
    drafts.save_draft(request, response, draft)
    site_of(request).cookies.session.clear(request, response)
    return response


async def unreachable(request: Request[Any], error: Exception) -> Response:
    """The backend is silent: nobody is logged out, and nothing is lost but time."""
    log.warning("backend unreachable: %s", error)
    response = _answer(request, 503, *_words(503))
    if request.method == "POST" and not is_htmx(request):
        drafts.save_draft(request, response, drafts.make_draft(request.scope["path"], await _typed(request)))
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


async def refusal(request: Request[Any], error: Exception) -> Response:
    """A refusal that no page has words for."""
    refused = cast("ApiError", error)
    if refused.status == 429:
        return too_many(request, refused)
    log.warning("unexpected refusal: %s", refused)
    return _answer(request, 503, *_words(503))


def too_many(request: Request[Any], refused: ApiError) -> Response:
    wait = format_wait(refused.retry_after)
    message = _("Wait %(time)s, then try again.") % {"time": wait}
    if refused.is_about_mails:
        message = f"{message} {word_newest_mail()}"
    response = _answer(request, 429, _("Too many attempts"), message)
    response.headers["Retry-After"] = str(refused.retry_after or 60)
    return response


async def too_many_uploads(request: Request[Any], _error: Exception) -> Response:
    message = _("Your photo wasn’t saved because other photos are still being uploaded. Try again in a moment.")
    response = _answer(request, 503, _("Too many photos at once"), message)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


async def foreign_page(request: Request[Any], error: Exception) -> Response:
    """Nothing is written to whoever is logged in by now; what was typed waits for the form's owner."""
    owner, user = cast("ForeignPageError", error).owner, request.state["user"]
    words = _("This page belongs to someone else. You’re logged in as %(user)s now. Nothing was changed.")
    if owner:
        words = _("This page belongs to %(owner)s. You’re logged in as %(user)s now. Nothing was changed.")
    message = words % {"owner": owner, "user": user.email}
    if is_htmx(request):
        return render_notice(request, message, 409, way_on=AFTER_LOGIN)
    context = {"message": message, "way_back": safe_next_path(request.scope["path"])}
    response = render_page(request, "templates/errors/foreign_page.html", context, 409)
    drafts.save_draft(request, response, drafts.make_draft(request.scope["path"], request.scope["state"]["fields"]))
    return response


async def gone(_request: Request[Any], _error: Exception) -> Response:
    """Nobody is there to read an answer, and nobody here is to blame."""
    return Response(status_code=400)


async def server_error(request: Request[Any], _error: Exception) -> Response:
    return _answer(request, 500, *_words(500))


def refusing(status: int) -> ASGIApp:
    """An application that refuses everything, for the guards that stand before the routes."""

    async def refused(scope: Scope, receive: Receive, send: Send) -> None:
        response = _answer(Request(scope, receive), status, *_words(status))
        await response(scope, receive, send)

    return refused


handlers: dict[Any, Handler] = {
    HTTPException: http_error,
    SessionExpired: session_expired,
    Unreachable: unreachable,
    ApiError: refusal,
    ForeignPageError: foreign_page,
    ClientDisconnect: gone,
    TooManyUploads: too_many_uploads,
    Exception: server_error,
}


def _answer(request: Request[Any], status: int, title: str, message: str) -> Response:
    if is_htmx(request):
        return render_notice(request, f"{title}. {message}" if title else message, status)
    way_back = safe_next_path(request.scope["path"]) if request.method == "POST" and status != 404 else ""
    context = {"title": title, "message": message, "way_back": way_back, "again": _again(request, status)}
    context["request_id"] = request.scope["state"].get("request_id", "")
    return render_page(request, "templates/errors/error.html", context, status)


def _again(request: Request[Any], status: int) -> str:
    """Where a page that only reads can be asked for once more, if that may help."""
    is_read, may_help = request.method in ("GET", "HEAD"), status in (429, 500, 503)
    return safe_next_path(str(request.url.replace(scheme="", netloc=""))) if is_read and may_help else ""


async def _typed(request: Request[Any]) -> dict[str, str]:
    try:
        return await read_form(request)
    except HTTPException:
        return {}


def _words(status: int) -> tuple[str, str]:
    """A title and a sentence: what happened, whether something was saved, what to do."""
    words = {
        400: (_("We didn’t receive the whole form"), _("Nothing was changed. Go back and submit the form again.")),
        403: (
            _("This was sent from another site"),
            _("Nothing was changed. If this was you, open the page on this site and submit its form."),
        ),
        404: (_("Page not found"), _("The web address may be mistyped, or the page may have moved.")),
        405: (_("This page can’t be used that way"), _("Nothing was changed.")),
        413: (_("That’s too large"), _("Nothing was changed. Try again with less data.")),
        415: (_("We couldn’t read that request"), _("Nothing was changed. Open the page and submit its form.")),
        421: (_("Unknown address"), _("This site has a different address.")),
        503: (
            _("This service is temporarily unavailable"),
            _("What you’ve saved is safe and you haven’t been logged out. Try again in a moment."),
        ),
    }
    unexpected = (
        _("Something went wrong"),
        _("The problem is on our side and has been logged. Try again in a moment."),
    )
    return words.get(status, unexpected)
