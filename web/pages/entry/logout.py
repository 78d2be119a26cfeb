"""Log out, always by POST; the page only holds the button."""

from starlette.requests import Request
from starlette.responses import Response

from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.rendering.pages import Page
from web.session import sign_out
from web.state import Visit

LOGOUT = Page("templates/entry/logout.html")
EMPTY_IMAGE = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


async def show(request: Request[Visit]) -> Response:
    """Ask whether to log out."""
    return await LOGOUT.show(request)


async def submit(request: Request[Visit]) -> Response:
    """Log out."""
    await read_form(request)
    return await sign_out(request, flash=_("You’re logged out."))


async def clear_cache(_request: Request[Visit]) -> Response:
    """Return an empty image that makes the browser drop the pages it stored for *Back*.

    It is on the page after the log-out, as the response to the log-out itself would be too early: the browser stores
    the page that is left only after it.
    """
    headers = {"Clear-Site-Data": '"cache"', "Cache-Control": "no-store"}
    return Response(EMPTY_IMAGE, media_type="image/svg+xml", headers=headers)
