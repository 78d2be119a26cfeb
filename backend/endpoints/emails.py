"""Email addresses: changing one's own, taking that back, and mailing the link that confirms one again."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.mail_requests import answer_mail_request, check_can_be_mailed, reference_to_json
from backend.http.requests import (
    BackendRequest,
    authenticate,
    get_services,
    read_access_key,
    read_client,
    read_json,
    read_query,
)
from backend.http.shapes import pending_email_to_json, user_to_json
from backend.kernel import fields
from backend.kernel.codes import read_code
from backend.kernel.refusals import Problems
from backend.rules import emails, mail_requests
from backend.rules.email_codes import confirm_email_with_code
from backend.rules.email_undo import undo_by_token
from backend.rules.emails import EmailRequest
from backend.store.records import User
from serving.constant_time import MAIL, pad_response_time


async def resend_confirmation(request: BackendRequest) -> Response:
    """Mail the confirmation again: `?email=`; or the mail of a failed link: `?key=` with its handle."""
    if token := read_query(request, "key"):
        services, client = get_services(request), read_client(request)
        email = await mail_requests.resend_by_token(services, token, client)
        return Json(reference_to_json(services, email, client))
    return await answer_mail_request(request, mail_requests.resend_confirmation)


async def change(request: BackendRequest) -> Response:
    """Change one's own address: `{currentPassword, newEmail}`. With confirmation, once its mailed link is used.

    Whoever has proved lately who they are may leave out the password.
    """
    return Json(user_to_json(await _change(request, tells_taken=True)))


async def ask(request: BackendRequest) -> Response:
    """Do what `change` does, but without telling whether the address is another account's: after the same time (timing
    attack) the answer is the same, the pending change."""
    pad_response_time(request, MAIL)
    await _change(request, tells_taken=False)
    return await show_pending(request)


async def show_pending(request: BackendRequest) -> Response:
    """Answer with the pending change of one's own address: `{pending}`, null where there is none."""
    me = await authenticate(request)
    pending = await emails.find_pending_email(get_services(request), me)
    return Json({"pending": pending_email_to_json(pending, me.session)})


async def use_code(request: BackendRequest) -> Response:
    """Confirm the pending address with the code of its mail, in the session that asked for it: `{code}`."""
    pad_response_time(request, MAIL)
    me, body = await authenticate(request), await read_json(request)
    with Problems() as problems:
        code = problems.take(read_code, body, "code")
    user = await confirm_email_with_code(get_services(request), me, code, read_client(request))
    return Json(user_to_json(user))


async def cancel(request: BackendRequest) -> Response:
    """Cancel the pending change: `{cancelled}`, false where there is none, or none any more."""
    me = await authenticate(request)
    return Json({"cancelled": await emails.cancel_change(get_services(request), me, read_client(request))})


async def mail_again(request: BackendRequest) -> Response:
    """Mail the link of the pending change once more."""
    pad_response_time(request, MAIL)
    await emails.mail_again(get_services(request), await authenticate(request), read_client(request))
    return await show_pending(request)


async def undo(request: BackendRequest) -> Response:
    """Undo a change with the access token of the link in the old box: `?key=`. Answer with `{resetToken}`, an access
    token to choose a new password."""
    token = read_access_key(request)
    return Json({"resetToken": await undo_by_token(get_services(request), token, read_client(request))})


async def _change(request: BackendRequest, *, tells_taken: bool) -> User:
    me, body = await authenticate(request), await read_json(request)
    with Problems() as problems:
        is_left_out = "newEmail" in body and "currentPassword" not in body
        password = None if is_left_out else problems.take(fields.known_password, body, "currentPassword")
        email = problems.take(fields.email, body, "newEmail")
    check_can_be_mailed(request, email, "newEmail")
    asked = EmailRequest(email, read_client(request), tells_taken)
    return await emails.change_email(get_services(request), me, password, asked)


async def show_recent_change(request: BackendRequest) -> Response:
    """Tell whether one's own address was changed lately, by the link mailed there: `{isNew}`."""
    return Json({"isNew": await emails.has_new_email(get_services(request), await authenticate(request))})


ROUTES: list[Route] = [
    Route("/auth/resend", resend_confirmation, methods=["POST"]),
    Route("/auth/change-email", change, methods=["POST"]),
    Route("/account/email", show_recent_change, methods=["GET"]),
    Route("/account/email/pending", ask, methods=["POST"]),
    Route("/account/email/pending", show_pending, methods=["GET"]),
    Route("/account/email/code", use_code, methods=["POST"]),
    Route("/account/email/cancel", cancel, methods=["POST"]),
    Route("/account/email/again", mail_again, methods=["POST"]),
    Route("/account/email/undo", undo, methods=["POST"]),
]
