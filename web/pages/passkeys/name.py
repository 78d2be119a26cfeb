"""The name that a person gives to a passkey, in its row or on a page of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.passkeys.forms import NameForm
from web.pages.passkeys.list import HERE, load_list
from web.pages.passkeys.rows import Row
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.state import SignedIn

LIST = "partials/passkeys/list.html"
NAME = Page("templates/passkeys/name.html", fragment=LIST)


@dataclass(frozen=True)
class NameEdit:
    """The row whose name is edited."""

    row: Row
    form: NameForm
    is_restored: bool = False  # from a draft


async def show(request: Request[SignedIn]) -> Response:
    """Show the list with a form for the name in its row."""
    shown = await load_list(request)
    row = find_row(request, shown["rows"])
    if row is None:
        return redirect_gone(request)
    typed = drafts.restore_draft(request)
    edit = NameEdit(row, NameForm(typed or {"name": row.passkey.name}), is_restored=bool(typed))
    return drafts.clear_draft(request, await NAME.show(request, form=edit.form, **{**shown, "edit": edit}))


async def submit(request: Request[SignedIn]) -> Response:
    """Save the name; an empty one removes it."""
    form = NameForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            await request.state["api"].rename_passkey(request.path_params["id"], form["name"])
    shown = await load_list(request)
    row = find_row(request, shown["rows"])
    if row is None:
        return redirect_gone(request)
    if form.has_errors:
        return await NAME.show(request, form=form, **{**shown, "edit": NameEdit(row, form)})
    flash = _("Name saved.") if form["name"] else _("Name removed.")
    return fragment_or_redirect(request, LIST, to=HERE, flash=flash, **{**shown, "focus": row.id})


def find_row(request: Request[SignedIn], rows: Iterable[Row]) -> Row | None:
    """Find the row that the path names; None where it is gone, or somebody else's."""
    return next((row for row in rows if row.id == request.path_params["id"]), None)


def redirect_gone(request: Request[SignedIn]) -> Response:
    """Redirect to the list, and say that the passkey is gone."""
    return redirect(request, to=HERE, flash=_("That passkey has already been removed."))
