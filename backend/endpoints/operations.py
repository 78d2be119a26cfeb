"""/healthz and /readyz, for whatever watches over the process."""

from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from backend.http.requests import BackendRequest, get_services
from backend.store import StoreUnavailableError


async def show_health(request: BackendRequest) -> Response:  # noqa: ARG001
    return PlainTextResponse("ok")


async def show_readiness(request: BackendRequest) -> Response:
    """Answer 503 while the database cannot be used."""
    try:
        await get_services(request).store.check()
    except StoreUnavailableError:
        return PlainTextResponse("unavailable", 503)
    return PlainTextResponse("ok")


ROUTES: list[BaseRoute] = [
    Route("/healthz", show_health, methods=["GET"]),
    Route("/readyz", show_readiness, methods=["GET"]),
]
