"""Where mailed links end. The link's secrets move from the URL into a cookie; one form then does what it is for.

Altogic redirects here with `status`, `action`, `access_token` and, on a failure, `error`; our own backend adds `code`
and `ref`. Nothing of the URL's text is ever shown.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.api.shapes import Link, Session, User
from web.forms import drafts
from web.forms.base import ConfirmForm, EmailForm, NewPasswordForm
from web.forms.new_password import check_new_password
from web.http import owner
from web.http.body import read_form
from web.i18n.locale import activate_user_locale
from web.i18n.locale import gettext as _
from web.pages.entry.pending_mail import find_login_options, redirect_to_check_mail
from web.pages.links.notes import OpenedLink, find_named, find_newest, forget_link, is_any, keep_link, read_brought
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN, needs_choice, safe_next_path, sign_in
from web.state import Visit

LANDING = Page("templates/links/landing.html")
PASSWORD_FORM = "partials/links/new_password_form.html"  # noqa: S105
CONFIRM_FORM = "partials/links/confirm_form.html"
DISOWN = Page("templates/links/disown.html")
HERE = "/auth-redirect"
LOGIN_ACTIONS = ("email-confirm", "magic-link", "oauth-signin", "oauth-signup")
STATES = {"link_used": "used", "link_expired": "expired"}


async def show(request: Request[Visit]) -> Response:
    brought = read_brought(request.query_params)
    if brought["handle"]:
        return _without_secrets(request, brought)
    return await _landing(request, brought if brought["status"] else find_newest(request))


async def submit(request: Request[Visit]) -> Response:
    """Do what the link is for. What fails is said by the landing that follows, so that nothing re-posts."""
    typed = await read_form(request)
    link = find_named(request, typed)
    if link is None or not _is_open(link):
        return _do_nothing(request)
    if link["action"] == "reset-pwd":
        return await _reset_password(request, link, typed)
    if owner.FIELD in typed and needs_choice(request, typed):
        return keep_link(request, redirect(request, to=HERE), link)  # the landing now says who would be logged out
    if link["action"] == "email-confirm" and "new_password" in typed:
        return await _confirm_anew(request, link, typed)
    try:
        user, session = await request.state["api"].as_registrant().get_auth_grant(link["token"])
    except ApiError as refusal:
        if "password_required" in refusal.codes:
            return await _ask_for_password(request, link)
        return _failed(request, link)
    return await _enter(request, link, typed, user, session)


async def show_disown(request: Request[Visit]) -> Response:
    link = find_newest(request)
    return await DISOWN.show(request, ref=link["handle"]) if _is_open(link) else redirect(request, to=HERE)


async def disown(request: Request[Visit]) -> Response:
    """ "This wasn't me": the registration is discarded. Where there is nothing (left) to discard, that is as good."""
    link = find_named(request, await read_form(request))
    if link is None:
        return _do_nothing(request)
    if _is_open(link):
        try:
            await request.state["api"].as_guest().disown_link(link["token"])
        except ApiError:
            return _failed(request, link)
    response = redirect(request, to="/", flash=_("The sign-up has been cancelled. Nobody can use it."))
    return forget_link(request, response, link)


async def show_again(request: Request[Visit]) -> Response:
    return await _landing(request, find_newest(request))


async def send_again(request: Request[Visit]) -> Response:
    """A new link of the same kind, to the address of the one that no longer works."""
    link = find_named(request, await read_form(request))
    if link is None:
        return _do_nothing(request)
    api = request.state["api"].as_registrant()
    found = await api.find_link(link["ref"]) if link["ref"] else None
    if found is None:
        return redirect(request, to="/login-with-magic-link")
    try:
        await api.send_link_again(link["ref"])
    except ApiError as refusal:
        if refusal.status == 429:
            raise
    waiting = {**find_login_options(request, found.email), "email": found.email}
    if found.action == "email-confirm":
        return redirect_to_check_mail(request, "/register/again", **waiting)
    if found.action == "magic-link":
        return redirect_to_check_mail(request, "/login-with-magic-link/sent", **waiting)
    return redirect(request, to="/login", flash=_("We’ve emailed a new link to %(email)s.") % {"email": found.email})


async def _landing(request: Request[Visit], link: OpenedLink) -> Response:
    if not link["status"]:
        return await _show(request, link, None, view="nothing", form=EmailForm())
    if link["status"] != "200":
        return await _failure(request, link, await _whose(request, link["ref"]))
    if link["action"] == "change-email":
        view = "email-changed" if await _has_changed_address(request) else "nothing"
        return await _show(request, link, None, view=view, form=EmailForm())
    if not _is_open(link):
        return await _failure(request, link, None)
    found = await _whose(request, link["token"])
    if found and found.state != "valid":
        return await _failure(request, {**link, "ref": link["token"]}, found)
    if link["action"] == "reset-pwd":
        return await _show(request, link, found, view="reset-pwd", form=_password_form(request))
    if found and found.is_elsewhere:
        form = _confirm_form(request, drafts.restore_typed(request))
        return drafts.shown(request, await _show(request, link, found, view="confirm-anew", form=form))
    view = "email-confirm" if link["action"] == "email-confirm" else "magic-link"
    return await _show(request, link, found, view=view, form=EmailForm())


async def _failure(request: Request[Visit], link: OpenedLink, found: Link | None) -> Response:
    """In our own words, by action and code, always with the way out."""
    action, state = link["action"], found.state if found else STATES.get(link["code"], "unknown")
    user = request.state["user"]
    if found and state == "used" and isinstance(user, User) and user.email == found.email and action in LOGIN_ACTIONS:
        return redirect(request, to=AFTER_LOGIN)  # the second click of a double click
    form = EmailForm({"email": found.email} if found else None)
    if action == "email-confirm" and state == "used":
        return await _show(request, link, found, view="confirmed", form=form)
    view = "refused" if action.startswith("oauth-") else state
    return await _show(request, link, found, status=410, view=view, form=form)


async def _show(
    request: Request[Visit], link: OpenedLink, found: Link | None, *, status: int = 200, fragment: str = "", **more: Any
) -> Response:
    """The landing of a link: its forms name it, and carry where they lead."""
    wishes = find_login_options(request, found.email) if found else {}
    next_path = safe_next_path(found.next if found and found.next else wishes.get("next", ""))
    shown = {"link": found, "ref": link["handle"], "action": link["action"], "other_user": _is_other(request, found)}
    shown |= {"next": next_path, "stay": wishes.get("stay", ""), **more}
    return await LANDING.show(request, status=status, fragment=fragment, **shown)


async def _confirm_anew(request: Request[Visit], link: OpenedLink, typed: dict[str, str]) -> Response:
    """In a browser in which nothing was typed: with the password, and the name, of this form."""
    api = request.state["api"].as_registrant()
    form, status = _confirm_form(request, typed), 422
    if form.is_valid():
        try:
            if await check_new_password(request, form, "new_password", own=(form["email"], form["name"])):
                token, password = link["token"], form["new_password"]
                user, session = await api.confirm_registration(token, password, form["name"])
                return await _enter(request, link, typed, user, session)
        except ApiError as refusal:
            status = form.reject(refusal)
            if not form.errors and status != 429:
                return _failed(request, link)
    found = await _whose(request, link["token"])
    return await _show(request, link, found, view="confirm-anew", form=form, fragment=CONFIRM_FORM, status=status)


async def _ask_for_password(request: Request[Visit], link: OpenedLink) -> Response:
    """The landing knew nothing of it, or what was typed here is no more."""
    form = _confirm_form(request)
    form.errors["new_password"] = _(
        "Choose a password. The one entered before only works in the browser it was entered in."
    )
    found = await _whose(request, link["token"])
    return await _show(request, link, found, view="confirm-anew", form=form, status=422)


async def _reset_password(request: Request[Visit], link: OpenedLink, typed: dict[str, str]) -> Response:
    api = request.state["api"].as_guest()
    form, status = _password_form(request, typed), 422
    if form.is_valid():
        try:
            if await check_new_password(request, form, "new_password", own=(form["email"],)):
                await api.reset_password_with_token(link["token"], form["new_password"])
        except ApiError as refusal:
            status = form.reject(refusal)
            if not form.errors and status != 429:
                return _failed(request, link)
        if not form.has_errors:
            response = redirect(request, to="/login", flash=_("New password saved. You can log in with it now."))
            return forget_link(request, response, link)
    found = await _whose(request, link["token"])
    return await _show(request, link, found, view="reset-pwd", form=form, fragment=PASSWORD_FORM, status=status)


async def _enter(
    request: Request[Visit], link: OpenedLink, typed: dict[str, str], user: User, session: Session
) -> Response:
    """Log in. Only whoever waited for this address is led where they wanted, and stays logged in."""
    activate_user_locale(user)
    cookies, wishes = request.state["site"].cookies, find_login_options(request, user.email)
    confirmed = link["action"] == "email-confirm"
    flash = _("Your email address is confirmed. You’re logged in.") if confirmed else _("You’re logged in.")
    next_path = typed.get("next", "") or wishes.get("next", "")
    response = await sign_in(request, session, to=next_path, flash=flash, stays=bool(wishes.get("stay")))
    if wishes:
        cookies.waiting.clear(request, response)
    if confirmed:
        cookies.registration.clear(request, response)
    return forget_link(request, response, link)


def _without_secrets(request: Request[Visit], brought: OpenedLink) -> Response:
    response = keep_link(request, redirect(request, to=HERE), brought)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _do_nothing(request: Request[Visit]) -> Response:
    """The form is on the landing of a link that is not open here any more. If another one is, it is shown as that."""
    flash = _("Nothing was changed: that link is no longer open in this browser. Open it again from your email.")
    return redirect(request, to=HERE, flash=flash if is_any(request) else "")


def _failed(request: Request[Visit], link: OpenedLink) -> Response:
    """The landing finds out why; where it cannot, it says that the link no longer works."""
    failed = {**link, "status": "400", "ref": link["token"], "token": ""}
    return keep_link(request, redirect(request, to=HERE), failed)


async def _whose(request: Request[Visit], key: str) -> Link | None:
    return await request.state["api"].as_registrant().find_link(key) if key else None


async def _has_changed_address(request: Request[Visit]) -> bool:
    """Whether the signed-in person has this address by a mailed link, which is all that anybody is told of it."""
    is_user = isinstance(request.state["user"], User)
    return is_user and await request.state["api"].has_changed_email()


def _is_open(link: OpenedLink) -> bool:
    known = link["action"] in (*LOGIN_ACTIONS, "reset-pwd")
    return known and link["status"] == "200" and bool(link["token"])


def _is_other(request: Request[Visit], found: Link | None) -> bool:
    user = request.state["user"]
    return isinstance(user, User) and not (found and found.email == user.email)


def _confirm_form(request: Request[Visit], typed: dict[str, str] | None = None) -> ConfirmForm:
    return ConfirmForm(typed, password_minimum=request.state["site"].settings.passwords.minimum)


def _password_form(request: Request[Visit], typed: dict[str, str] | None = None) -> NewPasswordForm:
    return NewPasswordForm(typed, password_minimum=request.state["site"].settings.passwords.minimum)
