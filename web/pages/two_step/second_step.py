"""The second step of a log-in: a code of the authenticator app, a recovery code, or a passkey.

Whichever way in it was, web/errors.py leads here once the first factor was right. From here it goes on as that would
have: to `next`, and staying logged in or not.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from web.api.factor_shapes import PASSKEY, RECOVERY_CODE, SecondStep
from web.api.shapes import Session, User
from web.forms.base import NEXT
from web.http.body import read_form
from web.i18n.locale import activate_user_locale
from web.i18n.locale import gettext as _
from web.pages.entry.failures import taking_failures
from web.pages.links.log_in import log_in
from web.pages.preferences.browser_locale import save_browser_locale
from web.pages.two_step.after_recovery import tell
from web.pages.two_step.forms import SecondStepForm, choose_factor
from web.rendering.pages import Page, redirect
from web.second_step import StartedLogin, find_started_login, forget_started_login
from web.session import AFTER_LOGIN, find_browser, needs_choice, safe_next_path, sign_in
from web.state import Visit

FACTOR = "with"  # in the query: the factor that the page is to ask for
BY_MAIL = ("magic-link", "mail-code", "email-confirm")  # how a session was opened
SECOND_STEP = Page("templates/two_step/second_step.html", fragment="partials/two_step/second_step_form.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form for one factor, with links to the others."""
    started = find_started_login(request, request.query_params)
    if started is None:
        return _lead_away(request, {})
    step = await request.state["api"].as_guest().find_second_step(started.ticket)
    if step is None:
        return _lead_away(request, {}, started)
    form = SecondStepForm(factor=choose_factor(request.query_params.get(FACTOR, ""), step.factors))
    return await _show(request, form, started, step)


async def submit(request: Request[Visit]) -> Response:
    """Log in with the factor, as the first one would have."""
    typed = await read_form(request)
    started = find_started_login(request, typed)
    if started is None:
        return _lead_away(request, typed)
    form = SecondStepForm(typed)
    form.needs_choice = needs_choice(request, typed)
    if form.is_valid():
        with taking_failures(form):
            api = request.state["api"].as_guest()
            proof = replace(form.proof, browser=find_browser(request)) if form.factor == PASSKEY else form.proof
            user, session = await api.take_second_step(started.ticket, proof)
            return await _go_on(request, form, started, user, session)
    step = None if form.is_over else await _find_step(request, started, form)
    return await _show(request, form, started, step) if step else _lead_away(request, typed, started)


async def _go_on(
    request: Request[Visit], form: SecondStepForm, started: StartedLogin, user: User, session: Session
) -> Response:
    """Log in as the first factor would have: by a mail with what the browser noted for it, else with its form's own."""
    activate_user_locale(user)
    options = {name: value for name, value in started.options.items() if value}
    flash, offer = await tell(request, user, session) if form.factor == RECOVERY_CODE else ("", None)
    if session.method in BY_MAIL:
        response = await log_in(request, options, user, session, action=session.method, flash=flash, offer=offer)
    else:
        await save_browser_locale(request, user, session, options)
        remember = bool(options.get("stay"))
        response = await sign_in(request, session, to=started.next, flash=flash, offer=offer, remember=remember)
    return forget_started_login(request, response, started)


async def _find_step(request: Request[Visit], started: StartedLogin, form: SecondStepForm) -> SecondStep | None:
    """Find what the form is shown with; where nothing answers, what it was sent with is enough."""
    if form.is_unanswered:
        return SecondStep((form.factor,))
    return await request.state["api"].as_guest().find_second_step(started.ticket)


async def _show(request: Request[Visit], form: SecondStepForm, started: StartedLogin, step: SecondStep) -> Response:
    context: dict[str, Any] = {"step": step, "ref": started.handle, "next": form[NEXT] or started.next}
    return await SECOND_STEP.show(request, form=form, email=started.email or step.email, **context)


def _lead_away(request: Request[Visit], typed: Mapping[str, str], started: StartedLogin | None = None) -> Response:
    """Lead on where no log-in waits any more: whoever is logged in, as after a double click, to where that was to
    lead; others to begin again."""
    next_path = safe_next_path(typed.get(NEXT, "")) or (started.next if started else "")
    if isinstance(request.state["user"], User):
        response = redirect(request, to=next_path or AFTER_LOGIN)
    else:
        flash = _word_over(request, started)
        response = redirect(
            request, to=f"/login?{urlencode({NEXT: next_path})}" if next_path else "/login", flash=flash
        )
    return forget_started_login(request, response, started) if started else response


def _word_over(request: Request[Visit], started: StartedLogin | None) -> str:
    if started is None or started.is_over_time(request.state["site"].clock()):
        return _("A login has to be finished within 10 minutes. Log in again.")
    return _("This login has ended: there were too many wrong codes, or your password was changed. Log in again.")
