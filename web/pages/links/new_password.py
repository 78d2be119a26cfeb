"""Where a link leads on to a new password, by another access token than its own."""

from starlette.requests import Request
from starlette.responses import Response

from web.pages.links.landing import HERE
from web.pages.links.opened_links import OpenedLink, forget_link, read_link, save_link
from web.rendering.pages import redirect
from web.state import Visit


def lead_on_to_password(request: Request[Visit], link: OpenedLink, token: str, *, flash: str) -> Response:
    """Redirect to the form for a new password, which `token` opens, and forget the link that has led there."""
    reset = read_link({"access_token": token, "action": "reset-pwd", "status": "200"})
    response = save_link(request, redirect(request, to=HERE, flash=flash), reset)
    return forget_link(request, response, link)
