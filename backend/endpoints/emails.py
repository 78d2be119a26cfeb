"""Email addresses: changing one's own, and mailing the link that confirms one again."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.mail_requests import answer_mail_request, check_can_be_mailed
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_query
from backend.http.shapes import user_to_json
from backend.kernel import fields
from backend.kernel.refusals import Problems
from backend.rules import emails, mail_requests


async def resend_confirmation(request: BackendRequest) -> Response:
    """Mail the confirmation again: `?email=`; or the mail of a failed link: `?key=` with its reference."""
    if token := read_query(request, "key"):
        await mail_requests.resend_by_token(get_services(request), token, read_client(request))
        return done()
    return await answer_mail_request(request, mail_requests.resend_confirmation)


async def change(request: BackendRequest) -> Response:
    """Change one's own address: `{currentPassword, newEmail}`. With confirmation, once its mailed link is used."""
    me, body = await authenticate(request), await read_json(request)
    with Problems() as problems:
        password = problems.take(fields.known_password, body, "currentPassword")
        email = problems.take(fields.email, body, "newEmail")
    check_can_be_mailed(request, email, "newEmail")
    user = await emails.change_email(
        get_services(request), me, password=password, email=email, client=read_client(request)
    )
    return Json(user_to_json(user))


async def show_recent_change(request: BackendRequest) -> Response:
    """Tell whether one's own address was changed lately, by the link mailed there: `{isNew}`."""
    return Json({"isNew": await emails.has_new_email(get_services(request), await authenticate(request))})


ROUTES: list[Route] = [
    Route("/auth/resend", resend_confirmation, methods=["POST"]),
    Route("/auth/change-email", change, methods=["POST"]),
    Route("/account/email", show_recent_change, methods=["GET"]),
]
