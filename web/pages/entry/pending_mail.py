"""Who waits for which mail: written down in a cookie, so that the pages about it, and the log-in it leads to, know."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.client import Client
from web.api.errors import AltogicError
from web.api.shapes import MailFate
from web.forms.email_typos import suggest_address
from web.i18n.locale import gettext as _
from web.i18n.wording import time_of_day
from web.rendering.pages import redirect
from web.session import safe_next_path
from web.state import site_of

LOGIN_OPTIONS = ("next", "stay")  # for the log-in that a mail leads to
# Up to so many seconds after the mail was asked for, its page asks every so many.
POLLS = ((60, 5), (600, 30))
QUIET_POLLS = ((15, 5),)  # where nothing is known yet, and perhaps never will be


def redirect_to_check_mail(request: Request[Any], page: str, *, flash: str = "", **waiting: str) -> Response:
    """To the page that says which mail to wait for; `waiting` is what it, and a later log-in, have to know."""
    response = redirect(request, to=page, flash=flash)
    site = site_of(request)
    site.cookies.waiting.write(request, response, {**waiting, "at": int(site.clock().timestamp())})
    return response


def prefill(request: Request[Any]) -> dict[str, Any]:
    """What was typed to get a mail, for who comes back to change it; its slip `corrected` where that was asked for."""
    waiting = site_of(request).cookies.waiting.read(request)
    email = str(waiting.get("email", ""))
    meant = suggest_address(email) if "corrected" in request.query_params else ""
    return {**waiting, "email": f"{email.rpartition('@')[0]}@{meant}"} if meant else waiting


async def load_pending_mail(request: Request[Any]) -> dict[str, Any]:
    """For a page about a mail: whose it is, what was probably meant by the address, and what is wished for after it."""
    waiting = site_of(request).cookies.waiting.read(request)
    email = str(waiting.get("email", ""))
    next_path, stay = safe_next_path(str(waiting.get("next", ""))), str(waiting.get("stay", ""))
    is_registrant = _is_registrant(waiting)
    fate = await _find_mail_fate(request, email, is_registrant=is_registrant)
    told = {"fate": fate, "poll": _choose_poll(request, waiting, fate), "is_registrant": is_registrant}
    return {"email": email, "meant": suggest_address(email), "next": next_path, "stay": stay, **told}


def _is_registrant(waiting: dict[str, Any]) -> bool:
    """Whether this browser signed up with the very address it waits for."""
    return bool(waiting.get("email")) and waiting.get("registered") == waiting["email"]


async def _find_mail_fate(request: Request[Any], email: str, *, is_registrant: bool) -> MailFate | None:
    """What became of the mail, for the browser that signed up: one goes out to every address, a confirmation or a
    letter to its owner. And whether the address was confirmed elsewhere since. Whoever asks for a login link is told
    nothing but of an outage."""
    if not is_registrant and (not email or site_of(request).outbox):
        return None
    api: Client = request.state["api"]
    try:
        return await (api.as_registrant() if is_registrant else api.as_guest()).find_mail_fate(email)
    except AltogicError:
        return None


def _choose_poll(request: Request[Any], waiting: dict[str, Any], fate: MailFate | None) -> int:
    """After how many seconds the page asks again by itself; 0 where it does not."""
    if fate is None or fate.is_final:
        return 0
    age = site_of(request).clock().timestamp() - int(waiting.get("at", 0))
    polls = POLLS if _is_registrant(waiting) or fate.server_is_away else QUIET_POLLS
    return next((seconds for until, seconds in polls if age < until), 0)


def find_login_options(request: Request[Any], email: str) -> dict[str, str]:
    """What is wished for the log-in by a mail to this address, if this browser waits for it; else nothing."""
    waiting = site_of(request).cookies.waiting.read(request)
    is_theirs = str(waiting.get("email", "")).strip().lower() == email.strip().lower()
    return {name: str(value) for name, value in waiting.items()} if is_theirs else {}


def sent_again(request: Request[Any]) -> str:
    """With the time, so that it reads anew each time, also where the same mail was asked for twice in a moment."""
    return _("We’re sending the email again (%(time)s). It can take a minute to arrive.") % {
        "time": time_of_day(site_of(request).clock())
    }
