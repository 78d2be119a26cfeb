"""The page asks by itself what became of a new address, which may have been confirmed in another browser.

Only whoever is logged in here is told, and in the session that asked. A poll sets no cookie, and what was typed stays.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import Unreachable
from web.api.shapes import User
from web.http import owner
from web.http.htmx import SEEN, is_poll
from web.i18n.locale import gettext as _
from web.pages.email.pending import PROFILE, ROW, describe_pending, find_pending
from web.pages.profile.who import WHO
from web.rendering.pages import render_fragment, render_part
from web.rendering.polling import answer_unchanged
from web.state import SignedIn, Visit

PENDING = "partials/email/pending.html"
PROGRESS = "partials/email/progress.html"


def answer_ended(request: Request[Visit]) -> Response | None:
    """Answer a poll of a page whose person is not logged in here any more: that is said, and it asks no more."""
    user = request.state["user"]
    is_theirs = isinstance(user, User) and not owner.is_foreign(request)
    if not is_poll(request) or is_theirs or isinstance(user, Unreachable):
        return None
    return render_part(request, PROGRESS, {"is_ended": True, "account_page": request.scope["path"]})


async def answer_poll(request: Request[SignedIn]) -> Response | None:
    """Answer a poll: with nothing while there is nothing new, with how to go on where only that changes, or else with
    all that is shown of the address. None for any other request."""
    if not is_poll(request):
        return None
    shown = describe_pending(request, await find_pending(request))
    if request.query_params[SEEN] != shown["seen"]:
        return await _answer_changed(request, shown)
    if request.query_params.get("every") == str(shown["poll"]):
        return answer_unchanged()
    return render_part(request, PROGRESS, {**shown, "account_page": request.scope["path"]})


async def _answer_changed(request: Request[SignedIn], shown: Mapping[str, Any]) -> Response:
    """Put what changed into the row of the profile, or where the page of its own shows the pending address."""
    said = "" if shown["pending"] else await _word_end(request)
    is_in_row = request.scope["path"] == PROFILE
    context = {**shown, "edit": None, "said": said, "returning": False, "standalone": not is_in_row}
    response = render_fragment(request, ROW if is_in_row else PENDING, context, also=(WHO,))
    response.headers["HX-Retarget"] = "#email-row" if is_in_row else "#email-pending"
    return response


async def _word_end(request: Request[SignedIn]) -> str:
    """Say what became of the address that was pending, and find out whose it is now."""
    api = request.state["api"]
    request.state["user"] = await api.get_user()
    if await api.has_changed_email():
        return _("Your new email address is confirmed.")
    return _("No new email address was waiting any more.")
