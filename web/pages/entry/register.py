"""Create an account, and wait for the mail that confirms its address."""

from collections.abc import Awaitable

from starlette.requests import Request
from starlette.responses import Response

from serving.steps import MAIL, REGISTRATION, answer_in_steps
from web.api.client import Altogic, ApiError
from web.api.shapes import Caller, Session, User
from web.forms import drafts
from web.forms.base import EmailForm, RegisterForm
from web.forms.new_password import check_new_password
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.entry import magic_link
from web.pages.entry.pending_mail import WISHES, asked_before, asked_for, find_wishes, sent_again, waits
from web.rendering.pages import Page, redirect
from web.session import (
    HOME,
    as_registrant,
    checked_next,
    is_signed_in_as,
    needs_choice,
    remember_registrant,
    sign_in,
)
from web.state import Visit

REGISTER = Page("templates/entry/register.html")
CHECK_MAIL = Page("templates/entry/check_mail.html")
FORM = "partials/entry/register_form.html"
AGAIN_FORM = "partials/entry/again_form.html"


async def show(request: Request[Visit]) -> Response:
    """Empty, or as it was typed: before an interruption, or before *Change address*."""
    draft, waiting = drafts.typed_before(request), asked_before(request)
    wanted = checked_next(request.query_params.get("next", ""))
    form, is_changing = _form(request, draft or waiting), bool(waiting.get("name"))
    page = await REGISTER.show(request, fragment=FORM, form=form, next=wanted, is_changing=is_changing)
    remember_registrant(request, page)
    return drafts.shown(request, page)


async def submit(request: Request[Visit]) -> Response:
    """The account, or for who has one already the form's other button: a login link."""
    typed = await read_form(request)
    form, wanted, status = _form(request, typed), checked_next(typed.get("next", "")), 422
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=wanted or HOME)
    if form.is_valid() and needs_choice(request, typed):
        return await REGISTER.show(request, fragment=FORM, status=409, form=form, next=wanted)
    if not form.has_errors:
        try:
            if form.wants_link:
                return await magic_link.send(request, form["email"], next=wanted)
            if not await check_new_password(request, form, "password", own=(form["email"], form["name"])):
                return await REGISTER.show(request, fragment=FORM, status=status, form=form, next=wanted)
            caller = as_registrant(request.state["caller"])
            session = await _create(request, caller, form, next_path=wanted)
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            if session:
                return await sign_in(request, session, to=wanted, said=_("Your account is ready."))
            typed = {"email": form["email"], "registered": form["email"], "name": form["name"]}
            waiting = waits(request, "/register/again", **typed, next=wanted)
            return remember_registrant(request, waiting, caller)
    return await REGISTER.show(request, fragment=FORM, status=status, form=form, next=wanted)


async def show_again(request: Request[Visit]) -> Response:
    """Check your mail; without a known address, a field for it. Once the address is confirmed in another browser, a
    poll that asks for the mail's fate gets the whole of the page."""
    waiting = request.state["site"].cookies.waiting.read(request)
    if isinstance(request.state["user"], User) and not waiting:
        return redirect(request, to=HOME)
    told = await asked_for(request)
    page = await CHECK_MAIL.show(request, fragment=AGAIN_FORM, form=EmailForm(waiting), waiting=bool(waiting), **told)
    if told["fate"] and told["fate"].is_confirmed:
        page.headers["HX-Retarget"] = page.headers["HX-Reselect"] = "#main"
    return page


async def send_again(request: Request[Visit]) -> Response:
    typed = await read_form(request)
    form, status, waiting = EmailForm(typed), 422, request.state["site"].cookies.waiting.read(request)
    if form.is_valid():
        answer_in_steps(request, MAIL)
        caller = as_registrant(request.state["caller"])
        try:
            await _mail_again(request, caller, form["email"], next_path=checked_next(typed.get("next", "")))
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            wishes = {name: typed[name] for name in WISHES if name in typed}
            waiting = {**find_wishes(request, form["email"]), **wishes, "email": form["email"]}
            answer = waits(request, "/register/again", said=sent_again(request), **waiting)
            return remember_registrant(request, answer, caller)
    return await CHECK_MAIL.show(request, fragment=AGAIN_FORM, status=status, form=form, waiting=False)


async def _create(request: Request[Visit], caller: Caller, form: RegisterForm, *, next_path: str) -> Session | None:
    """None means: a mail is on its way. That is all that is said of an address that is taken."""
    answer_in_steps(request, REGISTRATION)
    altogic, email = request.state["altogic"], form["email"]
    try:
        session = await altogic.sign_up_with_email(caller, email, form["password"], form["name"], next_path=next_path)
    except ApiError as refusal:
        if "email_not_unique" not in refusal.codes or not request.state["site"].settings.email_confirmation:
            raise
        await _mail_owner(altogic, caller, email, next_path=next_path)
        return None
    if session is None:  # asked for in vain, but a taken address takes as long
        await _is_sent(altogic.send_magic_link_email(caller, email, reason="sign-up", next_path=next_path))
    return session


async def _mail_owner(altogic: Altogic, caller: Caller, email: str, *, next_path: str) -> None:
    """A login link; from a backend that refuses it because the address is not confirmed, the confirmation once more."""
    if not await _is_sent(altogic.send_magic_link_email(caller, email, reason="sign-up", next_path=next_path)):
        await _is_sent(altogic.resend_verification_email(caller, email, next_path=next_path))


async def _mail_again(request: Request[Visit], caller: Caller, email: str, *, next_path: str) -> None:
    """The owner of a confirmed address gets a login link, anybody else the confirmation once more."""
    altogic = request.state["altogic"]
    await _is_sent(altogic.resend_verification_email(caller, email, next_path=next_path))  # first: it counts for both
    await _is_sent(altogic.send_magic_link_email(caller, email, reason="sign-up", next_path=next_path))


async def _is_sent(sending: Awaitable[None]) -> bool:
    """A backend's refusal would tell known addresses from unknown ones and is kept; being asked too often is not."""
    try:
        await sending
    except ApiError as refusal:
        if not refusal.tells_of_an_account:
            raise
        return False
    return True


def _form(request: Request[Visit], typed: dict[str, str]) -> RegisterForm:
    return RegisterForm(typed, password_minimum=request.state["site"].settings.password_minimum)
