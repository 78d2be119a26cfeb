"""The list of sessions: the newest on the profile, all on a page of their own, with pagination."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext
from web.pages.sessions.rows import Row, has_id, load_rows, locate_row, make_rows, read_marks
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.state import SignedIn

LIST = "partials/sessions/session_list.html"
COUNT = "partials/sessions/session_count.html"  # on the overview alone
SESSIONS = Page("templates/sessions/list.html")
PAGE = 50  # rows at once
NEWEST = 5  # rows on the profile


@dataclass(frozen=True)
class SessionList:
    """One page of the list of sessions, or the newest alone."""

    rows: Sequence[Row]
    others: int  # sessions of this person besides this browser's, on all pages
    older: str = ""  # the id of the last row, where there are rows after it
    focus: str = ""  # "heading", or a control of a row and the row's id, such as "label-1f2e..."
    has_moved: bool = False  # whether rows moved under the pointer
    is_short: bool = False  # whether it is the list of the newest

    @property
    def total(self) -> int:
        return self.others + 1

    @property
    def current(self) -> Row | None:
        """This browser's, which is the first of all pages."""
        return self.rows[0] if self.rows and self.rows[0].is_current else None

    @property
    def elsewhere(self) -> Sequence[Row]:
        return self.rows[1:] if self.current else self.rows


async def load_sessions(request: Request[SignedIn]) -> SessionList | None:
    """Load one page of sessions.

    `?after=ID`: the page after that row, or None where the row is gone. `?at=ID`: the page holding it, with the focus
    on it. Otherwise the first page.
    """
    if not request.scope["query_string"]:
        return await load_first_page(request)
    after, at = request.query_params.get("after", ""), request.query_params.get("at", "")
    rows = await load_rows(request)
    place = next((index for index, row in enumerate(rows) if has_id(request, row, after or at)), None)
    if place is None:
        return None if after else _slice(rows, 0, PAGE)
    if after:
        page = _slice(rows, place + 1, place + 1 + PAGE)
        return replace(page, focus=f"details-{page.rows[0].id}") if page.rows else page
    return replace(_slice(rows, place // PAGE * PAGE, _end_of_page(place)), focus=f"label-{rows[place].id}")


async def load_first_page(request: Request[SignedIn], most: int = PAGE) -> SessionList:
    """Load the newest sessions, without loading all."""
    found, total = request.state["newest_sessions"] or await request.state["api"].get_newest_sessions(most)
    rows = make_rows(request, found)[:most]
    return SessionList(rows, total - 1, older=rows[-1].id if total > len(rows) else "", is_short=most == NEWEST)


async def show(request: Request[SignedIn]) -> Response:
    """Show the list; anew from its beginning where what is to go on after is gone, or rows would come twice."""
    sessions = await load_sessions(request)
    return await SESSIONS.show(request, sessions=sessions) if sessions else redirect(request, to="/profile/sessions")


async def show_list(request: Request[SignedIn], flash: str) -> Response:
    """Answer a change with the first page of the list, with the focus on its heading."""
    most = PAGE if read_marks(await read_form(request)) else NEWEST
    sessions = await load_first_page(request, most)
    return _show(request, replace(sessions, focus="heading"), flash)


async def show_list_without(request: Request[SignedIn], ended: Row, flash: str) -> Response:
    """Answer the end of a session with the list down to the row that follows it, which gets the focus."""
    rows, marks = await load_rows(request), read_marks(await read_form(request))
    place = next((index for index, row in enumerate(rows) if row.follows(ended)), len(rows))
    end = _end_of_page(min(place, len(rows) - 1)) if marks else NEWEST
    page = _slice(rows, 0, end, is_short=not marks)
    flash = f"{flash} {_word_others(page.others)}".strip()
    if place >= len(page.rows):
        return _show(request, replace(page, focus="heading"), flash)
    to = locate_row(rows[place].id, marks) if place >= PAGE else ""
    return _show(request, replace(page, focus=f"end-{rows[place].id}"), flash, to)


def _word_others(count: int) -> str:
    """Say how many other sessions are left; nothing where there are none."""
    words = ngettext(
        "%(number)s other session is still logged in.", "%(number)s other sessions are still logged in.", count
    )
    return words % {"number": count} if count else ""


def redirect_ended_already(request: Request[SignedIn]) -> Response:
    """Redirect to the profile, and say that the session has ended."""
    return redirect(request, to="/profile", flash=_("That session has already ended."))


def _show(request: Request[SignedIn], sessions: SessionList, flash: str, to: str = "") -> Response:
    to = to or ("/profile" if sessions.is_short else "/profile/sessions")
    also, moved = (COUNT,) if sessions.is_short else (), replace(sessions, has_moved=True)
    return fragment_or_redirect(request, LIST, to=to, flash=flash, also=also, sessions=moved)


def _slice(rows: Sequence[Row], start: int, end: int, *, is_short: bool = False) -> SessionList:
    """Return the rows from `start` up to `end` as a page."""
    older = rows[end - 1].id if end < len(rows) else ""
    return SessionList(rows[start:end], len(rows) - 1, older=older, is_short=is_short)


def _end_of_page(place: int) -> int:
    """Return where the page of a row ends."""
    return (place // PAGE + 1) * PAGE
