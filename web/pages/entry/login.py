"""Log in with a password."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts
from web.forms.base import NEXT
from web.http.body import read_form
from web.pages.entry import magic_link
from web.pages.entry.failures import taking_failures
from web.pages.entry.forms import LoginForm
from web.pages.preferences.browser_locale import read_browser_locale, save_browser_locale
from web.pages.providers import log_in as provider_login
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN, identify_browser, is_signed_in_as, needs_choice, sign_in
from web.state import Visit

LOGIN = Page("templates/entry/login.html", fragment="partials/entry/login_form.html")
FORGOTTEN_PAGE = "/forgot-password"


async def show(request: Request[Visit]) -> Response:
    """Show the form: empty, or as it was typed before an interruption."""
    form = LoginForm({**drafts.restore_draft(request), "next": request.query_params.get("next", "")})
    page = await LOGIN.show(request, form=form)
    identify_browser(request, page)
    return drafts.clear_draft(request, page)


async def submit(request: Request[Visit]) -> Response:
    """Log in with the password, or send a login link, or go to a provider, by the form's other buttons, which ignore
    the password.

    "Forgot your password?" leads on to a new one, with the address that was typed. While somebody is signed in of
    whom the form did not know, the person is asked to choose first.
    """
    typed = await read_form(request)
    form = LoginForm(typed)
    if form.is_forgotten:
        return _redirect_to_forgotten(request, form)
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=form["next"] or AFTER_LOGIN)
    form.needs_choice = needs_choice(request, typed)
    provider = provider_login.find_wanted(request, typed)
    if provider and not form.needs_choice:
        return provider_login.begin(request, provider, {**typed, **form.values})
    if not provider and form.is_valid():
        with taking_failures(form):
            return await _log_in(request, form, typed)
    return await LOGIN.show(request, form=form)


def _redirect_to_forgotten(request: Request[Visit], form: LoginForm) -> Response:
    query = f"?{urlencode({NEXT: form[NEXT]})}" if form[NEXT] else ""
    response = redirect(request, to=f"{FORGOTTEN_PAGE}{query}")
    typed = {"email": form["email"]} if form["email"] else {}
    drafts.save_draft(request, response, drafts.make_draft(FORGOTTEN_PAGE, typed))
    return response


async def _log_in(request: Request[Visit], form: LoginForm, typed: dict[str, str]) -> Response:
    if form.wants_link:
        locale = read_browser_locale(request, typed)
        return await magic_link.send(request, form["email"], next=form["next"], stay=form["stay"], **locale)
    user, session = await request.state["api"].as_guest().sign_in_with_email(form["email"], form["password"])
    await save_browser_locale(request, user, session, typed)
    return await sign_in(request, session, to=form["next"], remember=bool(form["stay"]))
