"""Leave: ask for the account to be deleted, in two weeks, with everything in it."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from translations.formatting import format_date
from web.api.errors import ApiError
from web.forms import drafts
from web.http.body import read_form
from web.http.owner import find_owner_id
from web.i18n.locale import gettext as _
from web.pages.data.forms import LeaveForm
from web.rendering.pages import Page
from web.session import forget_session
from web.state import SignedIn, Visit

LEAVE = Page("templates/data/leave.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show what follows from it, and the form."""
    form = LeaveForm(drafts.restore_draft(request))
    return drafts.clear_draft(request, await LEAVE.show(request, form=form))


async def leave_at_once(request: Request[Visit]) -> Response | None:
    """Leave by one call, whose second, of a double click, is answered like the first though its session has ended. None
    where something else is to be said: by `submit`, which knows who it is."""
    with contextlib.suppress(ApiError, HTTPException):
        typed = await read_form(request)
        if LeaveForm(typed).is_valid():
            return await _leave(request, typed)
    return None


async def submit(request: Request[SignedIn]) -> Response:
    """Leave, or say what is missing."""
    typed = await read_form(request)
    form = LeaveForm(typed)
    if form.is_valid():
        with form.taking_refusals():
            return await _leave(request, typed)
    return await LEAVE.show(request, form=form)


async def _leave(request: Request[Any], typed: Mapping[str, str]) -> Response:
    leaving = await request.state["api"].leave(user_id=find_owner_id(typed))
    return forget_session(request, flash=_word_leaving(leaving))


def _word_leaving(leaving: datetime) -> str:
    words = _("Your account will be deleted on %(date)s. Log in before then if you want to keep it.")
    return words % {"date": format_date(leaving)}
