"""Health checks for a monitor, one word each."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.api.client import Client
from web.api.shapes import ClientInfo
from web.state import Visit


async def show_liveness(_request: Request[Visit]) -> Response:
    """Say that the process answers (liveness)."""
    return PlainTextResponse("ok")


async def show_readiness(request: Request[Visit]) -> Response:
    """Say whether the backend answers too (readiness)."""
    is_ready = await Client(request.state["connection"], ClientInfo()).is_ready()
    return PlainTextResponse("ready" if is_ready else "unavailable", 200 if is_ready else 503)
