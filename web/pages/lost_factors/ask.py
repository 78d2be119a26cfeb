"""Ask for two-step verification to be removed, where the second step of a log-in cannot be taken any more."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from web.api.lost_factors import LostFactors
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.entry.failures import taking_failures
from web.pages.lost_factors.forms import LostFactorsForm
from web.rendering.pages import Page, redirect
from web.second_step import REF, StartedLogin, find_started_login
from web.state import Visit

HERE = "/login/lost-factor"
SENT = "sent"  # in the query: the code is on its way, and to type it is what comes next
ASK = Page("templates/lost_factors/ask.html", fragment="partials/lost_factors/ask_form.html")


async def show(request: Request[Visit]) -> Response:
    """Show what can be done, or how long there is to wait."""
    started = find_started_login(request, request.query_params)
    found = await _find(request, started)
    if started is None or found is None:
        return _begin_again(request)
    form = LostFactorsForm({REF: started.handle})
    return await _show(request, form, found, is_sent=SENT in request.query_params)


async def submit(request: Request[Visit]) -> Response:
    """Mail what is asked for, or begin the wait."""
    form = LostFactorsForm(await read_form(request))
    started = find_started_login(request, form.values)
    if started is None:
        return _begin_again(request)
    if form.is_valid():
        with taking_failures(form):
            return await _do(request, form, started)
    found = None if form.is_unanswered else await _find(request, started)
    if found is None and not form.is_unanswered:
        return _begin_again(request)
    return await _show(request, form, found, is_sent=form["by"] == "code")


async def _do(request: Request[Visit], form: LostFactorsForm, started: StartedLogin) -> Response:
    api = request.state["api"].as_guest()
    if form["by"] == "mail":
        await api.mail_lost_factors_code(started.ticket)
        return _redirect(request, started, flash=_("We’ve emailed you a code."), **{SENT: "yes"})
    if form["by"] == "link":
        await api.mail_removal_link(started.ticket)
        return _redirect(request, started, flash=_("We’ve emailed you the link."))
    await api.lose_factors(started.ticket, code=form["code"], password=form["current_password"])
    return _redirect(request, started, flash=_("The wait has begun. We’ve emailed you."))


def _redirect(request: Request[Visit], started: StartedLogin, *, flash: str, **query: str) -> Response:
    return redirect(request, to=f"{HERE}?{urlencode({REF: started.handle, **query})}", flash=flash)


async def _find(request: Request[Visit], started: StartedLogin | None) -> LostFactors | None:
    return await request.state["api"].as_guest().find_lost_factors(started.ticket) if started else None


async def _show(
    request: Request[Visit], form: LostFactorsForm, found: LostFactors | None, *, is_sent: bool
) -> Response:
    """Show the page; where the backend did not answer, without what it knows."""
    context: dict[str, Any] = {"found": found, "ref": form[REF], "is_sent": is_sent}
    return await ASK.show(request, form=form, **context)


def _begin_again(request: Request[Visit]) -> Response:
    """Lead to the log-in: what is asked for here begins with it."""
    return redirect(request, to="/login", flash=_("Log in first. The second step then leads on."))
