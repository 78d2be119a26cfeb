"""Switch two-step verification off, while its factors stay."""

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts, others
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.two_step.set_up import HERE
from web.rendering.pages import Page, redirect
from web.state import SignedIn

OFF = Page("templates/two_step/off.html")


async def show(request: Request[SignedIn]) -> Response:
    """Say what it means, and ask. Where it is off already, the page says so that is asked from."""
    if not (await request.state["api"].get_factors()).two_step:
        return redirect(request, to=HERE)
    form = others.OthersForm(others.restore_typed(request))
    return drafts.clear_draft(request, await OFF.show(request, form=form))


async def submit(request: Request[SignedIn]) -> Response:
    """Switch it off. Raises ConfirmationRequired."""
    form = others.OthersForm(await read_form(request))
    await request.state["api"].switch_two_step_off(end_others=bool(form[others.FIELD]))
    return redirect(request, to=HERE, flash=others.add_others(_("Two-step verification is off."), form))
