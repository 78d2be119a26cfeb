"""Log in with a mailed link."""

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.shapes import User
from web.forms import drafts
from web.http.body import read_form
from web.pages.entry.failures import taking_failures
from web.pages.entry.forms import LinkForm
from web.pages.entry.pending_mail import (
    ask_for_mail,
    is_waiting_for,
    load_pending_mail,
    prefill,
    redirect_to_check_mail,
    word_resent,
)
from web.pages.preferences.browser_locale import read_browser_locale
from web.rendering.pages import Page, redirect
from web.rendering.polling import answer_seen
from web.session import AFTER_LOGIN, identify_browser, is_signed_in_as, needs_choice
from web.state import Visit

HERE = "/login-with-magic-link"
SENT_HERE = "/login-with-magic-link/sent"
MAGIC_LINK = Page("templates/entry/magic_link.html", fragment="partials/entry/magic_link_form.html")
SENT = Page("templates/entry/magic_link_sent.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form: empty, or as it was typed before an interruption, or before a change of the address."""
    typed = drafts.restore_draft(request) or prefill(request)
    form = LinkForm({**typed, "next": request.query_params.get("next", "")})
    page = await MAGIC_LINK.show(request, form=form)
    identify_browser(request, page)
    return drafts.clear_draft(request, page)


async def submit(request: Request[Visit]) -> Response:
    """Send a login link. The response is the same for known and unknown addresses (no user enumeration)."""
    typed = await read_form(request)
    form = LinkForm(typed)
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=form["next"] or AFTER_LOGIN)
    form.needs_choice = needs_choice(request, typed)
    if form.is_valid():
        with taking_failures(form):
            locale = read_browser_locale(request, typed)
            return await send(request, form["email"], next=form["next"], stay=form["stay"], **locale)
    return await MAGIC_LINK.show(request, form=form)


async def show_sent(request: Request[Visit]) -> Response:
    """Show which mail to look for."""
    email, user = request.state["site"].cookies.waiting.read(request).get("email"), request.state["user"]
    if isinstance(user, User) and email in (None, user.email):
        return redirect(request, to=AFTER_LOGIN)  # the link was used in this browser
    if not email:
        return redirect(request, to=HERE)
    pending = await load_pending_mail(request)
    return answer_seen(request, pending["seen"]) or await SENT.show(request, form_path=HERE, **pending)


async def send(request: Request[Visit], email: str, **options: str) -> Response:
    """Mail a login link, and redirect to the page that waits for it; `options` (next, stay, language,
    timezone) are for its log-in.

    Refusals that reveal who has an account are swallowed; others, such as 429, are raised (ApiError).
    """
    pad_response_time(request, MAIL)
    api = request.state["api"].as_guest()
    reference = await ask_for_mail(api.send_magic_link_email(email, next_path=options.get("next", ""))) or ""
    flash = word_resent(request) if is_waiting_for(request, SENT_HERE, email) else ""
    return redirect_to_check_mail(request, SENT_HERE, flash=flash, email=email, reference=reference, **options)
