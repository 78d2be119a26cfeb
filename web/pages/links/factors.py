"""The links about lost factors: stop the wait, or remove the factors at its end and lead on to a new password."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.i18n.locale import gettext as _
from web.pages.entry.failures import taking_failures
from web.pages.links.failures import redirect_refused, show_refused
from web.pages.links.new_password import lead_on_to_password
from web.pages.links.opened_links import OpenedLink, forget_link
from web.pages.lost_factors.forms import RemovalForm
from web.rendering.pages import redirect
from web.state import Visit


async def keep_factors(request: Request[Visit], link: OpenedLink) -> Response:
    """Stop the wait. Raises ApiError for 429."""
    try:
        await request.state["api"].as_guest().keep_factors(link["token"])
    except ApiError as refused:
        return redirect_refused(request, link, refused)
    words = _("Stopped: two-step verification stays. If you don’t know who asked for this, choose a new password.")
    return forget_link(request, redirect(request, to="/login", flash=words), link)


async def remove_factors(request: Request[Visit], link: OpenedLink, typed: dict[str, str]) -> Response:
    """Remove the factors, with the password where that has begun the wait."""
    form = RemovalForm(typed)
    if form.is_valid():
        with taking_failures(form):
            token = await request.state["api"].as_guest().remove_factors(link["token"], form["current_password"])
            flash = _("Two-step verification is removed, and everyone is logged out. Now choose a new password.")
            return lead_on_to_password(request, link, token, flash=flash)
    return await show_refused(request, "remove-factors", link, form)
