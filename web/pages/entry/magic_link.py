"""Log in with a mailed link."""

from starlette.requests import Request
from starlette.responses import Response

from serving.steps import MAIL, answer_in_steps
from web.api.client import ApiError
from web.forms import drafts
from web.forms.base import LinkForm
from web.http.body import read_form
from web.pages.entry.pending_mail import asked_before, asked_for, sent_again, waits
from web.rendering.pages import Page, redirect
from web.session import HOME, as_guest, checked_next, is_signed_in_as, needs_choice
from web.state import Visit

MAGIC_LINK = Page("templates/entry/magic_link.html")
SENT = Page("templates/entry/magic_link_sent.html", load=asked_for)
FORM = "partials/entry/magic_link_form.html"


async def show(request: Request[Visit]) -> Response:
    typed = drafts.typed_before(request) or asked_before(request)
    form, wanted = LinkForm(typed), checked_next(request.query_params.get("next", ""))
    return drafts.shown(request, await MAGIC_LINK.show(request, fragment=FORM, form=form, next=wanted))


async def submit(request: Request[Visit]) -> Response:
    """The same answer for known and unknown addresses."""
    typed = await read_form(request)
    form, wanted, status = LinkForm(typed), checked_next(typed.get("next", "")), 422
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=wanted or HOME)
    if form.is_valid() and needs_choice(request, typed):
        return await MAGIC_LINK.show(request, fragment=FORM, status=409, form=form, next=wanted)
    if not form.has_errors:
        try:
            return await send(request, form["email"], next=wanted, stay=form["stay"])
        except ApiError as refusal:
            status = form.reject(refusal)
    return await MAGIC_LINK.show(request, fragment=FORM, status=status, form=form, next=wanted)


async def show_sent(request: Request[Visit]) -> Response:
    if not request.state["site"].cookies.waiting.read(request).get("email"):
        return redirect(request, to="/login-with-magic-link")
    return await SENT.show(request)


async def send(request: Request[Visit], email: str, **wishes: str) -> Response:
    """Mail the link, and wait for it: `wishes` are for the log-in by it. A backend that tells known addresses from
    unknown ones is not passed on; being asked too often is."""
    answer_in_steps(request, MAIL)
    caller = as_guest(request.state["caller"])
    try:
        await request.state["altogic"].send_magic_link_email(caller, email, next_path=wishes.get("next", ""))
    except ApiError as refusal:
        if not refusal.tells_of_an_account:
            raise
    is_again = request.state["site"].cookies.waiting.read(request).get("email") == email
    said = sent_again(request) if is_again else ""
    return waits(request, "/login-with-magic-link/sent", said=said, email=email, **wishes)
