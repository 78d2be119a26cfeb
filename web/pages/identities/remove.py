"""Disconnect an account at a provider."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.forms.base import Form
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.identities.list import HERE, load_rows
from web.pages.identities.rows import Row, find_row
from web.rendering.pages import Page, redirect
from web.state import SignedIn

REMOVE = Page("templates/identities/remove.html")


class RemoveForm(Form):
    """A button alone. `is_last`: nobody could log in without the account."""

    is_last = False

    def word(self, refused: Mapping[str, Any]) -> str:
        self.is_last = refused.get("code") == "last_way_in"
        if self.is_last:
            return _("This is your only way to log in. Set a password or connect another account first.")
        return super().word(refused)


async def show(request: Request[SignedIn]) -> Response:
    """Say what is lost with it, and ask."""
    row = find_row(request, await load_rows(request))
    return await REMOVE.show(request, form=RemoveForm(), row=row) if row else _redirect_gone(request)


async def submit(request: Request[SignedIn]) -> Response:
    """Disconnect it. Raises ConfirmationRequired."""
    form = RemoveForm(await read_form(request))
    row = find_row(request, await load_rows(request))
    if row is None:
        return _redirect_gone(request)
    if form.is_valid():
        with form.taking_refusals():
            await request.state["api"].remove_identity(row.id)
            return _tell_removed(request, row)
    return await REMOVE.show(request, form=form, row=row)


def _tell_removed(request: Request[SignedIn], row: Row) -> Response:
    """Say so, and forget in this browser that the provider was used."""
    provider, used = row.identity.provider, request.state["site"].cookies.used_provider
    flash = _("%(name)s disconnected. You can’t log in with it any more.") % {"name": provider.name}
    response = redirect(request, to=HERE, flash=flash)
    if used.read(request) == provider.id:
        used.clear(request, response)
    return response


def _redirect_gone(request: Request[SignedIn]) -> Response:
    return redirect(request, to=HERE, flash=_("That account has already been disconnected."))
