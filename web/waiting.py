"""Who waits for which mail: written down in a cookie, so that the pages about it, and the log-in it leads to, know."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.addresses import probably_meant
from web.language import gettext as _
from web.rendering import redirect
from web.session import checked_next
from web.state import site_of
from web.wording import time_of_day

WISHES = ("next", "stay")  # for the log-in that a mail leads to


def waits(request: Request[Any], page: str, *, said: str = "", **waiting: str) -> Response:
    """To the page that says which mail to wait for; `waiting` is what it, and a later log-in, have to know."""
    response = redirect(request, to=page, said=said)
    site_of(request).cookies.waiting.write(response, waiting)
    return response


def asked_before(request: Request[Any]) -> dict[str, Any]:
    """What was typed to get a mail, for who comes back to change it; its slip `corrected` where that was asked for."""
    waiting = site_of(request).cookies.waiting.read(request)
    email = str(waiting.get("email", ""))
    meant = probably_meant(email) if "corrected" in request.query_params else ""
    return {**waiting, "email": f"{email.rpartition('@')[0]}@{meant}"} if meant else waiting


async def asked_for(request: Request[Any]) -> dict[str, Any]:
    """For a page about a mail: whose it is, what was probably meant by the address, and what is wished for after it."""
    waiting = site_of(request).cookies.waiting.read(request)
    email = str(waiting.get("email", ""))
    wanted, stay = checked_next(str(waiting.get("next", ""))), str(waiting.get("stay", ""))
    return {"email": email, "meant": probably_meant(email), "next": wanted, "stay": stay}


def sent_again(request: Request[Any]) -> str:
    """With the time, so that it reads anew each time, also where the same mail was asked for twice in a moment."""
    return _("The mail is on its way (%(time)s). It can take a minute.") % {
        "time": time_of_day(site_of(request).clock())
    }
