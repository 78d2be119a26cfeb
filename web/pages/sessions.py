"""The devices a person is logged in on, and logging them out."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.body import read_form
from web.contract import Session
from web.language import gettext as _
from web.language import ngettext
from web.rendering import Page, fragment_or_redirect, redirect
from web.session import sign_out
from web.state import SignedIn
from web.wording import device_in_words

SESSION_PAGE = Page("templates/session.html")
ROW = "partials/session_row.html"
LIST = "partials/session_list.html"


@dataclass(frozen=True)
class Row:
    """A session as a page shows it. Its id is made by the site and safe to print, whatever the backend's token is."""

    id: str
    session: Session
    is_current: bool


async def load_sessions(request: Request[SignedIn]) -> Mapping[str, Any]:
    return {"sessions": await _rows(request), "focus": ""}


async def show(request: Request[SignedIn]) -> Response:
    row = await _find(request, request.path_params["id"])
    if row is None:
        return redirect(request, to="/profile", said=_("That session has ended already."))
    return await SESSION_PAGE.show(request, fragment=ROW, row=row)


async def end(request: Request[SignedIn]) -> Response:
    """Unknown, ended already, or somebody else's: one and the same answer, there is nothing left to end."""
    await read_form(request)
    ended = await _find(request, request.path_params["id"])
    if ended is None:
        return await _listed(request, _("That session has ended already."))
    if ended.is_current:
        return await sign_out(request, said=_("You are logged out."))
    await request.state["altogic"].sign_out(request.state["caller"], ended.session.token)
    words = _("%(device)s logged out.") % {"device": device_in_words(ended.session.device)}
    return await _listed(request, words, after=ended)


async def show_others(request: Request[SignedIn]) -> Response:
    count = sum(not row.is_current for row in await _rows(request))
    return await Page("templates/session_others.html").show(request, count=count)


async def end_others(request: Request[SignedIn]) -> Response:
    await read_form(request)
    count = sum(not row.is_current for row in await _rows(request))
    await request.state["altogic"].sign_out_all_except_current(request.state["caller"])
    words = ngettext("Logged out %(number)s other session.", "Logged out %(number)s other sessions.", count)
    return await _listed(request, words % {"number": count})


async def _listed(request: Request[SignedIn], said: str, after: Row | None = None) -> Response:
    """The list as it is now, the focus on what comes after the row that went, else on the heading."""
    rows = await _rows(request)
    began = after.session.began if after else None
    following = next((row.id for row in rows if began and not row.is_current and row.session.began <= began), "heading")
    return fragment_or_redirect(request, LIST, to="/profile", said=said, sessions=rows, focus=following)


async def _rows(request: Request[SignedIn]) -> list[Row]:
    """This browser's first, then the newest first."""
    caller = request.state["caller"]
    sessions = await request.state["altogic"].get_all_sessions(caller)
    key = request.state["site"].settings.secret_keys[0]
    rows = [Row(_session_id(key, session), session, session.token == caller.token) for session in sessions]
    return sorted(rows, key=lambda row: (row.is_current, row.session.began), reverse=True)


async def _find(request: Request[SignedIn], session_id: str) -> Row | None:
    """By the ids of every key, so that a page from before a change of keys still works."""
    rows = await _rows(request)
    keys = request.state["site"].settings.secret_keys
    ids = ((row, _session_id(key, row.session)) for row in rows for key in keys)
    return next((row for row, known in ids if hmac.compare_digest(known.encode(), session_id.encode())), None)


def _session_id(key: str, session: Session) -> str:
    """The first 16 hex digits of HMAC-SHA256(key, token)."""
    return hmac.new(key.encode(), session.token.encode(), hashlib.sha256).hexdigest()[:16]
