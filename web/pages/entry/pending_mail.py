"""The mail that a browser waits for, in a cookie, for the pages about it and the log-in it leads to.

The cookie holds `email`, `at` (seconds since 1970), `page` (which tells of the mail), where known `next`, `stay`,
`name`, `language` and `timezone`, `reference` (with which the mail's code is used), after a sign-up `registered`
(the same address), and `form` (the path where another address can be given). The address is not known where a provider
told it to the backend alone.
"""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from translations.formatting import format_time
from web.api.client import Client
from web.api.errors import AltogicError, ApiError
from web.api.mail_shapes import MailStatus
from web.forms.email_typos import correct_address, suggest_domain
from web.i18n.locale import gettext as _
from web.pages.codes.forms import CodeForm
from web.rendering.pages import redirect
from web.rendering.polling import PAUSES, Pauses, choose_pause, hash_shown
from web.session import safe_next_path
from web.state import site_of

RESET_PAGE = "/forgot-password/sent"  # tells of the mail whose link logs nobody in
LOGIN_OPTIONS = ("next", "stay")  # for the log-in that a mail leads to
QUIET_PAUSES: Pauses = ((15, 5),)  # where the status of the mail may not be known, only an outage


async def ask_for_mail(sending: Awaitable[str]) -> str | None:
    """Return the reference of a mail: one for all that this browser asks to be sent to the address.

    Swallow refusals that reveal who has an account, and return None for them. Others, such as 429, are raised.
    """
    try:
        return await sending
    except ApiError as refusal:
        if not refusal.reveals_account:
            raise
        return None


def redirect_to_check_mail(request: Request[Any], page: str, /, *, flash: str = "", **waiting: str) -> Response:
    """Redirect to the page about a mail, and store `waiting` (email, next, stay ...) in the cookie that it reads."""
    response = redirect(request, to=page, flash=flash)
    site = site_of(request)
    site.cookies.waiting.write(request, response, {**waiting, "page": page, "at": int(site.clock().timestamp())})
    return response


def is_waiting_for(request: Request[Any], page: str, email: str = "") -> bool:
    """Whether the browser waits for the mail that this page tells of, and to this address, where one is given."""
    waiting = site_of(request).cookies.waiting.read(request)
    return waiting.get("page") == page and email in ("", waiting.get("email"))


def prefill(request: Request[Any]) -> dict[str, Any]:
    """Return what was typed to get a mail, to pre-fill its form. With `?corrected`, the suggested domain is applied."""
    waiting = site_of(request).cookies.waiting.read(request)
    email = str(waiting.get("email", ""))
    corrected = correct_address(email) if "corrected" in request.query_params else ""
    return {**waiting, "email": corrected} if corrected else waiting


def describe_waiting(request: Request[Any]) -> dict[str, Any]:
    """Describe what the browser waits for, as the form for a code needs it.

    `email`, `page` (which tells of the mail, or ""), `next`, `has_code` (whether the mail's code can be typed in this
    browser), `logs_in` (whether that logs in) and `code_form`.
    """
    waiting = site_of(request).cookies.waiting.read(request)
    page, next_path = str(waiting.get("page", "")), safe_next_path(str(waiting.get("next", "")))
    has_code = bool(waiting.get("reference")) and site_of(request).capabilities.current.offers("account.codes")
    told = {"has_code": has_code, "logs_in": page != RESET_PAGE, "code_form": CodeForm()}
    return {"email": str(waiting.get("email", "")), "page": page, "next": next_path, **told}


async def load_pending_mail(request: Request[Any]) -> dict[str, Any]:
    """Load the context of a page about a mail.

    That of `describe_waiting`, `suggestion` (the suggested domain, or ""), `stay`, `mail_status` (MailStatus or None),
    `progress` (waiting, opened, expired, or "" where it is not known), `poll` (seconds between two polls, or 0),
    `is_registrant` (whether this browser signed up with the address) and `seen` (what a poll says it has seen).
    """
    waiting = site_of(request).cookies.waiting.read(request)
    email, stay = str(waiting.get("email", "")), str(waiting.get("stay", ""))
    is_registrant = _is_registrant(waiting)
    mail_status = await _find_mail_status(request, email, is_registrant=is_registrant)
    progress = "" if is_registrant else await _find_progress(request, str(waiting.get("reference", "")))
    poll = _choose_poll(request, waiting, mail_status, progress)
    told = {
        "mail_status": mail_status,
        "progress": progress,
        "poll": poll,
        "is_registrant": is_registrant,
        "seen": hash_shown(mail_status, progress, poll),
    }
    return {**describe_waiting(request), "suggestion": suggest_domain(email), "stay": stay, **told}


def _is_registrant(waiting: dict[str, Any]) -> bool:
    """Whether this browser signed up with the address that it waits for."""
    return bool(waiting.get("email")) and waiting.get("registered") == waiting["email"]


async def _find_mail_status(request: Request[Any], email: str, *, is_registrant: bool) -> MailStatus | None:
    """Ask what became of the mail, and whether its address was confirmed elsewhere, for the browser that signed up.

    A login link is sent to accounts only, so its status would reveal one: its page learns of an outage, nothing else.
    """
    if not is_registrant and (not email or site_of(request).outbox):
        return None
    api: Client = request.state["api"]
    try:
        return await (api.as_registrant() if is_registrant else api.as_guest()).find_mail_status(email)
    except AltogicError:
        return None


async def _find_progress(request: Request[Any], reference: str) -> str:
    """Ask whether the mail was used elsewhere. Whoever asked for it may not be whose it is, and is only told."""
    api: Client = request.state["api"]
    try:
        return await api.as_guest().find_progress(reference)
    except AltogicError:
        return ""


def _choose_poll(request: Request[Any], waiting: dict[str, Any], mail_status: MailStatus | None, progress: str) -> int:
    """Return the seconds until the page polls again; 0 for no polling."""
    if progress != "waiting" and (progress or mail_status is None or mail_status.is_final):
        return 0
    is_told_more = progress or _is_registrant(waiting) or (mail_status and mail_status.server_is_away)
    since = datetime.fromtimestamp(int(waiting.get("at", 0)), UTC)
    return choose_pause(request, since, PAUSES if is_told_more else QUIET_PAUSES)


def find_login_options(request: Request[Any], email: str) -> dict[str, str]:
    """Return what this browser stored for the log-in by a mail to this address; {} if it waits for no such mail.

    It may wait for one to an address that it is not told.
    """
    waiting = site_of(request).cookies.waiting.read(request)
    is_theirs = str(waiting.get("email", "")).strip().lower() in ("", email.strip().lower())
    return {name: str(value) for name, value in waiting.items()} if is_theirs else {}


def word_resent(request: Request[Any]) -> str:
    """Word the flash message after a resend. With the time, it differs each time, so it is read aloud again."""
    return _("We’re sending the email again (%(time)s). It can take a minute to arrive.") % {
        "time": format_time(site_of(request).clock())
    }
