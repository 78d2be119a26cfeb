"""The signed-in person's own page: name and photo. Sessions are next door, in sessions.py."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.api.shapes import User
from web.forms import drafts
from web.forms.base import NameForm, PhotoForm
from web.http.body import read_form, read_photo_form
from web.i18n.locale import gettext as _
from web.pages.sessions.sessions import load_sessions
from web.photos.decoder.refusal import Refused
from web.rendering.pages import Page, fragment_or_redirect
from web.state import SignedIn

NAME_PAGE = Page("templates/profile/name.html")
PHOTO_PAGE = Page("templates/profile/avatar.html")
NAME = "partials/profile/name.html"
PHOTO = "partials/profile/avatar.html"
PORTRAIT = "partials/profile/portrait.html"  # of photo and name: it changes with either


@dataclass(frozen=True)
class NameEdit:
    """The name while it is edited. `name_before`: the one saved when the form was opened, in a conflict that of now."""

    form: NameForm
    name_before: str
    is_restored: bool = False
    is_conflict: bool = False


async def load_profile(request: Request[SignedIn]) -> Mapping[str, Any]:
    """Load what the profile page shows beside the user: the photo's form, and the list of sessions."""
    return {"photo_form": PhotoForm(), "sessions": await load_sessions(request)}


PROFILE = Page("templates/profile/profile.html", load_profile)


async def show(request: Request[SignedIn]) -> Response:
    return await PROFILE.show(request)


async def show_name(request: Request[SignedIn]) -> Response:
    typed = drafts.restore_typed(request)
    form = NameForm(typed or {"name": request.state["user"].name})
    edit = NameEdit(form, _name_before(request, typed), is_restored=bool(typed))
    return drafts.shown(request, await NAME_PAGE.show(request, fragment=NAME, edit=edit))


async def rename(request: Request[SignedIn]) -> Response:
    typed = await read_form(request)
    form, before, status = NameForm(typed), _name_before(request, typed), 422
    if form.is_valid() and _changed_meanwhile(request, form, before):
        return await _ask_which(request, form)
    if not form.has_errors:
        try:
            await _update(request, name=form["name"])
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            flash, undo = (
                (_("Previous name restored."), "") if "undo" in typed else (_("Name saved."), _undo(form, before))
            )
            return fragment_or_redirect(request, NAME, also=PORTRAIT, to="/profile", flash=flash, undo=undo, edit=None)
    return await NAME_PAGE.show(request, fragment=NAME, status=status, edit=NameEdit(form, before))


async def show_photo(request: Request[SignedIn]) -> Response:
    return await PHOTO_PAGE.show(request, fragment=PHOTO, photo_form=PhotoForm())


async def change_photo(request: Request[SignedIn]) -> Response:
    form, status, site = PhotoForm(), 422, request.state["site"]
    try:
        async with (
            site.photos.take_turn(request.state["user"].id),
            read_photo_form(request, "avatar", site.settings.data.folder) as posted,
        ):
            await _keep_photo(request, await site.photos.convert(posted.file))
    except Refused as refusal:
        form.refuse(refusal)
    except ApiError as refusal:
        status = form.reject(refusal)
    else:
        return fragment_or_redirect(
            request, PHOTO, also=PORTRAIT, to="/profile", flash=_("Photo saved."), photo_form=form
        )
    return await PHOTO_PAGE.show(request, fragment=PHOTO, status=status, photo_form=form)


async def remove_photo(request: Request[SignedIn]) -> Response:
    await read_form(request)
    user = request.state["user"]
    if user.photo:
        request.state["user"] = await request.state["api"].unset_user_field(user.id, "profilePicture")
        await _delete(request, user.photo)
    flash = _("Photo removed.")
    return fragment_or_redirect(request, PHOTO, also=PORTRAIT, to="/profile", flash=flash, photo_form=PhotoForm())


async def show_remove_photo(request: Request[SignedIn]) -> Response:
    return await Page("templates/profile/avatar_remove.html").show(request)


def _name_before(request: Request[SignedIn], typed: dict[str, str]) -> str:
    """The name as it was when the form was opened; it travels with the form."""
    return typed.get("name_before", request.state["user"].name)


def _changed_meanwhile(request: Request[SignedIn], form: NameForm, before: str) -> bool:
    """In another tab or on another device, and to something else than what was typed here."""
    return request.state["user"].name not in (before, form["name"])


async def _ask_which(request: Request[SignedIn], form: NameForm) -> Response:
    """Nothing is overwritten unseen: both names are shown, and the choice."""
    edit = NameEdit(form, request.state["user"].name, is_conflict=True)
    return await NAME_PAGE.show(request, fragment=NAME, status=409, edit=edit)


def _undo(form: NameForm, before: str) -> str:
    """The name to offer back; where nothing changed there is nothing to undo."""
    return "" if form["name"] == before else before


async def _keep_photo(request: Request[SignedIn], content: bytes) -> None:
    """A new address for each version, so that no stale photo is shown; the old one is deleted."""
    user: User = request.state["user"]
    url = await request.state["api"].upload(f"user_{user.id}.webp", content, "image/webp", tags=["avatar"])
    try:
        await _update(request, profilePicture=url)
    except ApiError:
        await _delete(request, url)
        raise
    if user.photo:
        await _delete(request, user.photo)


async def _update(request: Request[SignedIn], **values: Any) -> None:
    user = request.state["user"]
    request.state["user"] = await request.state["api"].update_user(user.id, **values)


async def _delete(request: Request[SignedIn], url: str) -> None:
    """A photo that stays behind harms nobody, and one that is elsewhere is not ours to delete."""
    with contextlib.suppress(ApiError):
        await request.state["api"].delete_file(url)
