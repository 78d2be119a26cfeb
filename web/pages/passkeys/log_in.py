"""Log in with a passkey. The log-in page holds the same form beside the one for a password."""

from starlette.requests import Request
from starlette.responses import Response

from web.forms.base import NEXT
from web.http.body import read_form
from web.http.passkey_signals import signal_unknown
from web.pages.entry.failures import taking_failures
from web.pages.passkeys.forms import PasskeyForm
from web.pages.preferences.browser_locale import save_browser_locale
from web.rendering.pages import Page
from web.session import find_browser, identify_browser, needs_choice, sign_in
from web.state import Visit

LOGIN = Page("templates/passkeys/log_in.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form, which needs a script, and the ways in that need none."""
    page = await _show(request, PasskeyForm({NEXT: request.query_params.get(NEXT, "")}))
    identify_browser(request, page)
    return page


async def submit(request: Request[Visit]) -> Response:
    """Log in. While somebody is signed in of whom the form did not know, the person is asked to choose first."""
    typed = await read_form(request)
    form = PasskeyForm(typed)
    form.needs_choice = needs_choice(request, typed)
    if form.is_valid():
        with taking_failures(form):
            return await _log_in(request, form, typed)
    return await _show(request, form)


async def _log_in(request: Request[Visit], form: PasskeyForm, typed: dict[str, str]) -> Response:
    api = request.state["api"].as_guest()
    user, session = await api.sign_in_with_passkey(form["credential"], find_browser(request))
    await save_browser_locale(request, user, session, typed)
    return await sign_in(request, session, to=form[NEXT], remember=bool(form["stay"]))


async def _show(request: Request[Visit], form: PasskeyForm) -> Response:
    return await LOGIN.show(request, form=form, signals=signal_unknown(request, form.unknown_id))
