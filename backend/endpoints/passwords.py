"""Passwords: changing one's own, and resetting a forgotten one by a mailed link."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.mail_requests import answer_mail_request
from backend.http.requests import (
    BackendRequest,
    authenticate,
    get_services,
    read_access_key,
    read_client,
    read_json,
)
from backend.http.shapes import new_session_to_json
from backend.kernel import fields
from backend.kernel.refusals import Problems
from backend.rules import mail_requests
from backend.rules.password_checks import count_new_password
from backend.rules.passwords import PasswordChange, change_password, reset_password


async def send_reset(request: BackendRequest) -> Response:
    """Mail a link that resets the password: `?email=`."""
    return await answer_mail_request(request, mail_requests.send_password_reset)


async def reset(request: BackendRequest) -> Response:
    """Set a new password with the access token of a mailed link: `?key=`, `{newPassword}`."""
    token, body = read_access_key(request), await read_json(request)
    new = fields.password(body.get("newPassword"), "newPassword")
    await reset_password(get_services(request), token, new, read_client(request))
    return done()


async def change(request: BackendRequest) -> Response:
    """Change one's own password: `{newPassword, oldPassword}`; without an old one where there is none.

    `endOthers: false` keeps the other sessions. `renew: true` gives this one a new token, in `{user, session}`.
    """
    me, body = await authenticate(request), await read_json(request)
    with Problems() as problems:
        new = problems.take(fields.password, body, "newPassword")
        old = problems.take(fields.known_password, body, "oldPassword") if me.user.password_hash else ""
    ends_others, renews = body.get("endOthers") is not False, body.get("renew") is True
    change = PasswordChange(old, new, ends_others, renews)
    renewed = await change_password(get_services(request), me, change, read_client(request))
    return Json(new_session_to_json(renewed)) if renewed else done()


async def count_new(request: BackendRequest) -> Response:
    """Count a new password towards the rate limit, before the site spends time on checking how strong it is."""
    await count_new_password(get_services(request), read_client(request))
    return done()


ROUTES: list[Route] = [
    Route("/auth/send-reset", send_reset, methods=["POST"]),
    Route("/auth/reset-pwd", reset, methods=["POST"]),
    Route("/auth/change-pwd", change, methods=["POST"]),
    Route("/auth/new-password", count_new, methods=["POST"]),
]
