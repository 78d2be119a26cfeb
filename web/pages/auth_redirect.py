"""Where mailed links end. The link's secrets move from the URL into a cookie; one button then does what it is for.

Altogic redirects here with `status`, `action`, `access_token` and, on a failure, `error`; our own backend adds `code`
and `ref` (altogic-api.md 1.9 and 7). Nothing of the URL's text is ever shown.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web import owner
from web.altogic import ApiError
from web.body import read_form
from web.contract import Link, User
from web.forms import EmailForm, NewPasswordForm
from web.language import gettext as _
from web.language import read_by
from web.new_password import check_new_password
from web.rendering import Page, redirect
from web.session import HOME, as_guest, needs_choice, sign_in
from web.state import Visit
from web.waiting import asked_for, waits

LANDING = Page("templates/auth_redirect.html", load=asked_for)
PASSWORD_FORM = "partials/new_password_form.html"  # noqa: S105
DISOWN = Page("templates/auth_redirect_disown.html")
HERE = "/auth-redirect"
LOGIN_ACTIONS = ("email-confirm", "magic-link", "oauth-signin", "oauth-signup")
BROUGHT = ("token", "action", "status", "code", "ref")
LONGEST = 300  # characters of anything a link brings
STATES = {"link_used": "used", "link_expired": "expired"}


async def show(request: Request[Visit]) -> Response:
    brought = _brought(request.query_params)
    if brought["token"] or brought["ref"]:
        return _without_secrets(request, brought)
    link = brought if brought["status"] else _kept(request)
    return await _landing(request, link)


async def submit(request: Request[Visit]) -> Response:
    """Do what the link is for. What fails is said by the landing that follows, so that nothing re-posts."""
    typed, link = await read_form(request), _kept(request)
    if not _is_open(link):
        return redirect(request, to=HERE)
    if link["action"] == "reset-pwd":
        return await _reset_password(request, link, typed)
    if owner.FIELD in typed and needs_choice(request, typed):
        return redirect(request, to=HERE)  # the landing now says who would be logged out
    try:
        caller = as_guest(request.state["caller"])
        user, session = await request.state["altogic"].get_auth_grant(caller, link["token"])
    except ApiError:
        return _failed(request, link)
    read_by(user)
    waiting = request.state["site"].cookies.waiting.read(request)
    confirmed = link["action"] == "email-confirm"
    said = _("Your address is confirmed, and you are logged in.") if confirmed else _("You are logged in.")
    wanted, stays = str(waiting.get("next", "")), bool(waiting.get("stay"))
    response = await sign_in(request, session, to=wanted, said=said, stays=stays)
    request.state["site"].cookies.link.clear(response)
    request.state["site"].cookies.waiting.clear(response)
    return response


async def show_disown(request: Request[Visit]) -> Response:
    return await DISOWN.show(request) if _is_open(_kept(request)) else redirect(request, to=HERE)


async def disown(request: Request[Visit]) -> Response:
    """ "This wasn't me": the registration is discarded. Where there is nothing (left) to discard, that is as good."""
    await read_form(request)
    link = _kept(request)
    if _is_open(link):
        try:
            await request.state["altogic"].disown_link(as_guest(request.state["caller"]), link["token"])
        except ApiError:
            return _failed(request, link)
    response = redirect(request, to="/", said=_("That registration is discarded. Nobody can use it."))
    request.state["site"].cookies.link.clear(response)
    return response


async def show_again(request: Request[Visit]) -> Response:
    return await _landing(request, _kept(request))


async def send_again(request: Request[Visit]) -> Response:
    """A new link of the same kind, to the address of the one that no longer works."""
    await read_form(request)
    link, altogic, caller = _kept(request), request.state["altogic"], as_guest(request.state["caller"])
    found = await altogic.find_link(caller, link["ref"]) if link["ref"] else None
    if found is None:
        return redirect(request, to="/login-with-magic-link")
    try:
        await altogic.send_link_again(caller, link["ref"])
    except ApiError as refusal:
        if refusal.status == 429:
            raise
    waiting = request.state["site"].cookies.waiting.read(request) | {"email": found.email}
    if found.action == "email-confirm":
        return waits(request, "/register/again", **waiting)
    if found.action == "magic-link":
        return waits(request, "/login-with-magic-link/sent", **waiting)
    return redirect(request, to="/login", said=_("A new link is on its way to %(email)s.") % {"email": found.email})


async def _landing(request: Request[Visit], link: dict[str, str]) -> Response:
    if not link["status"]:
        return await LANDING.show(request, view="nothing", link=None, form=EmailForm())
    if link["status"] != "200":
        return await _failure(request, link, await _whose(request, link["ref"]))
    if link["action"] == "change-email":
        return await LANDING.show(request, view="email-changed", link=None)
    if not _is_open(link):
        return await _failure(request, link, None)
    found = await _whose(request, link["token"])
    if found and found.state != "valid":
        return await _failure(request, {**link, "ref": link["token"]}, found)
    if link["action"] == "reset-pwd":
        return await LANDING.show(request, view="reset-pwd", link=found, form=_password_form(request))
    view = "email-confirm" if link["action"] == "email-confirm" else "magic-link"
    return await LANDING.show(request, view=view, link=found, other_user=_is_somebody_else(request, found))


async def _failure(request: Request[Visit], link: dict[str, str], found: Link | None) -> Response:
    """In our own words, by action and code, always with the way out."""
    action, state = link["action"], found.state if found else STATES.get(link["code"], "unknown")
    user = request.state["user"]
    if found and state == "used" and isinstance(user, User) and user.email == found.email and action in LOGIN_ACTIONS:
        return redirect(request, to=HOME)  # the second click of a double click
    if action == "email-confirm" and state == "used":
        return await LANDING.show(request, view="confirmed", link=found)
    view = "refused" if action.startswith("oauth-") else state
    form = EmailForm({"email": found.email} if found else None)
    return await LANDING.show(request, status=410, view=view, link=found, form=form, action=action, ref=link["ref"])


async def _reset_password(request: Request[Visit], link: dict[str, str], typed: dict[str, str]) -> Response:
    altogic, caller = request.state["altogic"], as_guest(request.state["caller"])
    form, status = _password_form(request, typed), 422
    if form.is_valid():
        try:
            if await check_new_password(request, form, "new_password", own=(form["email"],)):
                await altogic.reset_password_with_token(caller, link["token"], form["new_password"])
        except ApiError as refusal:
            status = form.reject(refusal)
            if not form.errors and status != 429:
                return _failed(request, link)
        if not form.has_errors:
            response = redirect(request, to="/login", said=_("Your new password is saved. Log in with it."))
            request.state["site"].cookies.link.clear(response)
            return response
    found = await _whose(request, link["token"])
    shown = {"view": "reset-pwd", "link": found, "form": form}
    return await LANDING.show(request, fragment=PASSWORD_FORM, status=status, **shown)


def _without_secrets(request: Request[Visit], brought: dict[str, str]) -> Response:
    response = redirect(request, to=HERE)
    request.state["site"].cookies.link.write(response, brought)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _failed(request: Request[Visit], link: dict[str, str]) -> Response:
    """The landing finds out why; where it cannot, it says that the link no longer works."""
    response = redirect(request, to=HERE)
    request.state["site"].cookies.link.write(response, {**link, "status": "400", "ref": link["token"], "token": ""})
    return response


async def _whose(request: Request[Visit], key: str) -> Link | None:
    return await request.state["altogic"].find_link(as_guest(request.state["caller"]), key) if key else None


def _brought(query: Mapping[str, str]) -> dict[str, str]:
    given = {name: query.get(name, "")[:LONGEST] for name in BROUGHT}
    token = query.get("access_token", "")[:LONGEST]
    return {**given, "token": token, "status": given["status"] or ("200" if token else "")}


def _kept(request: Request[Visit]) -> dict[str, str]:
    note: dict[str, Any] = request.state["site"].cookies.link.read(request)
    return {name: str(note.get(name, "")) for name in BROUGHT}


def _is_open(link: dict[str, str]) -> bool:
    known = link["action"] in (*LOGIN_ACTIONS, "reset-pwd")
    return known and link["status"] == "200" and bool(link["token"])


def _is_somebody_else(request: Request[Visit], found: Link | None) -> bool:
    user = request.state["user"]
    return isinstance(user, User) and not (found and found.email == user.email)


def _password_form(request: Request[Visit], typed: dict[str, str] | None = None) -> NewPasswordForm:
    return NewPasswordForm(typed, password_minimum=request.state["site"].settings.password_minimum)
