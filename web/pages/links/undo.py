"""Undo a change of address, by the link in the old box, and lead on to a new password."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.i18n.locale import gettext as _
from web.pages.links.failures import redirect_refused
from web.pages.links.new_password import lead_on_to_password
from web.pages.links.opened_links import OpenedLink
from web.state import Visit


async def undo_email(request: Request[Visit], link: OpenedLink) -> Response:
    """Give the account its address back. Whoever changed it knew the password, so a new one is chosen next.

    Raises ApiError for 429.
    """
    try:
        token = await request.state["api"].as_guest().undo_email_change(link["token"])
    except ApiError as refused:
        is_taken = "email_not_unique" in refused.codes
        return redirect_refused(request, {**link, "code": "email_already_exists" if is_taken else ""}, refused)
    flash = _("This address is yours again, and everyone is logged out. Now choose a new password.")
    return lead_on_to_password(request, link, token, flash=flash)
