"""The person's passkeys: the list, and the form that adds one."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts
from web.http.body import read_form
from web.http.passkey_signals import signal_all
from web.i18n.locale import gettext as _
from web.pages.passkeys.forms import AddForm
from web.pages.passkeys.rows import make_rows
from web.rendering.pages import Page, redirect
from web.session import find_browser
from web.state import SignedIn

HERE = "/profile/passkeys"
PASSKEYS = Page("templates/passkeys/list.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show the list, and the form as it was typed before an interruption."""
    form = AddForm(drafts.restore_draft(request))
    return drafts.clear_draft(request, await _show(request, form))


async def submit(request: Request[SignedIn]) -> Response:
    """Add the passkey that the browser has made."""
    form = AddForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            await request.state["api"].add_passkey(form["credential"], find_browser(request), form["name"])
            return redirect(request, to=HERE, flash=_("Passkey added."))
    return await _show(request, form)


async def load_list(request: Request[SignedIn]) -> dict[str, Any]:
    """Load what the list is made of: its `rows` and, as it is whole and fresh, the `signals` of it."""
    own = await request.state["api"].get_passkeys()
    return {"rows": make_rows(request, own.passkeys), "signals": signal_all(request, own), "edit": None, "focus": ""}


async def _show(request: Request[SignedIn], form: AddForm) -> Response:
    return await PASSKEYS.show(request, form=form, **await load_list(request))
