"""Send a new link for one that no longer works."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.entry import magic_link
from web.pages.entry.pending_mail import find_login_options, redirect_to_check_mail
from web.pages.links.failures import redirect_not_open
from web.pages.links.landing import show_landing
from web.pages.links.opened_links import find_named, find_newest
from web.pages.password import forgotten
from web.rendering.pages import redirect
from web.state import Visit

# By action: the page that tells of the mail, and the form that asks for one by address.
PAGES = {"email-confirm": "/register/again", "magic-link": magic_link.SENT_HERE, "reset-pwd": forgotten.SENT_HERE}

FORMS = {"reset-pwd": forgotten.HERE}


async def show(request: Request[Visit]) -> Response:
    """Show the landing of the link opened last."""
    return await show_landing(request, find_newest(request))


async def submit(request: Request[Visit]) -> Response:
    """Send a new link of the same kind to the same address. Raises ApiError for 429."""
    link = find_named(request, await read_form(request))
    if link is None:
        return redirect_not_open(request)
    api = request.state["api"].as_registrant()
    found = await api.find_link(link["ref"]) if link["ref"] else None
    if found is None:
        return redirect(request, to=FORMS.get(link["action"], "/login-with-magic-link"))
    reference = ""
    try:
        reference = await api.send_link_again(link["ref"])
    except ApiError as refusal:
        if refusal.status == 429:
            raise
        if "nothing_pending" in refusal.codes:
            return _redirect_to_change(request)
    if found.action in PAGES:
        waiting = {**find_login_options(request, found.email), "email": found.email, "reference": reference}
        return redirect_to_check_mail(request, PAGES[found.action], **waiting)
    return redirect(request, to="/login", flash=_("We’ve emailed a new link to %(email)s.") % {"email": found.email})


def _redirect_to_change(request: Request[Visit]) -> Response:
    """Redirect to where a new address is asked for: the change that the link was for is not pending any more."""
    flash = _("This change of your email address was cancelled or has waited too long. Enter the new address again.")
    return redirect(request, to="/profile/email", flash=flash)
