"""A new phone number that waits for its code: shown, sent another one, confirmed, or cancelled."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.errors import ApiError
from web.api.phones import OwnPhone
from web.forms.base import Form
from web.http.body import read_form
from web.http.htmx import wants_fragment
from web.i18n.locale import gettext as _
from web.pages.phone.forms import NUMBER, ButtonForm, NewNumberForm, SmsCodeForm, describe_numbers, word_sent_again
from web.pages.phone.rows import PhoneRow
from web.pages.profile.who import WHO
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.state import SignedIn

HERE = "/profile/phone"
PROFILE = "/profile"
ROW = "partials/phone/row.html"
CHANGE = Page("templates/phone/change.html", fragment=ROW)


async def show(request: Request[SignedIn]) -> Response:
    """Lead to the page that holds the pending number with its buttons."""
    return redirect(request, to=HERE)


async def cancel(request: Request[SignedIn]) -> Response:
    """Cancel the change. Whoever is too late is told what happened instead."""
    form, api = ButtonForm(await read_form(request)), request.state["api"]
    if not await api.cancel_phone_change():
        return await _show_too_late(request, form)
    own = await api.get_own_phone()
    stays = (
        _("Cancelled. Your phone number stays as it is.") if own.phone else _("Cancelled. No phone number was added.")
    )
    return show_row(request, stays, own)


async def send_again(request: Request[SignedIn]) -> Response:
    """Send another code to the new number."""
    form = ButtonForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            pad_response_time(request, MAIL)
            return await _send_again(request, form)
    return await _show_refused(request, form, refused=form)


async def use_code(request: Request[SignedIn], typed: Mapping[str, str]) -> Response:
    """Confirm the new number with its code. Whoever is too late is told what happened instead."""
    form = SmsCodeForm(typed)
    if form.is_valid():
        with form.taking_refusals():
            pad_response_time(request, MAIL)
            return await _use_code(request, form)
    return await _show_refused(request, form, code_form=form)


async def _send_again(request: Request[SignedIn], form: ButtonForm) -> Response:
    try:
        own = await request.state["api"].send_phone_code_again()
    except ApiError as refused:
        if "nothing_pending" not in refused.codes:
            raise
        return await _show_too_late(request, form)
    return show_row(request, word_sent_again(request), own)


async def _use_code(request: Request[SignedIn], form: SmsCodeForm) -> Response:
    api = request.state["api"]
    try:
        request.state["user"] = await api.confirm_phone(form.code)
    except ApiError as refused:
        if "phone_not_unique" not in refused.codes:
            raise
        return show_row(request, _word_taken(request), await api.get_own_phone())
    return show_changed(request, await api.get_own_phone())


def show_changed(request: Request[SignedIn], own: OwnPhone) -> Response:
    """Show the row of a number that was just added or changed."""
    return show_row(request, _("Phone number saved."), own, also=(WHO,))


def show_row(request: Request[SignedIn], flash: str, own: OwnPhone, *, also: Sequence[str] = ()) -> Response:
    """Answer after a change with the row as it now is; `also`: other fragments that the change shows in.

    A plain form is led to where the code can be typed at once: in the profile its field is far down, on a phone.
    """
    row = PhoneRow.make(request, own)
    to = HERE if row.takes_code else PROFILE
    return fragment_or_redirect(request, ROW, to=to, flash=flash, also=also, edit=None, phone=row)


def make_new_number_form(
    request: Request[SignedIn], own: OwnPhone, typed: Mapping[str, str] | None = None
) -> NewNumberForm:
    """Make the form for a number instead of one's own."""
    return NewNumberForm(typed, old=own.phone, **describe_numbers(request))


async def _show_refused(request: Request[SignedIn], form: Form, **forms: Any) -> Response:
    """Show the row again, or the page, where an empty form for another number is beside it."""
    own = await request.state["api"].get_own_phone()
    if own.pending is None:
        return await _show_too_late(request, form)
    edit = None if wants_fragment(request) else make_new_number_form(request, own)
    return await CHANGE.show(request, form=form, edit=edit, phone=PhoneRow.make(request, own, **forms))


async def _show_too_late(request: Request[SignedIn], form: Form) -> Response:
    """Show the row where nothing is pending any more, with what happened to the number that the form goes with."""
    own = await request.state["api"].get_own_phone()
    if form[NUMBER] and form[NUMBER] == own.phone:
        return show_row(request, _("This number was confirmed already. It’s your phone number now."), own, also=(WHO,))
    return show_row(request, _("No new phone number was waiting any more."), own)


def _word_taken(request: Request[SignedIn]) -> str:
    if request.state["user"].phone:
        return _("Another account has this phone number. Yours stays as it is.")
    return _("Another account has this phone number. It wasn’t added to yours.")
