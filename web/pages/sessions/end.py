"""Log out sessions: one, or all but this browser's."""

from starlette.requests import Request
from starlette.responses import Response

from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext
from web.pages.sessions.list import load_first_page, redirect_ended_already, show_list, show_list_without
from web.pages.sessions.rows import find_row, read_marks
from web.rendering.pages import Page
from web.session import sign_out
from web.state import SignedIn

END = Page("templates/sessions/end.html")
END_OTHERS = Page("templates/sessions/end_others.html")


async def show(request: Request[SignedIn]) -> Response:
    """Ask whether to log out the session."""
    row = await find_row(request)
    if row is None:
        return redirect_ended_already(request)
    return await END.show(request, row=row, edit=None, focus="", marks=read_marks(request.query_params))


async def submit(request: Request[SignedIn]) -> Response:
    """Log out the session. One that is unknown, has ended or is somebody else's gets the same answer."""
    await read_form(request)
    row = await find_row(request)
    if row is None:
        return await show_list(request, _("That session has already ended."))
    if row.is_current:
        return await sign_out(request, flash=_("You’re logged out."))
    await request.state["api"].sign_out(row.session.token)
    return await show_list_without(request, row, _("Logged out %(device)s.") % {"device": row.name_within})


async def show_others(request: Request[SignedIn]) -> Response:
    """Ask whether to log out all sessions but this browser's."""
    sessions = await load_first_page(request)
    return await END_OTHERS.show(request, count=sessions.others, marks=read_marks(request.query_params))


async def end_others(request: Request[SignedIn]) -> Response:
    """Log out all sessions but this browser's."""
    await read_form(request)
    count = (await load_first_page(request)).others
    await request.state["api"].sign_out_all_except_current()
    words = ngettext("Logged out %(number)s other session.", "Logged out %(number)s other sessions.", count)
    return await show_list(request, words % {"number": count})
