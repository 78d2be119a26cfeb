"""Create an account, and wait for the mail that confirms its address."""

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, REGISTRATION, pad_response_time
from web.api.client import Client
from web.api.errors import ApiError
from web.api.shapes import Session, User
from web.forms import drafts
from web.forms.base import EmailForm, RegisterForm
from web.forms.new_password import check_new_password
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.entry import magic_link
from web.pages.entry.pending_mail import (
    LOGIN_OPTIONS,
    find_login_options,
    load_pending_mail,
    prefill,
    redirect_to_check_mail,
    sent_again,
)
from web.rendering.pages import Page, redirect
from web.session import (
    AFTER_LOGIN,
    is_signed_in_as,
    needs_choice,
    remember_registrant,
    safe_next_path,
    sign_in,
)
from web.state import Visit

REGISTER = Page("templates/entry/register.html")
CHECK_MAIL = Page("templates/entry/check_mail.html")
FORM = "partials/entry/register_form.html"
AGAIN_FORM = "partials/entry/again_form.html"


async def show(request: Request[Visit]) -> Response:
    """Empty, or as it was typed: before an interruption, or before *Change address*."""
    draft, waiting = drafts.restore_typed(request), prefill(request)
    next_path = safe_next_path(request.query_params.get("next", ""))
    form, is_changing = _form(request, draft or waiting), bool(waiting.get("name"))
    page = await REGISTER.show(request, fragment=FORM, form=form, next=next_path, is_changing=is_changing)
    remember_registrant(request, page)
    return drafts.shown(request, page)


async def submit(request: Request[Visit]) -> Response:
    """The account, or for who has one already the form's other button: a login link."""
    typed = await read_form(request)
    form, next_path, status = _form(request, typed), safe_next_path(typed.get("next", "")), 422
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=next_path or AFTER_LOGIN)
    if form.is_valid() and needs_choice(request, typed):
        return await REGISTER.show(request, fragment=FORM, status=409, form=form, next=next_path, is_changing=False)
    if not form.has_errors:
        try:
            if form.wants_link:
                return await magic_link.send(request, form["email"], next=next_path)
            if not await check_new_password(request, form, "password", own=(form["email"], form["name"])):
                return await REGISTER.show(
                    request, fragment=FORM, status=status, form=form, next=next_path, is_changing=False
                )
            api = request.state["api"].as_registrant()
            session = await _create(request, api, form, next_path=next_path)
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            if session:
                return await sign_in(request, session, to=next_path, flash=_("Your account is ready."))
            typed = {"email": form["email"], "registered": form["email"], "name": form["name"]}
            waiting = redirect_to_check_mail(request, "/register/again", **typed, next=next_path)
            return remember_registrant(request, waiting, api)
    return await REGISTER.show(request, fragment=FORM, status=status, form=form, next=next_path, is_changing=False)


async def show_again(request: Request[Visit]) -> Response:
    """Check your mail; without a known address, a field for it. Once the address is confirmed in another browser, a
    poll that asks for the mail's fate gets the whole of the page."""
    waiting = request.state["site"].cookies.waiting.read(request)
    if isinstance(request.state["user"], User) and not waiting:
        return redirect(request, to=AFTER_LOGIN)
    told = await load_pending_mail(request)
    page = await CHECK_MAIL.show(request, fragment=AGAIN_FORM, form=EmailForm(waiting), waiting=bool(waiting), **told)
    if told["fate"] and told["fate"].is_confirmed:
        page.headers["HX-Retarget"] = page.headers["HX-Reselect"] = "#main"
    return page


async def send_again(request: Request[Visit]) -> Response:
    typed = await read_form(request)
    form, status, waiting = EmailForm(typed), 422, request.state["site"].cookies.waiting.read(request)
    if form.is_valid():
        pad_response_time(request, MAIL)
        api = request.state["api"].as_registrant()
        try:
            await _mail_again(api, form["email"], next_path=safe_next_path(typed.get("next", "")))
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            wishes = {name: typed[name] for name in LOGIN_OPTIONS if name in typed}
            waiting = {**find_login_options(request, form["email"]), **wishes, "email": form["email"]}
            answer = redirect_to_check_mail(request, "/register/again", flash=sent_again(request), **waiting)
            return remember_registrant(request, answer, api)
    return await CHECK_MAIL.show(request, fragment=AGAIN_FORM, status=status, form=form, waiting=False)


async def _create(request: Request[Visit], api: Client, form: RegisterForm, *, next_path: str) -> Session | None:
    """None means: a mail is on its way. That is all that is said of an address that is taken."""
    pad_response_time(request, REGISTRATION)
    email = form["email"]
    try:
        session = await api.sign_up_with_email(email, form["password"], form["name"], next_path=next_path)
    except ApiError as refusal:
        if "email_not_unique" not in refusal.codes or not request.state["site"].settings.accounts.email_confirmation:
            raise
        await _mail_owner(api, email, next_path=next_path)
        return None
    if session is None:  # asked for in vain, but a taken address takes as long
        await _is_sent(api.send_magic_link_email(email, reason="sign-up", next_path=next_path))
    return session


async def _mail_owner(api: Client, email: str, *, next_path: str) -> None:
    """A login link; from a backend that refuses it because the address is not confirmed, the confirmation once more."""
    if not await _is_sent(api.send_magic_link_email(email, reason="sign-up", next_path=next_path)):
        await _is_sent(api.resend_verification_email(email, next_path=next_path))


async def _mail_again(api: Client, email: str, *, next_path: str) -> None:
    """The owner of a confirmed address gets a login link, anybody else the confirmation once more."""
    await _is_sent(api.resend_verification_email(email, next_path=next_path))  # first: it counts for both
    await _is_sent(api.send_magic_link_email(email, reason="sign-up", next_path=next_path))


async def _is_sent(sending: Awaitable[None]) -> bool:
    """A backend's refusal would tell known addresses from unknown ones and is kept; being asked too often is not."""
    try:
        await sending
    except ApiError as refusal:
        if not refusal.reveals_account:
            raise
        return False
    return True


def _form(request: Request[Visit], typed: dict[str, str]) -> RegisterForm:
    return RegisterForm(typed, password_minimum=request.state["site"].settings.passwords.minimum)
