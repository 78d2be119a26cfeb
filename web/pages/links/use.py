"""POST of a link's landing: use the link to log in, confirm an address, or save a new password. Its GET: landing.py."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.forms.new_password import check_is_hard_to_guess
from web.http import owner
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.entry.failures import taking_failures
from web.pages.entry.pending_mail import find_login_options
from web.pages.links.delete import delete_account
from web.pages.links.factors import keep_factors, remove_factors
from web.pages.links.failures import redirect_failed, redirect_not_open, show_refused
from web.pages.links.forms import make_confirm_form, make_password_form
from web.pages.links.landing import HERE, is_open
from web.pages.links.log_in import log_in
from web.pages.links.opened_links import OpenedLink, find_named, forget_link, save_link
from web.pages.links.undo import undo_email
from web.rendering.pages import redirect
from web.session import needs_choice, safe_next_path
from web.state import Visit


async def submit(request: Request[Visit]) -> Response:
    """Do what the link is for. A failure is shown by the landing that follows, so that nothing is posted twice."""
    typed = await read_form(request)
    link = find_named(request, typed)
    if link is None or not is_open(link):
        return redirect_not_open(request)
    match link["action"]:
        case "reset-pwd":
            return await _reset_password(request, link, typed)
        case "undo-email":
            return await undo_email(request, link)
        case "delete-account":
            return await delete_account(request, link)
        case "keep-factors":
            return await keep_factors(request, link)
        case "remove-factors":
            return await remove_factors(request, link, typed)
    return await _log_in_by_link(request, link, typed)


async def _log_in_by_link(request: Request[Visit], link: OpenedLink, typed: dict[str, str]) -> Response:
    """Log in, or confirm an address and log in; where somebody would be logged out by it, let them choose first."""
    if owner.FIELD in typed and needs_choice(request, typed):
        return save_link(request, redirect(request, to=HERE), link)  # the landing now says who would be logged out
    if link["action"] == "email-confirm" and "new_password" in typed:
        return await _confirm_with_password(request, link, typed)
    try:
        user, session = await request.state["api"].as_registrant().get_auth_grant(link["token"])
    except ApiError as refusal:
        if "password_required" in refusal.codes:
            return await _ask_for_password(request, link)
        return redirect_failed(request, link)
    return forget_link(request, await log_in(request, typed, user, session, action=link["action"]), link)


async def _confirm_with_password(request: Request[Visit], link: OpenedLink, typed: dict[str, str]) -> Response:
    """Confirm an address in another browser than it was registered in, with the password and name of this form."""
    form = make_confirm_form(request, typed)
    if form.is_valid():
        with taking_failures(form):
            if await check_is_hard_to_guess(request, form, "new_password", own=(form["email"], form["name"])):
                api = request.state["api"].as_registrant()
                user, session = await api.confirm_registration(link["token"], form["new_password"], form["name"])
                response = await log_in(request, typed, user, session, action=link["action"])
                return forget_link(request, response, link)
    return await show_refused(request, "confirm-with-password", link, form)


async def _ask_for_password(request: Request[Visit], link: OpenedLink) -> Response:
    """Ask for a password that the landing did not ask for: what was typed in this browser is not known any more."""
    form = make_confirm_form(request)
    form.errors["new_password"] = _(
        "Choose a password. The one entered before only works in the browser it was entered in."
    )
    return await show_refused(request, "confirm-with-password", link, form)


async def _reset_password(request: Request[Visit], link: OpenedLink, typed: dict[str, str]) -> Response:
    form = make_password_form(request, typed)
    if form.is_valid():
        with taking_failures(form):
            if await check_is_hard_to_guess(request, form, "new_password", own=(form["email"],)):
                await request.state["api"].as_guest().reset_password_with_token(link["token"], form["new_password"])
                return _show_saved(request, link, form["email"])
    return await show_refused(request, "new-password", link, form)


def _show_saved(request: Request[Visit], link: OpenedLink, email: str) -> Response:
    """Lead on to the log-in: whoever opens a mailed link may save a password, but has not entered it yet."""
    options = find_login_options(request, email) if email else {}
    next_path = safe_next_path(options.get("next", ""))
    to = f"/login?{urlencode({'next': next_path})}" if next_path else "/login"
    response = redirect(request, to=to, flash=_("New password saved. You can log in with it now."))
    return forget_link(request, response, link)
