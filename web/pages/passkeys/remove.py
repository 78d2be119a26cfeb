"""Remove a passkey."""

from starlette.requests import Request
from starlette.responses import Response

from web.forms.base import Form
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.passkeys.list import HERE, load_list
from web.pages.passkeys.name import find_row, redirect_gone
from web.pages.passkeys.rows import Row
from web.rendering.pages import Page, redirect
from web.state import SignedIn

REMOVE = Page("templates/passkeys/remove.html")


async def show(request: Request[SignedIn]) -> Response:
    """Say what is lost with it, and ask."""
    row = await _find(request)
    return await REMOVE.show(request, form=Form(), row=row) if row else redirect_gone(request)


async def submit(request: Request[SignedIn]) -> Response:
    """Remove it. The list that follows tells the browser, so that the device does not offer it any more."""
    await read_form(request)
    row = await _find(request)
    if row is None:
        return redirect_gone(request)
    form = Form()
    with form.taking_refusals():
        await request.state["api"].remove_passkey(row.id)
    if form.has_errors:
        return await REMOVE.show(request, form=form, row=row)
    return redirect(request, to=HERE, flash=_("Removed “%(name)s”.") % {"name": row.name})


async def _find(request: Request[SignedIn]) -> Row | None:
    return find_row(request, (await load_list(request))["rows"])
