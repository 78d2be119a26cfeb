"""Signing up: the form, the confirmation by a mailed link, and what a browser that waits for it may know."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.mail_requests import check_can_be_mailed, reference_to_json
from backend.http.requests import (
    BackendRequest,
    get_services,
    read_access_key,
    read_client,
    read_json,
    read_query,
)
from backend.http.shapes import new_session_to_json, pending_to_json, user_to_json
from backend.kernel import fields
from backend.kernel.profile_fields import read_sign_up_profile
from backend.kernel.refusals import Problems
from backend.rules import access_tokens, pending_mail
from backend.rules.sign_up import SignedUp, SignUpForm, sign_up


async def sign_up_by_email(request: BackendRequest) -> Response:
    """Sign up: `{email, password, nameOrUserData?}`. Answers `{user, session, reference}`, with a
    session of null while a mail confirms."""
    form = _read_form(await read_json(request))
    check_can_be_mailed(request, form.email, "email")
    services, client = get_services(request), read_client(request)
    signed_up = await sign_up(services, form, client)
    return Json({**signed_up_to_json(signed_up), **reference_to_json(services, form.email, client)})


async def confirm_registration(request: BackendRequest) -> Response:
    """Confirm the address of a mailed link with a password chosen now: `?key=`, `{newPassword, name?}`."""
    token, body = read_access_key(request), await read_json(request)
    with Problems() as problems:
        password = problems.take(fields.password, body, "newPassword")
        name = problems.call(fields.optional_name, body.get("name") or None)
    opened = await access_tokens.confirm_with_new_password(
        get_services(request), token, password=password, name=name, client=read_client(request)
    )
    return Json(new_session_to_json(opened))


async def show_pending(request: BackendRequest) -> Response:
    """Tell how the sign-up stands that was typed in this browser, and what became of its mail: `?email=`; or whether
    the mail of a `?reference=` was used: `{state}`."""
    if reference := read_query(request, "reference"):
        return Json({"state": await pending_mail.find_progress(get_services(request), reference)})
    email = fields.email_in_query(read_query(request, "email"))
    return Json(pending_to_json(await pending_mail.find_pending(get_services(request), email, read_client(request))))


ROUTES: list[Route] = [
    Route("/auth/signup-email", sign_up_by_email, methods=["POST"]),
    Route("/account/registration/confirm", confirm_registration, methods=["POST"]),
    Route("/account/pending", show_pending, methods=["GET"]),
]


def _read_form(body: dict[str, Any]) -> SignUpForm:
    """Read the form of a sign-up. Older clients send `name` where newer ones send `nameOrUserData`."""
    with Problems() as problems:
        email = problems.take(fields.email, body, "email")
        password = problems.take(fields.password, body, "password")
        profile = problems.call(read_sign_up_profile, body.get("nameOrUserData", body.get("name")))
    return SignUpForm(email, password, profile)


def signed_up_to_json(signed_up: SignedUp) -> dict[str, Any]:
    if signed_up.opened:
        return new_session_to_json(signed_up.opened)
    return {"user": user_to_json(signed_up.user), "session": None}
