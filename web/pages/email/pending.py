"""A new address that waits to be confirmed: mailed again, or cancelled."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.errors import ApiError
from web.api.mail_shapes import PendingEmail
from web.forms.base import Form
from web.forms.email_typos import suggest_domain
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.entry.pending_mail import word_resent
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.state import SignedIn

ROW = "partials/email/row.html"
PENDING = Page("templates/email/pending.html", fragment=ROW)


class PendingForm(Form):
    """A button beside the pending address, which goes with it."""

    fields = ("new_email",)


async def show(request: Request[SignedIn]) -> Response:
    """Show the pending address with its buttons. Where none is pending, lead on to the form."""
    pending = await find_pending(request)
    if pending is None:
        return redirect(request, to="/profile/email")
    return await PENDING.show(request, edit=None, **describe_pending(request, pending))


async def cancel(request: Request[SignedIn]) -> Response:
    """Cancel the change. Whoever is too late is told what happened instead."""
    form = PendingForm(await read_form(request))
    flash = _("Cancelled. Your email address stays as it is.")
    if not await request.state["api"].cancel_email_change():
        flash = _word_too_late(request, form)
    return show_row(request, flash, None)


async def send_again(request: Request[SignedIn]) -> Response:
    """Mail the new address once more."""
    form = PendingForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            return await _send_again(request, form)
    shown = describe_pending(request, await find_pending(request), refused=form)
    return await PENDING.show(request, form=form, edit=None, **shown)


async def _send_again(request: Request[SignedIn], form: PendingForm) -> Response:
    pad_response_time(request, MAIL)
    try:
        pending = await request.state["api"].mail_new_email_again()
    except ApiError as refused:
        if "nothing_pending" not in refused.codes:
            raise
        return show_row(request, _word_too_late(request, form), None)
    return show_row(request, word_resent(request), pending)


async def find_pending(request: Request[SignedIn]) -> PendingEmail | None:
    """Find the pending address, unless the page was told it with the user."""
    return request.state["pending_email"] or await request.state["api"].find_pending_email()


def describe_pending(
    request: Request[SignedIn], pending: PendingEmail | None, refused: Form | None = None
) -> Mapping[str, Any]:
    """Return what the row shows of a pending address: whether its link has expired, the domain that was meant, and the
    form of a button that was `refused`."""
    is_expired = pending is not None and pending.expiry <= request.state["site"].clock()
    suggestion = suggest_domain(pending.email) if pending else ""
    return {"pending": pending, "is_expired": is_expired, "suggestion": suggestion, "refused": refused}


def _word_too_late(request: Request[SignedIn], form: PendingForm) -> str:
    if form["new_email"] and form["new_email"] == request.state["user"].email:
        return _("This address was confirmed already. It’s your email address now.")
    return _("No new email address was waiting any more.")


def show_row(
    request: Request[SignedIn], flash: str, pending: PendingEmail | None, *, also: Sequence[str] = ()
) -> Response:
    """Answer after a change with the row as it now is; `also`: other fragments that the change shows in."""
    shown = describe_pending(request, pending)
    return fragment_or_redirect(request, ROW, to="/profile", flash=flash, also=also, edit=None, **shown)
