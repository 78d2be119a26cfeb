"""Delete the account at once, by the link in the email that was asked for."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.api.shapes import User
from web.i18n.locale import gettext as _
from web.pages.links.failures import redirect_refused
from web.pages.links.landing import find_link
from web.pages.links.opened_links import OpenedLink, forget_link
from web.rendering.pages import redirect
from web.session import forget_session, is_signed_in_as
from web.state import Visit


async def delete_account(request: Request[Visit], link: OpenedLink) -> Response:
    """Delete the account, and forget its session in this browser. Raises ApiError for 429."""
    found = await find_link(request, link["token"])
    try:
        await request.state["api"].as_guest().delete_by_link(link["token"])
    except ApiError as refused:
        return redirect_refused(request, link, refused)
    flash = _("Your account was deleted.")
    if isinstance(request.state["user"], User) and not (found and is_signed_in_as(request, found.email)):
        response = redirect(request, to="/profile", flash=flash)  # somebody else's session, which goes on
    else:
        response = forget_session(request, flash=flash)
    return forget_link(request, response, link)
