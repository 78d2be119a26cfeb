"""The one page for whoever logs in while their account waits to be deleted: keep it, or delete it now."""

import contextlib
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.forms import drafts
from web.http.body import read_form
from web.http.owner import find_owner_id
from web.i18n.locale import gettext as _
from web.pages.data.forms import LeaveForm
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN, forget_session
from web.state import SignedIn, Visit

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


async def leave_at_once(request: Request[Visit]) -> Response | None:
    """Delete the account by one call, as `leave_at_once` of the other page leaves it."""
    with contextlib.suppress(ApiError, HTTPException):
        typed = await read_form(request)
        if LeaveForm(typed).is_valid():
            return await _leave_now(request, typed)
    return None


async def leave_now(request: Request[SignedIn]) -> Response:
    """Delete the account at once, unless it was kept meanwhile."""
    typed = await read_form(request)
    form = LeaveForm(typed)
    if request.state["user"].leaving is None:
        return _say_kept(request)
    if not form.is_valid():
        return await STAY.show(request, form=form)
    try:
        return await _leave_now(request, typed)
    except ApiError as refused:
        if "email_can_be_undone" in refused.codes:
            form.complaints.append(_word_not_now())
            return await STAY.show(request, form=form)
        if "not_leaving" not in refused.codes:
            raise
        return _say_kept(request)


async def _leave_now(request: Request[Any], typed: Mapping[str, str]) -> Response:
    await request.state["api"].leave_now(user_id=find_owner_id(typed))
    return forget_session(request, flash=_("Your account was deleted."))


def _word_not_now() -> str:
    return _(
        "Your email address was changed a few days ago. As long as that can be undone from the old one, your account "
        "can’t be deleted at once. Nothing was deleted."
    )


def _say_kept(request: Request[SignedIn]) -> Response:
    return redirect(request, to=AFTER_LOGIN, flash=_("Your account was kept meanwhile. Nothing was deleted."))
