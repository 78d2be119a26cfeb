"""Log in with a mailed link."""

from starlette.requests import Request
from starlette.responses import Response

from web import drafts
from web.altogic import ApiError
from web.body import read_form
from web.forms import EmailForm
from web.pages.register import sent_again, waits
from web.rendering import Page, redirect
from web.session import as_guest, checked_next
from web.state import Visit

MAGIC_LINK = Page("templates/magic_link.html")
SENT = Page("templates/magic_link_sent.html")
FORM = "partials/magic_link_form.html"


async def show(request: Request[Visit]) -> Response:
    typed = drafts.typed_before(request) or request.state["site"].cookies.waiting.read(request)
    form, wanted = EmailForm(typed), checked_next(request.query_params.get("next", ""))
    return drafts.shown(request, await MAGIC_LINK.show(request, fragment=FORM, form=form, next=wanted))


async def submit(request: Request[Visit]) -> Response:
    """The same answer for known and unknown addresses."""
    typed = await read_form(request)
    form, wanted, status = EmailForm(typed), checked_next(typed.get("next", "")), 422
    if form.is_valid():
        try:
            await _send(request, form["email"])
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            is_again = request.state["site"].cookies.waiting.read(request).get("email") == form["email"]
            said = sent_again(request) if is_again else ""
            return waits(request, "/login-with-magic-link/sent", said=said, email=form["email"], next=wanted)
    return await MAGIC_LINK.show(request, fragment=FORM, status=status, form=form, next=wanted)


async def show_sent(request: Request[Visit]) -> Response:
    waiting = request.state["site"].cookies.waiting.read(request)
    if not waiting.get("email"):
        return redirect(request, to="/login-with-magic-link")
    return await SENT.show(request, email=waiting["email"], next=checked_next(str(waiting.get("next", ""))))


async def _send(request: Request[Visit], email: str) -> None:
    """A backend that tells known addresses from unknown ones is not passed on; being asked too often is."""
    caller = as_guest(request.state["caller"])
    try:
        await request.state["altogic"].send_magic_link_email(caller, email)
    except ApiError as refusal:
        if refusal.status == 429:
            raise
