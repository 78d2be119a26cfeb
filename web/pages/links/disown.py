""" "This wasn't me": cancel a sign-up that somebody else made with one's address, or log everybody out of it."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.links.failures import redirect_failed, redirect_not_open
from web.pages.links.landing import HERE, is_open
from web.pages.links.opened_links import OpenedLink, find_named, find_newest, forget_link, save_link
from web.rendering.pages import Page, redirect
from web.state import Visit

DISOWN = Page("templates/links/disown.html")


async def show(request: Request[Visit]) -> Response:
    """Ask whether to cancel the sign-up; of an account the landing itself asks."""
    link = find_newest(request)
    if not is_open(link) or _is_of_account(link):
        return redirect(request, to=HERE)
    return await DISOWN.show(request, ref=link["handle"])


async def submit(request: Request[Visit]) -> Response:
    """Cancel the sign-up. Where there is none (any more), the answer is the same.

    Of an account: log everybody out, and lead on to the form for a new password, which the same link opens.
    """
    link = find_named(request, await read_form(request))
    if link is None:
        return redirect_not_open(request)
    if is_open(link):
        try:
            await request.state["api"].as_guest().disown_link(link["token"])
        except ApiError:
            return redirect_failed(request, link)
        if _is_of_account(link):
            flash = _("Everyone is logged out of your account. Now choose a new password.")
            return save_link(request, redirect(request, to=HERE, flash=flash), link)
    response = redirect(request, to="/", flash=_("The sign-up has been cancelled. Nobody can use it."))
    return forget_link(request, response, link)


def _is_of_account(link: OpenedLink) -> bool:
    return link["action"] == "reset-pwd"
