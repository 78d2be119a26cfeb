"""Add a phone number to one's account, or change it, in a row of the profile or on a page of its own.

The new number is pending until the code is typed that was sent to it (pending.py).
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.phones import OwnPhone
from web.forms import drafts
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.phone.forms import CODE, NewNumberForm
from web.pages.phone.pending import CHANGE, make_new_number_form, show_changed, show_row, use_code
from web.pages.phone.rows import PhoneRow
from web.state import SignedIn


async def show(request: Request[SignedIn]) -> Response:
    """Show the form: empty, or as it was typed before an interruption."""
    own = await request.state["api"].get_own_phone()
    form = make_new_number_form(request, own, drafts.restore_draft(request))
    return drafts.clear_draft(request, await _show(request, form, own))


async def submit(request: Request[SignedIn]) -> Response:
    """Ask for the new number, or confirm the pending one with its code. The response is the same for a number that is
    another account's (no user enumeration)."""
    typed = await read_form(request)
    return await (use_code if CODE in typed else _request)(request, typed)


async def _request(request: Request[SignedIn], typed: Mapping[str, str]) -> Response:
    api = request.state["api"]
    own = await api.get_own_phone()
    form = make_new_number_form(request, own, typed)
    if form.is_valid():
        with form.taking_refusals():
            pad_response_time(request, MAIL)
            own = await api.request_phone(form["phone"])
            if own.pending:
                return show_row(request, _("Almost done. Enter the code from the SMS."), own)
            request.state["user"] = await api.get_user()
            return show_changed(request, own)
    return await _show(request, form, own)


async def _show(request: Request[SignedIn], form: NewNumberForm, own: OwnPhone) -> Response:
    """Show the form; on a page of its own beside the number that is pending."""
    return await CHANGE.show(request, form=form, edit=form, phone=PhoneRow.make(request, own))
