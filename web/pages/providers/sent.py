"""The mail to the owner of the address that a provider names, where that has an account already: its link logs in, and
connects the two. The address is told to nobody but its owner."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.shapes import User
from web.pages.entry.pending_mail import is_waiting_for, load_pending_mail
from web.pages.links.opened_links import find_newest
from web.pages.providers.flows import find_returned
from web.pages.providers.landing import SENT_PAGE
from web.rendering.pages import Page, redirect
from web.rendering.polling import answer_seen
from web.session import AFTER_LOGIN
from web.state import Visit, site_of

SENT = Page("templates/providers/sent.html")


async def show(request: Request[Visit]) -> Response:
    """Show which mail to look for, and the form for its code."""
    if isinstance(request.state["user"], User):
        return redirect(request, to=AFTER_LOGIN)  # the link was used in this browser
    if not is_waiting_for(request, SENT_PAGE):
        return redirect(request, to="/login")
    pending = await load_pending_mail(request)
    provider = site_of(request).capabilities.current.find_provider(
        find_returned(request, find_newest(request)).provider
    )
    return answer_seen(request, pending["seen"]) or await SENT.show(request, provider=provider, **pending)
