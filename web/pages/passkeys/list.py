"""The person's passkeys: the list, and the form that adds one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts, others
from web.http.body import read_form
from web.http.passkey_signals import signal_all
from web.i18n.locale import gettext as _
from web.pages.passkeys.forms import AddForm
from web.pages.passkeys.rows import make_rows
from web.rendering.pages import Page, redirect
from web.session import find_browser
from web.state import SignedIn

HERE = "/profile/passkeys"
AT = "at"  # in the query: the id of the row that gets the focus
PASSKEYS = Page("templates/passkeys/list.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show the list, and the form as it was typed before an interruption."""
    form = AddForm(others.restore_typed(request))
    return drafts.clear_draft(request, await _show(request, form))


async def submit(request: Request[SignedIn]) -> Response:
    """Add the passkey that the browser has made."""
    form = AddForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            await _add(request, form)
            return redirect(request, to=HERE, flash=others.add_others(_("Passkey added."), form))
    return await _show(request, form)


async def _add(request: Request[SignedIn], form: AddForm) -> None:
    api, browser = request.state["api"], find_browser(request)
    await api.add_passkey(form["credential"], browser, form["name"], end_others=bool(form[others.FIELD]))


async def load_list(request: Request[SignedIn]) -> dict[str, Any]:
    """Load what the list is made of: its `rows`, which of them gets the `focus`, and as it is whole and fresh, the
    `signals` of it."""
    own = await request.state["api"].get_passkeys()
    shown = {"rows": make_rows(request, own.passkeys), "signals": signal_all(request, own)}
    return {**shown, "edit": None, "focus": request.query_params.get(AT, "")}


async def _show(request: Request[SignedIn], form: AddForm) -> Response:
    return await PASSKEYS.show(request, form=form, **await load_list(request))
