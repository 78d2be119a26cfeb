"""Stop that two-step verification is removed, as whoever is logged in."""

from starlette.requests import Request
from starlette.responses import Response

from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN
from web.state import SignedIn

KEEP = Page("templates/lost_factors/keep.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show what was asked for, and the button."""
    if request.state["user"].recovering is None:
        return redirect(request, to=AFTER_LOGIN)
    return await KEEP.show(request)


async def submit(request: Request[SignedIn]) -> Response:
    """Stop it."""
    await read_form(request)
    await request.state["api"].keep_factors()
    words = _("Stopped: two-step verification stays. If you don’t know who asked for this, choose a new password.")
    return redirect(request, to=AFTER_LOGIN, flash=words)
