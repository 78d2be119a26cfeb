"""Remove a passkey."""

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts, others
from web.forms.others import OthersForm
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
    if row is None:
        return redirect_gone(request)
    return drafts.clear_draft(request, await _show(request, OthersForm(others.restore_typed(request)), row))


async def submit(request: Request[SignedIn]) -> Response:
    """Remove it. The list that follows tells the browser, so that the device does not offer it any more."""
    form = OthersForm(await read_form(request))
    row = await _find(request)
    if row is None:
        return redirect_gone(request)
    is_last = await _is_last_factor(request)
    with form.taking_refusals():
        await request.state["api"].remove_passkey(row.id, end_others=bool(form[others.FIELD]))
    if form.has_errors:
        return await _show(request, form, row)
    flash = _("Removed “%(name)s”.") % {"name": row.name}
    if is_last:
        flash = " ".join([flash, _("Two-step verification is off.")])
    return redirect(request, to=HERE, flash=others.add_others(flash, form))


async def _show(request: Request[SignedIn], form: OthersForm, row: Row) -> Response:
    return await REMOVE.show(request, form=form, row=row, is_last=await _is_last_factor(request))


async def _find(request: Request[SignedIn]) -> Row | None:
    return find_row(request, (await load_list(request))["rows"])


async def _is_last_factor(request: Request[SignedIn]) -> bool:
    """Tell whether two-step verification is off once a passkey is removed."""
    factors = await request.state["api"].get_factors()
    return factors.two_step is not None and factors.passkeys == 1 and not factors.has_app
