"""Leaving: asking for one's account to be deleted, keeping it after all, or having it deleted at once."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.requests import (
    BackendRequest,
    authenticate,
    get_services,
    read_client,
    read_json,
    read_query,
    read_token,
)
from backend.http.shapes import user_to_json
from backend.kernel.clock import format_timestamp
from backend.kernel.codes import read_code
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


async def mail_deletion(request: BackendRequest) -> Response:
    """Mail whoever is leaving a link and a code that delete the account at once: `{id?}`, as above."""
    token, body = read_token(request), await read_json(request)
    await leaving.mail_deletion(get_services(request), token, body.get("id"), read_client(request))
    return done()


async def leave_now(request: BackendRequest) -> Response:
    """Delete the account at once, with the code of that mail, `{code, id?}`, or with the access token of its link,
    `?key=`, which needs no session."""
    services, client = get_services(request), read_client(request)
    if key := read_query(request, "key"):
        await leaving.delete_by_token(services, key, client)
        return done()
    token, body = read_token(request), await read_json(request)
    code = read_code(body.get("code"), "code")
    await leaving.delete_by_code(services, token, body.get("id"), code, client)
    return done()


ROUTES: list[Route] = [
    Route("/account/leave", leave, methods=["POST"]),
    Route("/account/leave/cancel", keep, methods=["POST"]),
    Route("/account/leave/now", leave_now, methods=["POST"]),
    Route("/account/leave/now/code", mail_deletion, methods=["POST"]),
]
