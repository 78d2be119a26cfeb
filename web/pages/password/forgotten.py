"""Ask for a mailed link to choose a new password. The link ends at /auth-redirect, as all do."""

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.shapes import User
from web.forms import drafts
from web.http.body import read_form
from web.pages.entry.failures import taking_failures
from web.pages.entry.pending_mail import (
    RESET_PAGE,
    ask_for_mail,
    is_waiting_for,
    load_pending_mail,
    prefill,
    redirect_to_check_mail,
    word_resent,
)
from web.pages.password.forms import ForgottenForm
from web.rendering.pages import Page, redirect
from web.rendering.polling import answer_seen
from web.session import identify_browser
from web.state import Visit

HERE = "/forgot-password"
SENT_HERE = RESET_PAGE
FORGOTTEN = Page("templates/password/forgotten.html", fragment="partials/password/forgotten_form.html")
SENT = Page("templates/password/forgotten_sent.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form: with the address as it was typed at the log-in, or before, else with one's own."""
    typed = drafts.restore_draft(request) or prefill(request) or _find_own(request)
    form = ForgottenForm({**typed, "next": request.query_params.get("next", "")})
    page = await FORGOTTEN.show(request, form=form)
    identify_browser(request, page)
    return drafts.clear_draft(request, page)


async def submit(request: Request[Visit]) -> Response:
    """Send the link. The response is the same for known and unknown addresses (no user enumeration)."""
    form = ForgottenForm(await read_form(request))
    if form.is_valid():
        with taking_failures(form):
            return await _send(request, form)
    return await FORGOTTEN.show(request, form=form)


async def show_sent(request: Request[Visit]) -> Response:
    """Show which mail to look for."""
    if not is_waiting_for(request, SENT_HERE):
        return redirect(request, to=HERE)
    pending = await load_pending_mail(request)
    return answer_seen(request, pending["seen"]) or await SENT.show(request, form_path=HERE, **pending)


async def _send(request: Request[Visit], form: ForgottenForm) -> Response:
    pad_response_time(request, MAIL)
    reference = await ask_for_mail(request.state["api"].as_guest().send_password_reset_email(form["email"])) or ""
    flash = word_resent(request) if is_waiting_for(request, SENT_HERE, form["email"]) else ""
    waiting = {"email": form["email"], "next": form["next"], "reference": reference}
    return redirect_to_check_mail(request, SENT_HERE, flash=flash, **waiting)


def _find_own(request: Request[Visit]) -> dict[str, str]:
    user = request.state["user"]
    return {"email": user.email} if isinstance(user, User) else {}
