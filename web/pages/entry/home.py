"""The front door, for guests."""

from starlette.requests import Request
from starlette.responses import Response

from web.rendering.pages import Page
from web.state import Visit

HOME_PAGE = Page("templates/entry/home.html")


async def show(request: Request[Visit]) -> Response:
    """Show the home page, to guests."""
    return await HOME_PAGE.show(request)
