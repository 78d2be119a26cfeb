"""Re-authentication: proving again, on one's own session, who one is."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.proofs import find_confirmation_proof
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_query
from backend.http.shapes import new_session_to_json
from backend.kernel import fields
from backend.kernel.clock import format_timestamp
from backend.kernel.codes import read_code
from backend.rules import reauthentication


async def show(request: BackendRequest) -> Response:
    """Tell what one can prove it with, and until when the session counts as confirmed: `{methods, confirmedUntil}`.

    `?strong=true`: for what takes a second factor where two-step verification is on.
    """
    services, me = get_services(request), await authenticate(request)
    strong = read_query(request, "strong") == "true"
    until = reauthentication.find_confirmed_until(services, me, strong=strong)
    methods = await reauthentication.load_methods(services, me, strong=strong)
    return Json({"methods": methods, "confirmedUntil": until and format_timestamp(until)})


async def confirm(request: BackendRequest) -> Response:
    """Prove it with the password, `{currentPassword}`, with a mailed code, `{code}`, or with a factor: `{totp}`, or
    `{credential, browser}`. The session has a new token afterwards."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    client = read_client(request)
    if proof := find_confirmation_proof(body, me):
        return Json(new_session_to_json(await reauthentication.confirm_with_proof(services, me, proof, client)))
    if "code" in body:
        code = read_code(body["code"], "code")
        return Json(new_session_to_json(await reauthentication.confirm_with_code(services, me, code, client)))
    password = fields.known_password(body.get("currentPassword"), "currentPassword")
    return Json(new_session_to_json(await reauthentication.confirm_with_password(services, me, password, client)))


async def mail_code(request: BackendRequest) -> Response:
    """Mail a code to whoever has no password."""
    await reauthentication.mail_code(get_services(request), await authenticate(request), read_client(request))
    return done()


ROUTES: list[Route] = [
    Route("/account/confirm", show, methods=["GET"]),
    Route("/account/confirm", confirm, methods=["POST"]),
    Route("/account/confirm/code", mail_code, methods=["POST"]),
]
