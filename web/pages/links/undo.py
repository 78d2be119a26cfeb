"""Undo a change of address, by the link in the old box, and lead on to a new password."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.i18n.locale import gettext as _
from web.pages.links.landing import HERE
from web.pages.links.opened_links import OpenedLink, forget_link, read_link, save_link
from web.rendering.pages import redirect
from web.state import Visit


async def undo_email(request: Request[Visit], link: OpenedLink) -> Response:
    """Give the account its address back. Whoever changed it knew the password, so a new one is chosen next.

    Raises ApiError for 429.
    """
    try:
        token = await request.state["api"].as_guest().undo_email_change(link["token"])
    except ApiError as refused:
        if refused.status == 429:
            raise
        is_taken = "email_not_unique" in refused.codes
        return redirect_failed(request, {**link, "code": "email_already_exists" if is_taken else ""})
    flash = _("This address is yours again, and everyone is logged out. Now choose a new password.")
    reset = read_link({"access_token": token, "action": "reset-pwd", "status": "200"})
    response = save_link(request, redirect(request, to=HERE, flash=flash), reset)
    return forget_link(request, response, link)


def redirect_failed(request: Request[Visit], link: OpenedLink) -> Response:
    """Redirect to the landing, which finds out why the link failed, or says that it no longer works."""
    failed = {**link, "status": "400", "ref": link["token"], "token": ""}
    return save_link(request, redirect(request, to=HERE), failed)
