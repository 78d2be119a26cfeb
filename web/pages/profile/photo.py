"""The signed-in person's photo."""

import contextlib

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.http.body import read_form, read_photo_form
from web.i18n.locale import gettext as _
from web.pages.profile.forms import PhotoForm
from web.pages.profile.profile import update_user
from web.pages.profile.who import WHO
from web.photos.decoder.refusal import PhotoRefused
from web.rendering.pages import Page, fragment_or_redirect
from web.state import SignedIn

PHOTO = "partials/profile/photo.html"
PHOTO_PAGE = Page("templates/profile/photo.html", fragment=PHOTO)
REMOVE_PAGE = Page("templates/profile/photo_remove.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show the form for the photo."""
    return await _show(request, PhotoForm())


async def change(request: Request[SignedIn]) -> Response:
    """Convert the uploaded photo, and save it."""
    form, site = PhotoForm(), request.state["site"]
    try:
        with form.taking_refusals():
            async with (
                site.photos.take_turn(request.state["user"].id),
                read_photo_form(request, "avatar", site.settings.data.folder) as posted,
            ):
                await _save(request, await site.photos.convert(posted.file))
    except PhotoRefused as refusal:
        form.reject_photo(refusal)
    return await _show(request, form) if form.has_errors else _show_changed(request, _("Photo saved."))


async def show_remove(request: Request[SignedIn]) -> Response:
    """Ask whether to remove the photo."""
    return await REMOVE_PAGE.show(request)


async def remove(request: Request[SignedIn]) -> Response:
    """Remove the photo; without one, nothing changes."""
    await read_form(request)
    user = request.state["user"]
    if user.photo:
        request.state["user"] = await request.state["api"].unset_user_field(user.id, "profilePicture")
        await _delete(request, user.photo)
    return _show_changed(request, _("Photo removed."))


async def _show(request: Request[SignedIn], form: PhotoForm) -> Response:
    return await PHOTO_PAGE.show(request, form=form, photo_form=form)


def _show_changed(request: Request[SignedIn], flash: str) -> Response:
    return fragment_or_redirect(request, PHOTO, also=(WHO,), to="/profile", flash=flash, photo_form=PhotoForm())


async def _save(request: Request[SignedIn], content: bytes) -> None:
    """Upload under a new address, so that no cache shows an old photo, and delete the file before."""
    user = request.state["user"]
    url = await request.state["api"].upload(f"user_{user.id}.webp", content, "image/webp", tags=["avatar"])
    try:
        await update_user(request, profilePicture=url)
    except ApiError:
        await _delete(request, url)
        raise
    if user.photo:
        await _delete(request, user.photo)


async def _delete(request: Request[SignedIn], url: str) -> None:
    """Delete a file. A refusal is ignored: one that is elsewhere is not ours, and one that stays does no harm."""
    with contextlib.suppress(ApiError):
        await request.state["api"].delete_file(url)
