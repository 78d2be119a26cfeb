"""Delete the account now: ask for the email that confirms it, and type its code. Its link: `pages/links/delete.py`."""

import contextlib
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.forms.base import Form
from web.http.body import read_form
from web.http.owner import find_owner_id
from web.i18n.locale import gettext as _
from web.pages.data.forms import DeleteForm, LeaveForm
from web.pages.data.stay import STAY
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN, forget_session
from web.state import SignedIn, Visit

HERE = "/profile/leave/now/code"
REFUSED = "refused"  # in the state of a request: what its code came to
CODE = Page("templates/data/delete.html", fragment="partials/data/delete_form.html")


async def ask(request: Request[SignedIn]) -> Response:
    """Ask for the email, which nothing is deleted without."""
    typed = await read_form(request)
    form = LeaveForm(typed)
    if request.state["user"].leaving is None:
        return _say_kept(request)
    if form.is_valid():
        try:
            await request.state["api"].mail_deletion(user_id=find_owner_id(typed))
            return redirect(request, to=HERE, flash=_word_mailed(request))
        except ApiError as refused:
            if "not_leaving" in refused.codes:
                return _say_kept(request)
            form.reject(refused)
    return await STAY.show(request, form=form)


async def show(request: Request[SignedIn]) -> Response:
    """Show the form for the code of the email, to whoever is leaving."""
    if request.state["user"].leaving is None:
        return redirect(request, to=AFTER_LOGIN)
    return await _show(request, DeleteForm())


async def delete_at_once(request: Request[Visit]) -> Response | None:
    """Delete the account by one call, whose second, of a double click, is answered like the first though its session
    has ended. None where something else is to be said: by `submit`, which knows who it is, and tries no code again."""
    with contextlib.suppress(HTTPException):
        typed = await read_form(request)
        form = DeleteForm(typed)
        if form.is_valid():
            try:
                return await _delete(request, form, typed)
            except ApiError as refused:
                request.scope["state"][REFUSED] = refused
    return None


async def submit(request: Request[SignedIn]) -> Response:
    """Say why the account is not deleted."""
    form, refused = DeleteForm(await read_form(request)), request.scope["state"].get(REFUSED)
    if request.state["user"].leaving is None:
        return _say_kept(request)
    if form.is_valid() and refused:
        form.reject(refused)
    return await _show(request, form)


async def _delete(request: Request[Any], form: DeleteForm, typed: Mapping[str, str]) -> Response:
    await request.state["api"].delete_by_code(form["code"], user_id=find_owner_id(typed))
    return forget_session(request, flash=_("Your account was deleted."))


async def _show(request: Request[SignedIn], form: Form) -> Response:
    return await CODE.show(request, form=form)


def _word_mailed(request: Request[SignedIn]) -> str:
    return _("We’ve emailed %(email)s. Nothing is deleted yet.") % {"email": request.state["user"].email}


def _say_kept(request: Request[SignedIn]) -> Response:
    return redirect(request, to=AFTER_LOGIN, flash=_("Your account was kept meanwhile. Nothing was deleted."))
