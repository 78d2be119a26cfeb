"""Error handlers: they answer with a page, and htmx with a message that leaves its form as it is."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.api.errors import (
    RETRY_AFTER,
    ApiError,
    ConfirmationRequired,
    SecondFactorRequired,
    SessionExpired,
    Unreachable,
)
from web.api.shapes import User
from web.forms import drafts
from web.http.body import read_form
from web.http.htmx import is_htmx
from web.http.owner import ForeignPageError
from web.i18n.locale import gettext as _
from web.i18n.wording import format_wait, word_newest_mail
from web.photos.uploads import TooManyUploads
from web.rendering.pages import redirect, render_notice, render_page
from web.second_step import HERE as SECOND_STEP
from web.second_step import remember_started_login
from web.session import AFTER_LOGIN, confirm_url, login_url, safe_next_path
from web.state import site_of

log = logging.getLogger("web")

Handler = Callable[[Request[Any], Exception], Awaitable[Response]]


async def show_http_error(request: Request[Any], error: Exception) -> Response:
    """Answer an HTTPException by its status; 400, 413 and 415 with their own words, if they have any."""
    refused = cast("HTTPException", error)
    title, message = _describe_status(refused.status_code)
    if refused.status_code in (400, 413, 415) and refused.detail:
        title, message = "" if is_htmx(request) else title, refused.detail
    response = _render_error(request, refused.status_code, title, message)
    response.headers.update(refused.headers or {})
    return response


async def redirect_to_login(request: Request[Any], _error: Exception) -> Response:
    """Answer SessionExpired: redirect to the log-in, and keep what was typed as a draft."""
    draft = await drafts.read_draft(request)
    response = redirect(
        request, to=login_url(request), flash=_word_ended_session(request, is_kept=drafts.has_text(draft))
    )
    drafts.save_draft(request, response, draft)
    if not _was_signed_in(request):
        site_of(request).cookies.session.clear(request, response)
    return response


def _was_signed_in(request: Request[Any]) -> bool:
    """Tell whether the session was good when the request came. While a long form was sent, another tab may have got a
    new token: that is in the browser's cookie by now, and the log-in leads on with it."""
    return isinstance(request.scope["state"].get("user"), User)


def _word_ended_session(request: Request[Any], *, is_kept: bool) -> str:
    if _was_signed_in(request):
        return _("We’ve kept what you typed.") if is_kept else ""
    if is_kept:
        return _("You were logged out. Log in to continue. We’ve kept what you typed.")
    return _("You were logged out. Log in to continue.")


async def redirect_to_confirm(request: Request[Any], error: Exception) -> Response:
    """Answer ConfirmationRequired: redirect to the re-authentication, and keep what was typed as a draft."""
    is_strong = cast("ConfirmationRequired", error).is_strong
    response = redirect(request, to=confirm_url(request, is_strong=is_strong))
    drafts.save_draft(request, response, await drafts.read_draft(request))
    return response


async def redirect_to_second_step(request: Request[Any], error: Exception) -> Response:
    """Answer SecondFactorRequired, whichever way in it was: redirect to the second step, and keep the log-in for it."""
    typed = await read_form(request) if request.method == "POST" else {}
    response = redirect(request, to=SECOND_STEP)
    return remember_started_login(request, response, cast("SecondFactorRequired", error).ticket, typed)


async def show_unreachable(request: Request[Any], error: Exception) -> Response:
    """Answer Unreachable with 503. Nobody is logged out, and what was typed is kept as a draft."""
    log.warning("backend unreachable: %s", error)
    response = _render_error(request, 503, *_describe_silence(request))
    if not is_htmx(request):
        drafts.save_draft(request, response, await drafts.read_draft(request))
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


async def show_refusal(request: Request[Any], error: Exception) -> Response:
    """Answer an ApiError that no page has handled: 429 for a rate limit, else 503."""
    refused = cast("ApiError", error)
    if refused.status == 429:
        return show_too_many_attempts(request, refused)
    log.warning("unexpected refusal: %s", refused)
    return _render_error(request, 503, *_describe_silence(request))


