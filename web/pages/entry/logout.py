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
    return await LOGOUT.show(request)


async def submit(request: Request[Visit]) -> Response:
    await read_form(request)
    return await sign_out(request, flash=_("You’re logged out."))


async def clear_cache(_request: Request[Visit]) -> Response:
    """An empty image on the page after the log-out. It makes the browser forget the pages it kept for *Back*: the
    log-out's own answer would be too early, since the page left behind is kept only after it."""
    headers = {"Clear-Site-Data": '"cache"', "Cache-Control": "no-store"}
    return Response(EMPTY_IMAGE, media_type="image/svg+xml", headers=headers)
