"""The one page for whoever logs in while their account waits to be deleted: keep it, or delete it now (delete.py)."""

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.data.forms import LeaveForm
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN
from web.state import SignedIn

STAY = Page("templates/data/stay.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show both ways, to whoever is leaving."""
    if request.state["user"].leaving is None:
        return redirect(request, to=AFTER_LOGIN)
    form = LeaveForm(drafts.restore_draft(request))
    return drafts.clear_draft(request, await STAY.show(request, form=form))


async def keep(request: Request[SignedIn]) -> Response:
    """Keep the account."""
    await read_form(request)
    await request.state["api"].keep_account()
    return redirect(request, to=AFTER_LOGIN, flash=_("Your account stays as it was. Nothing was deleted."))
