"""A new address that waits to be confirmed: shown, mailed again, confirmed by the code of its mail, or cancelled."""

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
from web.http.htmx import wants_fragment
from web.i18n.locale import gettext as _
from web.pages.email.forms import EmailCodeForm, PendingForm, make_new_email_form
from web.pages.entry.pending_mail import word_resent
from web.pages.profile.who import WHO
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.rendering.polling import choose_pause, hash_shown
from web.state import SignedIn

HERE = "/profile/email"
PROFILE = "/profile"
ROW = "partials/email/row.html"
CHANGE = Page("templates/email/change.html", fragment=ROW)


async def show(request: Request[SignedIn]) -> Response:
    """Lead to the page that holds the pending address with its buttons."""
    return redirect(request, to=HERE)


async def cancel(request: Request[SignedIn]) -> Response:
    """Cancel the change. Whoever is too late is told what happened instead."""
    form = PendingForm(await read_form(request))
    if await request.state["api"].cancel_email_change():
        return show_row(request, _word_cancelled(request), None)
    return await _show_too_late(request, form)


async def send_again(request: Request[SignedIn]) -> Response:
    """Mail the new address once more."""
    form = PendingForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            pad_response_time(request, MAIL)
            return await _send_again(request, form)
    return await _show_refused(request, form, await find_pending(request), refused=form)


async def use_code(request: Request[SignedIn]) -> Response:
    """Confirm the pending address with the code of its mail. Whoever is too late is told what happened instead."""
    form = EmailCodeForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            pad_response_time(request, MAIL)
            return await _use_code(request, form)
    pending = await request.state["api"].find_pending_email()
    if pending is None:
        return await _show_too_late(request, form)
    return await _show_refused(request, form, pending, code_form=form)


async def _send_again(request: Request[SignedIn], form: PendingForm) -> Response:
    try:
        pending = await request.state["api"].mail_new_email_again()
    except ApiError as refused:
        if "nothing_pending" not in refused.codes:
            raise
        return await _show_too_late(request, form)
    return show_row(request, word_resent(request), pending)


async def _use_code(request: Request[SignedIn], form: EmailCodeForm) -> Response:
    try:
        request.state["user"] = await request.state["api"].confirm_email(form["code"])
    except ApiError as refused:
        if "email_not_unique" not in refused.codes:
            raise
        return show_row(request, _("Another account has this email address by now. Yours stays as it is."), None)
    return show_changed(request)


async def find_pending(request: Request[SignedIn]) -> PendingEmail | None:
    """Find the pending address, unless the page was told it with the user."""
    return request.state["pending_email"] or await request.state["api"].find_pending_email()


def describe_pending(
    request: Request[SignedIn],
    pending: PendingEmail | None,
    *,
    refused: Form | None = None,
    code_form: EmailCodeForm | None = None,
) -> Mapping[str, Any]:
    """Return what is shown of a pending address.

    Whether its link has expired, the domain that was meant, the form of a button that was `refused`; in the session
    that asked for it (`takes_code`) the form for its code, whether that is over, and how to poll.
    """
    now = request.state["site"].clock()
    is_expired = pending is not None and pending.expiry <= now
    code_expiry = None if pending is None or is_expired else pending.code_expiry
    return {
        "pending": pending,
        "is_expired": is_expired,
        "suggestion": suggest_domain(pending.email) if pending else "",
        "refused": refused,
        "takes_code": code_expiry is not None,
        "code_form": code_form or EmailCodeForm(),
        "is_code_over": code_expiry is not None and code_expiry <= now,
        "is_ended": False,
        "poll": choose_pause(request, pending.mailed) if pending and code_expiry else 0,
        "seen": hash_shown(pending, is_expired),
    }


async def _show_refused(request: Request[SignedIn], form: Form, pending: PendingEmail | None, **shown: Any) -> Response:
    """Show the row again, or the page, where an empty form for another address is beside it."""
    edit = None if wants_fragment(request) else make_new_email_form(request)
    return await CHANGE.show(request, form=form, edit=edit, **describe_pending(request, pending, **shown))


async def _show_too_late(request: Request[SignedIn], form: Form) -> Response:
    """Show the row where nothing is pending any more, with what happened to the address that the form goes with."""
    request.state["user"] = await request.state["api"].get_user()
    is_confirmed = form["pending"] and form["pending"] == request.state["user"].email
    if is_confirmed:
        return show_row(
            request, _("This address was confirmed already. It’s your email address now."), None, also=(WHO,)
        )
    return show_row(request, _("No new email address was waiting any more."), None)


def _word_cancelled(request: Request[SignedIn]) -> str:
    if request.state["user"].email:
        return _("Cancelled. Your email address stays as it is.")
    return _("Cancelled. No email address was added.")


def show_changed(request: Request[SignedIn]) -> Response:
    """Show the row of an address that has just changed."""
    return show_row(request, _("Email address changed."), None, also=(WHO,))


def show_row(
    request: Request[SignedIn], flash: str, pending: PendingEmail | None, *, also: Sequence[str] = ()
) -> Response:
    """Answer after a change with the row as it now is; `also`: other fragments that the change shows in."""
    shown = describe_pending(request, pending)
    return fragment_or_redirect(request, ROW, to=PROFILE, flash=flash, also=also, edit=None, **shown)
