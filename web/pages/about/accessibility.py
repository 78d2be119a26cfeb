"""/accessibility: what people can rely on, what is known to be missing, and whom to tell (EN 301 549, 12.1, 12.2)."""

from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from web.http.signed_cookies import TEN_MINUTES
from web.rendering.pages import Page
from web.state import Visit, site_of

PAGE = Page("templates/about/accessibility.html")


async def show(request: Request[Visit]) -> Response:
    """Show the statement, with the owner's address."""
    url = urlsplit(site_of(request).settings.look.support_url or "")
    address = unquote(url.path) if url.scheme == "mailto" else ""
    return await PAGE.show(request, support_address=address, draft_seconds=TEN_MINUTES)
