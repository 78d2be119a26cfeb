""" "This wasn't me" beside an event of the history: everybody else is logged out, and a new password is chosen."""

from starlette.requests import Request
from starlette.responses import Response

from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.history.list import HERE
from web.pages.history.rows import Row
from web.pages.sessions.rows import load_rows
from web.rendering.pages import Page, redirect
from web.state import SignedIn

DISOWN = Page("templates/history/disown.html")
NEW_PASSWORD = "/profile/password"  # noqa: S105 (a path)


async def show(request: Request[SignedIn]) -> Response:
    """Say what would be done, and ask."""
    event = await request.state["api"].find_event(request.path_params["id"])
    if event is None or not event.is_disownable:
        return _redirect_gone(request)
    sessions = [row for row in await load_rows(request) if not row.is_current]
    return await DISOWN.show(request, row=Row.of(event), sessions=sessions)


async def submit(request: Request[SignedIn]) -> Response:
    """Do it, and lead on to the form for a new password. Raises ConfirmationRequired: a thief is not to do it."""
    await read_form(request)
    if not await request.state["api"].disown_event(request.path_params["id"]):
        return _redirect_gone(request)
    return redirect(request, to=NEW_PASSWORD, flash=_("Everyone else is logged out. Now choose a new password."))


def _redirect_gone(request: Request[SignedIn]) -> Response:
    return redirect(request, to=HERE, flash=_("That can’t be found in your history any more. Nothing was changed."))
