"""Remove the authenticator app, and with the last factor switch two-step verification off."""

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts, others
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.two_step.set_up import HERE
from web.rendering.pages import Page, redirect
from web.state import SignedIn

OVERVIEW = "/profile/security"
REMOVE = Page("templates/two_step/remove.html")


async def show(request: Request[SignedIn]) -> Response:
    """Ask first. Whoever has no app is led to where one is set up."""
    factors = await request.state["api"].get_factors()
    if not factors.totp:
        return redirect(request, to=HERE)
    form = others.OthersForm(others.restore_typed(request))
    return drafts.clear_draft(request, await REMOVE.show(request, form=form, factors=factors))


async def submit(request: Request[SignedIn]) -> Response:
    """Remove the app. One that is gone already is removed. Raises ConfirmationRequired."""
    form, api = others.OthersForm(await read_form(request)), request.state["api"]
    await api.remove_totp(end_others=bool(form[others.FIELD]))
    is_on = (await api.get_factors()).two_step
    flash = _("Authenticator app removed.") if is_on else _("Two-step verification is off.")
    return redirect(request, to=OVERVIEW, flash=others.add_others(flash, form))
