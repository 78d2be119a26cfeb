"""The signed-in person's own page, and the name on it. The photo is next door, in photo.py."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.api.shapes import User
from web.forms import drafts
from web.http.body import read_form
from web.http.owner import find_owner_id
from web.i18n.locale import activate_user_locale
from web.i18n.locale import gettext as _
from web.pages.email.pending import describe_pending
from web.pages.email.polling import answer_poll
from web.pages.phone.rows import load_row
from web.pages.preferences.rows import describe_zone
from web.pages.profile.forms import NameForm, PhotoForm
from web.pages.profile.who import WHO
from web.pages.sessions.list import NEWEST, load_first_page
from web.rendering.pages import Offer, Page, fragment_or_redirect, redirect
from web.state import SignedIn, Visit

NAME = "partials/profile/name.html"
PORTRAIT = "partials/profile/portrait.html"  # changes with the name: it may be initials
UNDO = "partials/profile/undo.html"
NAME_PAGE = Page("templates/profile/name.html", fragment=NAME)


@dataclass(frozen=True)
class NameEdit:
    """The name while it is edited. `name_before` is the saved name that the form was opened with.

    In a conflict it is the name saved meanwhile, in another tab or on another device.
    """

    form: NameForm
    name_before: str
    is_restored: bool = False  # from a draft
    is_conflict: bool = False


async def load_profile(request: Request[SignedIn]) -> Mapping[str, Any]:
    """Load what the profile page shows beside the user: the photo's form, and the newest sessions.

    `?at=ID`: with the focus on that row.
    """
    sessions = await load_first_page(request, NEWEST)
    if request.scope["query_string"] and (at := request.query_params.get("at", "")):
        sessions = replace(sessions, focus=f"label-{at}")
    pending = describe_pending(request, request.state["pending_email"])
    return {"photo_form": PhotoForm(), "sessions": sessions, **describe_zone(), **pending, **await load_row(request)}


PROFILE = Page("templates/profile/profile.html", load_profile)


async def show(request: Request[SignedIn]) -> Response:
    """Show the profile. The pages of the list of sessions have an address of their own now."""
    if request.scope["query_string"] and "after" in request.query_params:
        return redirect(request, to=f"/profile/sessions?{request.query_params}")
    return await answer_poll(request) or await PROFILE.show(request)


async def show_name(request: Request[SignedIn]) -> Response:
    """Show the form for the name."""
    typed = drafts.restore_draft(request)
    form = NameForm(typed or {"name": request.state["user"].name})
    edit = NameEdit(form, _name_before(request, typed), is_restored=bool(typed))
    return drafts.clear_draft(request, await NAME_PAGE.show(request, form=form, edit=edit))


async def save_name(request: Request[Visit]) -> Response | None:
    """Save the name by one call, which says whose it is as well. None where something else is to be said: by `rename`,
    which asks first."""
    with contextlib.suppress(ApiError, HTTPException):
        typed = await read_form(request)
        form = NameForm(typed)
        if form.is_valid() and (renamed := await _rename(request, form["name"], typed)):
            user, before = renamed
            request.state["user"] = user
            activate_user_locale(user)
            return _show_saved(request, typed.get("name_before", before), user.name, is_undo="undo" in typed)
    return None


async def _rename(request: Request[Visit], name: str, typed: Mapping[str, str]) -> tuple[User, str] | None:
    """Save the name if it is still the one that the form was opened with, and the page's user is who sends it."""
    api = request.state["api"]
    return await api.rename_me(name, user_id=find_owner_id(typed), expected=typed.get("name_before"))


async def rename(request: Request[SignedIn]) -> Response:
    """Save the name, or ask which one to keep if it was changed elsewhere since the form was opened."""
    typed = await read_form(request)
    form, before, now = NameForm(typed), _name_before(request, typed), request.state["user"].name
    form.needs_choice = now not in (before, form["name"])
    if form.is_valid():
        with form.taking_refusals():
            await update_user(request, name=form["name"])
            return _show_saved(request, before, form["name"], is_undo="undo" in typed)
    is_conflict = form.status == 409
    edit = NameEdit(form, now if is_conflict else before, is_conflict=is_conflict)
    return await NAME_PAGE.show(request, form=form, edit=edit)


async def update_user(request: Request[SignedIn], **values: Any) -> None:
    """Change fields of the signed-in user, named as in the contract. Raises ApiError."""
    user = request.state["user"]
    request.state["user"] = await request.state["api"].update_user(user.id, **values)


def _show_saved(request: Request[Any], before: str, now: str, *, is_undo: bool) -> Response:
    flash = _("Previous name restored.") if is_undo else _("Name saved.")
    offer = None if is_undo or now == before else Offer(UNDO, before)
    return fragment_or_redirect(request, NAME, also=(WHO, PORTRAIT), to="/profile", flash=flash, offer=offer, edit=None)


def _name_before(request: Request[SignedIn], typed: dict[str, str]) -> str:
    """Return the saved name that the form was opened with; it travels with the form."""
    return typed.get("name_before", request.state["user"].name)
