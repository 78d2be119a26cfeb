"""For those who watch over the site: one word each."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.api.client import Client
from web.api.shapes import ClientInfo
from web.state import Visit


async def lives(_request: Request[Visit]) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


async def ready(request: Request[Visit]) -> Response:
    """The backend answers too."""
    is_ready = await Client(request.state["connection"], ClientInfo()).is_ready()
    return PlainTextResponse("ready" if is_ready else "unavailable", 200 if is_ready else 503)
