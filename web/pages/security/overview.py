"""The overview of how one logs in: the password and each factor, with its state and one link."""

from starlette.requests import Request
from starlette.responses import Response

from web.rendering.pages import Page
from web.state import SignedIn

OVERVIEW = Page("templates/security/overview.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show the rows."""
    api = request.state["api"]
    factors, proofs, identities = await api.get_factors(), await api.get_proofs(), await api.get_identities()
    return await OVERVIEW.show(request, factors=factors, proofs=proofs, identities=identities)
