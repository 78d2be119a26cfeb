"""Log out the sessions that a log-in of the history has opened."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from web.api.shapes import Event
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext
from web.i18n.wording import format_device
from web.pages.history.list import HERE, load_page, read_place
from web.pages.history.rows import Row
from web.pages.sessions.rows import load_rows
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.state import SignedIn

EVENTS = "partials/history/events.html"
END = Page("templates/history/end.html")


async def show(request: Request[SignedIn]) -> Response:
    """Ask whether to log them out."""
    event = await request.state["api"].find_event(request.path_params["id"])
    sessions = [row for row in await load_rows(request) if event and row.session.token in event.open_sessions]
    if event is None or not sessions:
        return redirect(request, to=HERE, flash=_("That session has already ended."))
    return await END.show(request, row=Row.of(event), sessions=sessions, place=read_place(request.query_params))


async def submit(request: Request[SignedIn]) -> Response:
    """Log them out. Where none is open (any more), the answer is success, too."""
    place, api = read_place(await read_form(request)), request.state["api"]
    event = await api.find_event(request.path_params["id"])
    handles = event.open_sessions if event else ()
    for handle in handles:
        await api.sign_out(handle)
    to = f"{HERE}?{urlencode(place)}" if place else HERE
    context = await load_page(request, place)
    flash = _word_end(event, len(handles))
    return fragment_or_redirect(request, EVENTS, to=to, flash=flash, takes_focus=True, **context)


def _word_end(event: Event | None, count: int) -> str:
    if event is None or not count:
        return _("That session has already ended.")
    if count == 1 and event.device:
        return _("Logged out %(device)s.") % {"device": format_device(event.device)}
    words = ngettext("Logged out %(number)s other session.", "Logged out %(number)s other sessions.", count)
    return words % {"number": count}
