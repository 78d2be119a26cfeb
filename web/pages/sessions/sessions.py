"""Where a person is logged in: the list, a name for each of its rows, and logging them out."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from serving.networks import network
from translations.devices import describe_device, entitle_device
from web.api.errors import ApiError
from web.api.shapes import Session
from web.forms import drafts
from web.forms.base import LabelForm
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.session import sign_out
from web.state import SignedIn

SESSION_PAGE = Page("templates/sessions/end.html")
LABEL_PAGE = Page("templates/sessions/label.html")
ROW = "partials/sessions/session_row.html"
LIST = "partials/sessions/session_list.html"
PAGE = 50  # rows at once


@dataclass(frozen=True)
class Row:
    """A session as a page shows it. Its id is made by the site and safe to print, whatever the backend's token is."""

    id: str
    session: Session
    is_current: bool
    is_near: bool  # on the network that this request came from
    unused: timedelta  # since it was last used
    number: int = 1  # among those of the same name, so that they can be told apart

    @property
    def name(self) -> str:
        """The session's name as a heading."""
        return self._name_by(entitle_device)

    @property
    def name_within(self) -> str:
        """The session's name within a sentence."""
        return self._name_by(describe_device)

    def _name_by(self, describe: Callable[[str, str], str]) -> str:
        name = self.session.label or describe(self.session.device.browser, self.session.device.system)
        return f"{name} ({self.number})" if self.number > 1 else name

    def follows(self, other: "Row") -> bool:
        return not self.is_current and self.session.began <= other.session.began


@dataclass(frozen=True)
class SessionList:
    """One page of the list of sessions."""

    rows: Sequence[Row]
    others: int  # sessions of this person besides this browser's, on all pages
    older: str = ""  # the id of the last row, where there are rows after it
    focus: str = ""  # "heading", or a control of a row and the row's id, such as "label-1f2e..."
    has_moved: bool = False  # whether rows moved under the pointer


@dataclass(frozen=True)
class LabelEdit:
    """The name of a session while it is edited."""

    form: LabelForm
    is_restored: bool = False


