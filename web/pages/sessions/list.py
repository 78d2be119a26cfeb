"""The list of sessions on the profile page, with pagination."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext
from web.pages.sessions.rows import Row, has_id, load_rows, make_rows
from web.rendering.pages import fragment_or_redirect, redirect
from web.state import SignedIn

LIST = "partials/sessions/session_list.html"
PAGE = 50  # rows at once


@dataclass(frozen=True)
class SessionList:
    """One page of the list of sessions."""

    rows: Sequence[Row]
    others: int  # sessions of this person besides this browser's, on all pages
    older: str = ""  # the id of the last row, where there are rows after it
    focus: str = ""  # "heading", or a control of a row and the row's id, such as "label-1f2e..."
    has_moved: bool = False  # whether rows moved under the pointer


async def load_sessions(request: Request[SignedIn]) -> SessionList:
    """Load one page of sessions.

    `?after=ID`: the page after that row; `?at=ID`: the page holding it, with the focus on it. Otherwise, or where the
    row is gone, the first page.
    """
    if not request.scope["query_string"]:
        return await load_first_page(request)
    after, at = request.query_params.get("after", ""), request.query_params.get("at", "")
    rows = await load_rows(request)
    place = next((index for index, row in enumerate(rows) if has_id(request, row, after or at)), None)
    if place is None:
        return _slice(rows, 0, PAGE)
    if after:
        page = _slice(rows, place + 1, place + 1 + PAGE)
        return replace(page, focus=f"details-{page.rows[0].id}") if page.rows else page
    return replace(_slice(rows, place // PAGE * PAGE, _end_of_page(place)), focus=f"label-{at}")


async def load_first_page(request: Request[SignedIn]) -> SessionList:
    """Load the newest sessions, without loading all."""
    found, total = request.state["newest_sessions"] or await request.state["api"].get_newest_sessions(PAGE)
    rows = make_rows(request, found)[:PAGE]
    return SessionList(rows, total - 1, older=rows[-1].id if total > len(rows) else "")


async def show_list(request: Request[SignedIn], flash: str) -> Response:
    """Answer a change with the first page of the list, with the focus on its heading."""
    return _show(request, replace(await load_first_page(request), focus="heading"), "/profile", flash)


async def show_list_without(request: Request[SignedIn], ended: Row, flash: str) -> Response:
    """Answer the end of a session with the list down to the row that follows it, which gets the focus."""
    rows = await load_rows(request)
    place = next((index for index, row in enumerate(rows) if row.follows(ended)), len(rows))
    page = _slice(rows, 0, _end_of_page(min(place, len(rows) - 1)))
    words = ngettext(
        "%(number)s other session is still logged in.", "%(number)s other sessions are still logged in.", page.others
    )
    flash = f"{flash} {words % {'number': page.others}}" if page.others else flash
    if place == len(rows):
        return _show(request, replace(page, focus="heading"), "/profile", flash)
    to = rows[place].path if place >= PAGE else "/profile"
    return _show(request, replace(page, focus=f"end-{rows[place].id}"), to, flash)


def redirect_ended_already(request: Request[SignedIn]) -> Response:
    """Redirect to the profile, and say that the session has ended."""
    return redirect(request, to="/profile", flash=_("That session has already ended."))


def _show(request: Request[SignedIn], sessions: SessionList, to: str, flash: str) -> Response:
    return fragment_or_redirect(request, LIST, to=to, flash=flash, sessions=replace(sessions, has_moved=True))


def _slice(rows: Sequence[Row], start: int, end: int) -> SessionList:
    """Return the rows from `start` up to `end` as a page."""
    return SessionList(rows[start:end], len(rows) - 1, older=rows[end - 1].id if end < len(rows) else "")


def _end_of_page(place: int) -> int:
    return (place // PAGE + 1) * PAGE
