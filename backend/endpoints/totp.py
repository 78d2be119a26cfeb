"""TOTP: adding and removing an authenticator app. `endOthers: true` ends the other sessions in the same act."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json
from backend.kernel.totp import read_totp
from backend.rules import totp


async def begin(request: BackendRequest) -> Response:
    """Begin to add an app: answers `{secret, uri}`, for the app and shown this once."""
    new = await totp.begin(get_services(request), await authenticate(request))
    return Json({"secret": new.secret, "uri": new.uri})


async def finish(request: BackendRequest) -> Response:
    """Show that the app works: `{code, endOthers?}`. Answers `{active}`: false without recovery codes."""
    me, body = await authenticate(request), await read_json(request)
    code, ends_others = read_totp(body.get("code"), "code"), body.get("endOthers") is True
    is_active = await totp.finish(get_services(request), me, code, read_client(request), ends_others=ends_others)
    return Json({"active": is_active})


async def remove(request: BackendRequest) -> Response:
    """Remove the app: `{endOthers?}`."""
    me, body = await authenticate(request), await read_json(request)
    ends_others = body.get("endOthers") is True
    await totp.remove(get_services(request), me, read_client(request), ends_others=ends_others)
    return done()


ROUTES: list[Route] = [
    Route("/account/factors/totp/begin", begin, methods=["POST"]),
    Route("/account/factors/totp/finish", finish, methods=["POST"]),
    Route("/account/factors/totp/remove", remove, methods=["POST"]),
]
