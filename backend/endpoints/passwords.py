"""Passwords: changing one's own, and resetting a forgotten one by a mailed link."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import done
from backend.http.mail_requests import answer_mail_request
from backend.http.requests import (
    BackendRequest,
    authenticate,
    get_services,
    read_access_key,
    read_client,
    read_json,
)
from backend.kernel import fields
from backend.kernel.refusals import Problems
from backend.rules import mail_requests, passwords
from backend.rules.password_checks import count_new_password


async def send_reset(request: BackendRequest) -> Response:
    """Mail a link that resets the password: `?email=`."""
    return await answer_mail_request(request, mail_requests.send_password_reset)


async def reset(request: BackendRequest) -> Response:
    """Set a new password with the access token of a mailed link: `?key=`, `{newPassword}`."""
    token, body = read_access_key(request), await read_json(request)
    new = fields.password(body.get("newPassword"), "newPassword")
    await passwords.reset_password(get_services(request), token, new, read_client(request))
    return done()


async def change(request: BackendRequest) -> Response:
    """Change one's own password: `{newPassword, oldPassword}`; `endOthers: false` keeps the other sessions."""
    me, body = await authenticate(request), await read_json(request)
    with Problems() as problems:
        new = problems.take(fields.password, body, "newPassword")
        old = problems.take(fields.known_password, body, "oldPassword")
    services, end_others = get_services(request), body.get("endOthers") is not False
    await passwords.change_password(services, me, old=old, new=new, client=read_client(request), end_others=end_others)
    return done()


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
