"""/healthz, /readyz and /smsz, for whatever watches over the process."""

from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from backend.http.requests import BackendRequest, get_services
from backend.rules.context import Services
from backend.rules.sms_limits import is_daily_limit_reached
from backend.store import Queries, StoreUnavailableError


async def show_health(request: BackendRequest) -> Response:  # noqa: ARG001
    return PlainTextResponse("ok")


async def show_readiness(request: BackendRequest) -> Response:
    """Answer 503 while the database cannot be used."""
    try:
        await get_services(request).store.check()
    except StoreUnavailableError:
        return PlainTextResponse("unavailable", 503)
    return PlainTextResponse("ok")


async def show_sms(request: BackendRequest) -> Response:
    """Say whether SMS are sent: `ok`; 503 `stopped` where the day has had SMS_DAILY_LIMIT of them, `away` while the
    service takes none."""
    services = get_services(request)
    try:
        state = await services.store.read(_find_sms_state, services)
    except StoreUnavailableError:
        state = "unavailable"
    return PlainTextResponse(state, 200 if state == "ok" else 503)


def _find_sms_state(queries: Queries, services: Services) -> str:
    if is_daily_limit_reached(queries, services):
        return "stopped"
    return "away" if queries.meta.get("sms_service") == "away" else "ok"


ROUTES: list[BaseRoute] = [
    Route("/healthz", show_health, methods=["GET"]),
    Route("/readyz", show_readiness, methods=["GET"]),
    Route("/smsz", show_sms, methods=["GET"]),
]
