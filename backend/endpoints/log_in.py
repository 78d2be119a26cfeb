"""Logging in: by password, and by a mailed login link."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.mail_requests import answer_mail_request
from backend.http.requests import BackendRequest, get_services, read_client, read_json, read_query
from backend.http.shapes import new_session_to_json
from backend.kernel import fields
from backend.kernel.refusals import Problems
from backend.rules import mail_requests
from backend.rules.log_in import LoginName, log_in


async def log_in_by_password(request: BackendRequest) -> Response:
    """Log in: `{email, password}`."""
    body = await read_json(request)
    with Problems() as problems:
        email = problems.take(fields.email, body, "email")
        password = problems.take(fields.known_password, body, "password")
    name = LoginName(email.key)
    return Json(new_session_to_json(await log_in(get_services(request), name, password, read_client(request))))


async def send_login_link(request: BackendRequest) -> Response:
    """Mail a login link: `?email=`. With `reason=sign-up` the mail says that somebody tried to sign up."""
    if read_query(request, "reason") == "sign-up":
        return await answer_mail_request(request, mail_requests.send_already_registered)
    return await answer_mail_request(request, mail_requests.send_login_link)


ROUTES: list[Route] = [
    Route("/auth/signin-email", log_in_by_password, methods=["POST"]),
    Route("/auth/send-magic", send_login_link, methods=["POST"]),
]
