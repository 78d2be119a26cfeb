"""Log in with a mailed link."""

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.errors import ApiError
from web.forms import drafts
from web.forms.base import LinkForm
from web.http.body import read_form
from web.pages.entry.pending_mail import load_pending_mail, prefill, redirect_to_check_mail, sent_again
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN, is_signed_in_as, needs_choice, safe_next_path
from web.state import Visit

MAGIC_LINK = Page("templates/entry/magic_link.html")
SENT = Page("templates/entry/magic_link_sent.html", load=load_pending_mail)
FORM = "partials/entry/magic_link_form.html"


async def show(request: Request[Visit]) -> Response:
    typed = drafts.restore_typed(request) or prefill(request)
    form, next_path = LinkForm(typed), safe_next_path(request.query_params.get("next", ""))
    return drafts.shown(request, await MAGIC_LINK.show(request, fragment=FORM, form=form, next=next_path))


async def submit(request: Request[Visit]) -> Response:
    """The same answer for known and unknown addresses."""
    typed = await read_form(request)
    form, next_path, status = LinkForm(typed), safe_next_path(typed.get("next", "")), 422
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=next_path or AFTER_LOGIN)
    if form.is_valid() and needs_choice(request, typed):
        return await MAGIC_LINK.show(request, fragment=FORM, status=409, form=form, next=next_path)
    if not form.has_errors:
        try:
            return await send(request, form["email"], next=next_path, stay=form["stay"])
        except ApiError as refusal:
            status = form.reject(refusal)
    return await MAGIC_LINK.show(request, fragment=FORM, status=status, form=form, next=next_path)


async def show_sent(request: Request[Visit]) -> Response:
    if not request.state["site"].cookies.waiting.read(request).get("email"):
        return redirect(request, to="/login-with-magic-link")
    return await SENT.show(request)


async def send(request: Request[Visit], email: str, **wishes: str) -> Response:
    """Mail the link, and wait for it: `wishes` are for the log-in by it. A backend that tells known addresses from
    unknown ones is not passed on; being asked too often is."""
    pad_response_time(request, MAIL)
    try:
        await request.state["api"].as_guest().send_magic_link_email(email, next_path=wishes.get("next", ""))
    except ApiError as refusal:
        if not refusal.reveals_account:
            raise
    is_again = request.state["site"].cookies.waiting.read(request).get("email") == email
    flash = sent_again(request) if is_again else ""
    return redirect_to_check_mail(request, "/login-with-magic-link/sent", flash=flash, email=email, **wishes)
