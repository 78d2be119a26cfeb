"""The person's connected accounts, and the providers at which they may have another."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.pages.identities.rows import Row, make_rows
from web.rendering.pages import Page
from web.state import SignedIn

HERE = "/profile/connected"
AT = "at"  # in the query: the id of the row that gets the focus
CONNECTED = Page("templates/identities/list.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show the list. Raises HTTPException 404 where there is nothing in it, nor can be."""
    rows, offered = await load_rows(request), request.state["site"].capabilities.current.providers
    if not rows and not offered:
        raise HTTPException(404)
    connected = {row.identity.provider.id for row in rows}
    others = [each for each in offered if each.id not in connected]
    return await CONNECTED.show(request, rows=rows, others=others, focus=request.query_params.get(AT, ""))


async def load_rows(request: Request[SignedIn]) -> list[Row]:
    """Load all rows of the list."""
    return make_rows(request, await request.state["api"].get_identities())