def show_too_many_attempts(request: Request[Any], refused: ApiError) -> Response:
    """Answer a refusal by a rate limit with 429 and the time to wait."""
    wait = format_wait(refused.retry_after)
    message = _("Wait %(time)s, then try again.") % {"time": wait}
    if refused.is_about_mails:
        message = f"{message} {word_newest_mail()}"
    response = _render_error(request, 429, _("Too many attempts"), message)
    response.headers["Retry-After"] = str(refused.retry_after or 60)
    return response


async def show_too_many_uploads(request: Request[Any], _error: Exception) -> Response:
    """Answer TooManyUploads with 503."""
    message = _("Your photo wasn’t saved because other photos are still being uploaded. Try again in a moment.")
    response = _render_error(request, 503, _("Too many photos at once"), message)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


async def show_foreign_page(request: Request[Any], error: Exception) -> Response:
    """Answer ForeignPageError with 409. Nothing is changed; what was typed is kept as a draft for the form's owner."""
    owner, user = cast("ForeignPageError", error).owner, request.state["user"]
    words = _("This page belongs to someone else. You’re logged in as %(user)s now. Nothing was changed.")
    if owner:
        words = _("This page belongs to %(owner)s. You’re logged in as %(user)s now. Nothing was changed.")
    message = words % {"owner": owner, "user": user.contact}
    if is_htmx(request):
        return render_notice(request, message, 409, way_on=AFTER_LOGIN)
    context = {"message": message, "way_back": safe_next_path(request.scope["path"])}
    response = render_page(request, "templates/errors/foreign_page.html", context, 409)
    drafts.save_draft(request, response, drafts.make_draft(request.scope["path"], request.scope["state"]["fields"]))
    return response


async def ignore_disconnect(_request: Request[Any], _error: Exception) -> Response:
    """Answer ClientDisconnect, for the log alone: nobody is there to read it, and it is no error of the site."""
    return Response(status_code=400)


async def show_server_error(request: Request[Any], _error: Exception) -> Response:
    """Answer any other exception with 500."""
    return _render_error(request, 500, *_describe_status(500))


def make_error_app(status: int) -> ASGIApp:
    """Make an application that answers everything with one status, for middleware in front of the routes."""

    async def show_error(scope: Scope, receive: Receive, send: Send) -> None:
        response = _render_error(Request(scope, receive), status, *_describe_status(status))
        await response(scope, receive, send)

    return show_error


handlers: dict[Any, Handler] = {
    HTTPException: show_http_error,
    SessionExpired: redirect_to_login,
    ConfirmationRequired: redirect_to_confirm,
    SecondFactorRequired: redirect_to_second_step,
    Unreachable: show_unreachable,
    ApiError: show_refusal,
    ForeignPageError: show_foreign_page,
    ClientDisconnect: ignore_disconnect,
    TooManyUploads: show_too_many_uploads,
    Exception: show_server_error,
}


def _render_error(request: Request[Any], status: int, title: str, message: str) -> Response:
    if is_htmx(request):
        return render_notice(request, f"{title}. {message}" if title else message, status)
    way_back = safe_next_path(request.scope["path"]) if request.method == "POST" and status != 404 else ""
    context = {"title": title, "message": message, "way_back": way_back, "again": _find_retry_url(request, status)}
    context["request_id"] = request.scope["state"].get("request_id", "")
    return render_page(request, "templates/errors/error.html", context, status)


def _find_retry_url(request: Request[Any], status: int) -> str:
    """Return the address of the page, if it was only read and trying again may help; else nothing."""
    is_read, may_help = request.method in ("GET", "HEAD"), status in (429, 500, 503)
    return safe_next_path(str(request.url.replace(scheme="", netloc=""))) if is_read and may_help else ""


def _describe_status(status: int) -> tuple[str, str]:
    """Return a title and a sentence: what happened, whether something was saved, what to do."""
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
    }
    unexpected = (
        _("Something went wrong"),
        _("The problem is on our side and has been logged. Try again in a moment."),
    )
    return words.get(status, unexpected)


def _describe_silence(request: Request[Any]) -> tuple[str, str]:
    """Return the title and the sentence for a backend that does not answer; a guest has nothing to lose by it."""
    title = _("We cannot reach your account at the moment")
    if not site_of(request).cookies.session.read(request):
        return title, _("Try again in a minute.")
    return title, _("What you’ve saved is safe and you haven’t been logged out. Try again in a moment.")