async def load_sessions(request: Request[SignedIn]) -> SessionList:
    """The rows after one, or those around one, to which the focus goes back; else, or where it is gone, the first."""
    after, at = request.query_params.get("after", ""), request.query_params.get("at", "")
    if not (after or at):
        return await _first_page(request)
    rows = await _all_rows(request)
    place = next((index for index, row in enumerate(rows) if _is(request, row, after or at)), None)
    if place is None:
        return _part(rows, 0, PAGE)
    if after:
        return _part(rows, place + 1, place + 1 + PAGE, focus="details")
    return replace(_part(rows, place // PAGE * PAGE, _end_of_page(place)), focus=f"label-{at}")


async def show(request: Request[SignedIn]) -> Response:
    row = await _find(request)
    if row is None:
        return _ended_already(request)
    return await SESSION_PAGE.show(request, fragment=ROW, row=row, edit=None, focus="")


async def show_label(request: Request[SignedIn]) -> Response:
    row = await _find(request)
    if row is None or not row.session.has_label:
        return _ended_already(request)
    typed = drafts.restore_typed(request)
    edit = LabelEdit(LabelForm(typed or {"label": row.session.label}), is_restored=bool(typed))
    return drafts.shown(request, await LABEL_PAGE.show(request, fragment=ROW, row=row, edit=edit, focus=""))


async def label(request: Request[SignedIn]) -> Response:
    typed = await read_form(request)
    form, row, status = LabelForm(typed), await _find(request), 422
    if row is None:
        return _ended_already(request)
    if form.is_valid():
        try:
            await request.state["api"].label_session(row.session.token, form["label"])
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            row, flash = await _find(request) or row, _("Name saved.") if form["label"] else _("Name removed.")
            shown: dict[str, Any] = {"row": row, "edit": None, "focus": f"label-{row.id}"}
            return fragment_or_redirect(request, ROW, to=_page_at(row), flash=flash, **shown)
    return await LABEL_PAGE.show(request, fragment=ROW, status=status, row=row, edit=LabelEdit(form), focus="")


async def end(request: Request[SignedIn]) -> Response:
    """Unknown, ended already, or somebody else's: one and the same answer, there is nothing left to end."""
    await read_form(request)
    ended = await _find(request)
    if ended is None:
        return await _listed(request, _("That session has already ended."))
    if ended.is_current:
        return await sign_out(request, flash=_("You’re logged out."))
    await request.state["api"].sign_out(ended.session.token)
    return await _listed(request, _("Logged out %(device)s.") % {"device": ended.name_within}, after=ended)


async def show_others(request: Request[SignedIn]) -> Response:
    others = (await _first_page(request)).others
    return await Page("templates/sessions/end_others.html").show(request, count=others)


async def end_others(request: Request[SignedIn]) -> Response:
    await read_form(request)
    count = (await _first_page(request)).others
    await request.state["api"].sign_out_all_except_current()
    words = ngettext("Logged out %(number)s other session.", "Logged out %(number)s other sessions.", count)
    return await _listed(request, words % {"number": count})


def _ended_already(request: Request[SignedIn]) -> Response:
    return redirect(request, to="/profile", flash=_("That session has already ended."))


async def _listed(request: Request[SignedIn], flash: str, after: Row | None = None) -> Response:
    """The list as it is now, the focus on what comes after the row that went, else on the heading."""
    if after is None:
        sessions, to = replace(await _first_page(request), focus="heading"), "/profile"
    else:
        sessions, to = await _page_without(request, after)
        words = ngettext(
            "%(number)s other session is still logged in.",
            "%(number)s other sessions are still logged in.",
            sessions.others,
        )
        flash = f"{flash} {words % {'number': sessions.others}}" if sessions.others else flash
    return fragment_or_redirect(request, LIST, to=to, flash=flash, sessions=replace(sessions, has_moved=True))


async def _page_without(request: Request[SignedIn], ended: Row) -> tuple[SessionList, str]:
    """From the first row to the page of the one that follows, so that nobody is thrown back to the beginning; and
    where that page is."""
    rows = await _all_rows(request)
    place = next((index for index, row in enumerate(rows) if row.follows(ended)), len(rows))
    page = _part(rows, 0, _end_of_page(min(place, len(rows) - 1)))
    if place == len(rows):
        return replace(page, focus="heading"), "/profile"
    return replace(page, focus=f"end-{rows[place].id}"), _page_at(rows[place]) if place >= PAGE else "/profile"


async def _first_page(request: Request[SignedIn]) -> SessionList:
    found, total = await request.state["api"].get_newest_sessions(PAGE)
    rows = _rows(request, found)[:PAGE]
    return SessionList(rows, total - 1, older=rows[-1].id if total > len(rows) else "")


def _part(rows: Sequence[Row], start: int, end: int, focus: str = "") -> SessionList:
    """Of all the rows some; `focus`: which control of the first of them has it."""
    shown, older = rows[start:end], rows[end - 1].id if end < len(rows) else ""
    focus = f"{focus}-{shown[0].id}" if focus and shown else ""
    return SessionList(shown, len(rows) - 1, older, focus)


def _end_of_page(place: int) -> int:
    return (place // PAGE + 1) * PAGE


def _page_at(row: Row) -> str:
    return f"/profile?at={row.id}"


async def _find(request: Request[SignedIn]) -> Row | None:
    return next((row for row in await _all_rows(request) if _is(request, row, request.path_params["id"])), None)


async def _all_rows(request: Request[SignedIn]) -> list[Row]:
    return _rows(request, await request.state["api"].get_all_sessions())


def _rows(request: Request[SignedIn], sessions: Sequence[Session]) -> list[Row]:
    """This browser's first, then the newest first."""
    rows = [_row(request, session) for session in sessions]
    return list(_number_equals(sorted(rows, key=lambda row: (row.is_current, row.session.began), reverse=True)))


def _number_equals(rows: Iterable[Row]) -> Iterator[Row]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.name] += 1
        yield replace(row, number=counts[row.name])


def _row(request: Request[SignedIn], session: Session) -> Row:
    client, site = request.state["api"].client, request.state["site"]
    is_near = bool(session.address) and network(session.address) == network(client.address)
    unused = site.clock() - (session.last_seen or session.began)
    session_id = _session_id(site.settings.secrets.signing_keys[0], session)
    return Row(session_id, session, session.token == client.token, is_near, unused)


def _is(request: Request[SignedIn], row: Row, row_id: str) -> bool:
    """By the id of every key, so that a page from before a change of keys still works."""
    ids = (_session_id(key, row.session) for key in request.state["site"].settings.secrets.signing_keys)
    return any(hmac.compare_digest(known.encode(), row_id.encode()) for known in ids)


def _session_id(key: str, session: Session) -> str:
    """The first 16 hex digits of HMAC-SHA256(key, token)."""
    return hmac.new(key.encode(), session.token.encode(), hashlib.sha256).hexdigest()[:16]
