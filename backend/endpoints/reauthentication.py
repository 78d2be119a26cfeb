"""Re-authentication: proving again, on one's own session, who one is."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json
from backend.http.shapes import format_timestamp, new_session_to_json
from backend.kernel import fields
from backend.rules.reauthentication import confirm_with_password, find_confirmed_until


async def show(request: BackendRequest) -> Response:
    """Tell what one can prove it with, and until when the session counts as confirmed: `{methods, confirmedUntil}`."""
    me = await authenticate(request)
    until = find_confirmed_until(get_services(request), me)
    methods = ["password"] if me.user.password_hash else []
    return Json({"methods": methods, "confirmedUntil": until and format_timestamp(until)})


async def confirm(request: BackendRequest) -> Response:
    """Prove it with the password: `{currentPassword}`. The session has a new token afterwards."""
    me, body = await authenticate(request), await read_json(request)
    password = fields.known_password(body.get("currentPassword"), "currentPassword")
    confirmed = await confirm_with_password(get_services(request), me, password, read_client(request))
    return Json(new_session_to_json(confirmed))


ROUTES: list[Route] = [
    Route("/account/confirm", show, methods=["GET"]),
    Route("/account/confirm", confirm, methods=["POST"]),
]
