"""Leaving: asking for one's account to be deleted, keeping it after all, or having it deleted at once."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_token
from backend.http.shapes import user_to_json
from backend.kernel.clock import format_timestamp
from backend.rules import leaving


async def leave(request: BackendRequest) -> Response:
    """End all of one's sessions, and have the account deleted later: `{id?}`, with it only if one is that user. Answer
    with the time, `{leavingDtm}`."""
    token, body = read_token(request), await read_json(request)
    leaves_at = await leaving.leave(get_services(request), token, body.get("id"), read_client(request))
    return Json({"leavingDtm": format_timestamp(leaves_at)})


async def keep(request: BackendRequest) -> Response:
    """Keep one's account, and answer with the user."""
    me = await authenticate(request)
    return Json(user_to_json(await leaving.keep(get_services(request), me, read_client(request))))


async def leave_now(request: BackendRequest) -> Response:
    """Have the account deleted at once, if one is leaving: `{id?}`, with it only if one is that user."""
    token, body = read_token(request), await read_json(request)
    await leaving.leave_now(get_services(request), token, body.get("id"))
    return done()


ROUTES: list[Route] = [
    Route("/account/leave", leave, methods=["POST"]),
    Route("/account/leave/cancel", keep, methods=["POST"]),
    Route("/account/leave/now", leave_now, methods=["POST"]),
]
