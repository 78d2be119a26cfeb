"""Change one's own address, in a row of the profile or on a page of its own.

With our own backend the new one is pending until it is confirmed (pending.py). Altogic only mails it a link.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.errors import ApiError
from web.forms import drafts
from web.forms.email_typos import correct_address
from web.http.body import read_form
from web.http.htmx import wants_fragment
from web.i18n.locale import gettext as _
from web.pages.email.forms import NewEmailForm, make_new_email_form
from web.pages.email.pending import CHANGE, describe_pending, find_pending, show_changed, show_row
from web.pages.email.polling import answer_poll
from web.pages.entry.pending_mail import ask_for_mail
from web.state import SignedIn


async def show(request: Request[SignedIn]) -> Response:
    """Show the form: empty, as it was typed before an interruption, or with `?corrected` without its typo."""
    if polled := await answer_poll(request):
        return polled
    typed = drafts.restore_draft(request) or await _correct(request)
    return drafts.clear_draft(request, await _show(request, make_new_email_form(request, typed)))


async def submit(request: Request[SignedIn]) -> Response:
    """Ask for the new address. The response is the same for one that is another account's (no user enumeration)."""
    form = make_new_email_form(request, await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            pad_response_time(request, MAIL)
            is_pending_shown = request.state["api"].capabilities.offers("emails.pending")
            return await (_request if is_pending_shown else _request_at_altogic)(request, form)
    return await _show(request, form)


async def _show(request: Request[SignedIn], form: NewEmailForm) -> Response:
    """Show the form; on a page of its own beside the address that is pending."""
    shown: Mapping[str, Any] = {}
    if not wants_fragment(request):
        shown = describe_pending(request, await find_pending(request))
    return await CHANGE.show(request, form=form, edit=form, **shown)


async def _correct(request: Request[SignedIn]) -> dict[str, str]:
    """Return the pending address without its typo, where the page that hints at that leads here."""
    pending = await find_pending(request) if "corrected" in request.query_params else None
    corrected = correct_address(pending.email) if pending else ""
    return {"new_email": corrected} if corrected else {}


async def _request(request: Request[SignedIn], form: NewEmailForm) -> Response:
    api = request.state["api"]
    pending = await api.request_email(form["new_email"], form["current_password"])
    if pending is None:
        request.state["user"] = await api.get_user()
        return show_changed(request)
    return show_row(request, _word_mailed(pending.email), pending)


async def _request_at_altogic(request: Request[SignedIn], form: NewEmailForm) -> Response:
    """Ask Altogic, which tells of a taken address: its owner is mailed a login link, and nobody else is told."""
    api, new = request.state["api"], form["new_email"]
    try:
        request.state["user"] = await api.change_email(new, form["current_password"])
    except ApiError as refused:
        if "email_not_unique" not in refused.codes or not request.state["site"].email_confirmation:
            raise
        await ask_for_mail(api.as_guest().send_magic_link_email(new))
    is_changed = request.state["user"].email == new
    return show_changed(request) if is_changed else show_row(request, _word_mailed(new), None)


def _word_mailed(email: str) -> str:
    return _("Almost done. Open the link that we emailed to %(email)s.") % {"email": email}
