"""Create an account, and wait for the mail that confirms its address."""

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, REGISTRATION, pad_response_time
from web.api.client import Client
from web.api.errors import ApiError
from web.api.shapes import Session, User
from web.forms import drafts
from web.forms.new_password import check_is_hard_to_guess
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.entry import magic_link
from web.pages.entry.failures import taking_failures
from web.pages.entry.forms import EmailForm, RegisterForm
from web.pages.entry.pending_mail import (
    LOGIN_OPTIONS,
    ask_for_mail,
    find_login_options,
    load_pending_mail,
    prefill,
    redirect_to_check_mail,
    word_resent,
)
from web.pages.preferences.browser_locale import read_browser_locale
from web.pages.providers import log_in as provider_login
from web.rendering.pages import FormPage, Page, redirect
from web.rendering.polling import answer_seen
from web.session import (
    AFTER_LOGIN,
    is_signed_in_as,
    needs_choice,
    remember_registrant,
    safe_next_path,
    sign_in,
)
from web.state import Visit

REGISTER = Page("templates/entry/register.html", fragment="partials/entry/register_form.html")
CHECK_MAIL = Page("templates/entry/check_mail.html", fragment="partials/entry/again_form.html")
CONFIRMED = Page("templates/entry/confirmed_elsewhere.html")
AGAIN = FormPage("partials/entry/again_form.html", lambda: _("Resend email"))


async def show(request: Request[Visit]) -> Response:
    """Show the form: empty, or as it was typed before an interruption, or before a change of the address."""
    draft, waiting = drafts.restore_draft(request), prefill(request)
    form = _form(request, {**(draft or waiting), "next": request.query_params.get("next", "")})
    page = await REGISTER.show(request, form=form, is_changing=bool(waiting.get("name")))
    remember_registrant(request, page)
    return drafts.clear_draft(request, page)


async def submit(request: Request[Visit]) -> Response:
    """Create the account, or by the form's other buttons send a login link, for whoever has an account already, or go
    to a provider."""
    typed = await read_form(request)
    form = _form(request, typed)
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=form["next"] or AFTER_LOGIN)
    form.needs_choice = needs_choice(request, typed)
    provider = provider_login.find_wanted(request, typed)
    if provider and not form.needs_choice:
        return provider_login.begin(request, provider, {**typed, **form.values})
    locale = read_browser_locale(request, typed)
    if not provider and form.is_valid():
        with taking_failures(form):
            if form.wants_link:
                return await magic_link.send(request, form["email"], next=form["next"], **locale)
            if await check_is_hard_to_guess(request, form, "password", own=(form["email"], form["name"])):
                return await _register(request, form, locale)
    return await REGISTER.show(request, form=form, is_changing=False)


async def show_again(request: Request[Visit]) -> Response:
    """Show which mail to look for; where no address is known, a form for it.

    Once the address is confirmed in another browser, a poll for the mail's status is answered with the whole page.
    """
    waiting = request.state["site"].cookies.waiting.read(request)
    if not waiting:
        is_signed_in = isinstance(request.state["user"], User)
        return redirect(request, to=AFTER_LOGIN) if is_signed_in else await _show_again_form(request, EmailForm())
    pending = await load_pending_mail(request)
    if unchanged := answer_seen(request, pending["seen"]):
        return unchanged
    if pending["mail_status"] and pending["mail_status"].is_confirmed:
        page = await CONFIRMED.show(request, **pending)
        page.headers["HX-Retarget"] = page.headers["HX-Reselect"] = "#main"
        return page
    form = EmailForm(waiting)
    form_path = safe_next_path(str(waiting.get("form", ""))) or "/register"
    return await CHECK_MAIL.show(request, form=form, is_waiting=True, form_path=form_path, **pending)


async def send_again(request: Request[Visit]) -> Response:
    """Send the confirmation once more, or a login link to an address that is confirmed."""
    typed = await read_form(request)
    form = EmailForm(typed)
    if form.is_valid():
        with taking_failures(form):
            pad_response_time(request, MAIL)
            api = request.state["api"].as_registrant()
            reference = await _mail_again(api, form["email"], next_path=safe_next_path(typed.get("next", "")))
            options = {name: typed[name] for name in LOGIN_OPTIONS if name in typed}
            known = find_login_options(request, form["email"])
            waiting = {**known, **options, "email": form["email"], "reference": reference}
            response = redirect_to_check_mail(request, "/register/again", flash=word_resent(request), **waiting)
            return remember_registrant(request, response, api)
    return await _show_again_form(request, form)


async def _show_again_form(request: Request[Visit], form: EmailForm) -> Response:
    return await AGAIN.show(request, form=form, is_waiting=False)


async def _register(request: Request[Visit], form: RegisterForm, locale: dict[str, str]) -> Response:
    """Create the account, and log in or wait for the mail that confirms its address."""
    api = request.state["api"].as_registrant()
    session, reference = await _create(request, api, form, locale)
    if session:
        return await sign_in(request, session, to=form["next"], flash=_("Your account is ready."))
    typed = {"email": form["email"], "name": form["name"], "next": form["next"]}
    waiting = {**typed, "registered": form["email"], "reference": reference}
    return remember_registrant(request, redirect_to_check_mail(request, "/register/again", **waiting), api)


async def _create(
    request: Request[Visit], api: Client, form: RegisterForm, locale: dict[str, str]
) -> tuple[Session | None, str]:
    """Sign up, and return the session; or None and the reference of a mail that is on its way. That is all that is
    revealed of an address that is taken, or the page would serve user enumeration."""
    pad_response_time(request, REGISTRATION)
    email, next_path = form["email"], form["next"]
    try:
        session = await api.sign_up_with_email(
            email, form["password"], form["name"], locale=locale, next_path=next_path
        )
    except ApiError as refusal:
        if "email_not_unique" not in refusal.codes or not request.state["site"].email_confirmation:
            raise
        return None, await _mail_owner(api, email, next_path=next_path)
    if session is None:  # the same calls as for a taken address, so that both take as long
        return None, await ask_for_mail(api.send_magic_link_email(email, reason="sign-up", next_path=next_path)) or ""
    return session, ""


async def _mail_owner(api: Client, email: str, *, next_path: str) -> str:
    """Send a login link, or where the backend refuses it until the address is confirmed, the confirmation once more."""
    reference = await ask_for_mail(api.send_magic_link_email(email, reason="sign-up", next_path=next_path))
    if reference is None:
        reference = await ask_for_mail(api.resend_verification_email(email, next_path=next_path))
    return reference or ""


async def _mail_again(api: Client, email: str, *, next_path: str) -> str:
    """Send the confirmation once more, or a login link to an address that is confirmed."""
    await ask_for_mail(
        api.resend_verification_email(email, next_path=next_path)
    )  # first: its rate limit counts for both
    return await ask_for_mail(api.send_magic_link_email(email, reason="sign-up", next_path=next_path)) or ""


def _form(request: Request[Visit], typed: dict[str, str]) -> RegisterForm:
    return RegisterForm(typed, password_minimum=request.state["site"].password_minimum)
