"""Endpoints under /auth: accounts, passwords, mails and access tokens."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.http.requests import BackendRequest, access_key, json_body, query, read_client, services_of, signed_in
from backend.http.shapes import Json, done, link_status_json, opened_json, user_json
from backend.kernel import fields
from backend.kernel.fields import Address
from backend.kernel.profile_fields import typed_at_sign_up
from backend.kernel.refusals import Problems, refusal
from backend.rules import access_tokens, cancellation, emails, mail_requests, passwords
from backend.rules.context import ClientInfo, Services
from backend.rules.log_in import log_in
from backend.rules.password_checks import count_new_password
from backend.rules.sign_up import SignedUp, SignUpForm, sign_up
from serving.addresses import is_international
from serving.constant_time import MAIL, pad_response_time

PHONE_PATHS = (
    *("/signup-phone", "/signin-phone", "/send-code", "/signin-code", "/verify-phone"),
    *("/resend-code", "/send-reset-code", "/reset-pwd-code", "/change-phone"),
)


async def signup_email(request: BackendRequest) -> Response:
    form = _read_sign_up(await json_body(request))
    _check_can_be_mailed(request, form.email, "email")
    return Json(_signed_up_json(await sign_up(services_of(request), form, read_client(request))))


async def signin_email(request: BackendRequest) -> Response:
    body = await json_body(request)
    email, password = _both(
        lambda: fields.email(body.get("email")), lambda: fields.known_password(body.get("password"), "password")
    )
    return Json(opened_json(await log_in(services_of(request), email, password, read_client(request))))


async def grant(request: BackendRequest) -> Response:
    opened = await access_tokens.grant_session(services_of(request), access_key(request), read_client(request))
    return Json(opened_json(opened))


async def access_token(request: BackendRequest) -> Response:
    found = await access_tokens.describe_link(services_of(request), access_key(request), read_client(request))
    return Json(link_status_json(found))


async def disown(request: BackendRequest) -> Response:
    await cancellation.cancel_sign_up(services_of(request), access_key(request))
    return done()


async def resend(request: BackendRequest) -> Response:
    """By address, or by the reference that came with a failed link."""
    if token := query(request, "key"):
        await mail_requests.resend_by_token(services_of(request), token, read_client(request))
        return done()
    return await _mail(request, mail_requests.resend_confirmation)


async def send_magic(request: BackendRequest) -> Response:
    """Asked for because somebody tried to sign up with the address, the mail says so."""
    is_sign_up = query(request, "reason") == "sign-up"
    return await _mail(request, mail_requests.send_already_registered if is_sign_up else mail_requests.send_login_link)


async def send_reset(request: BackendRequest) -> Response:
    return await _mail(request, mail_requests.send_password_reset)


async def reset_pwd(request: BackendRequest) -> Response:
    token, body = access_key(request), await json_body(request)
    new = fields.password(body.get("newPassword"), "newPassword")
    await passwords.reset_password(services_of(request), token, new, read_client(request))
    return done()


async def new_password(request: BackendRequest) -> Response:
    """Somebody chooses a password at the site, which looks at it before it comes here."""
    await count_new_password(services_of(request), read_client(request))
    return done()


async def change_pwd(request: BackendRequest) -> Response:
    me, body = await signed_in(request), await json_body(request)
    new, old = _both(
        lambda: fields.password(body.get("newPassword"), "newPassword"),
        lambda: fields.known_password(body.get("oldPassword"), "oldPassword"),
    )
    await passwords.change_password(services_of(request), me, old=old, new=new, client=read_client(request))
    return done()


async def change_email(request: BackendRequest) -> Response:
    me, body = await signed_in(request), await json_body(request)
    password, email = _both(
        lambda: fields.known_password(body.get("currentPassword"), "currentPassword"),
        lambda: fields.email(body.get("newEmail"), "newEmail"),
    )
    _check_can_be_mailed(request, email, "newEmail")
    user = await emails.change_email(
        services_of(request), me, password=password, email=email, client=read_client(request)
    )
    return Json(user_json(user))


async def not_offered(request: BackendRequest) -> Response:  # noqa: ARG001
    raise refusal("not_allowed")


ROUTES: list[BaseRoute] = [
    Route("/signup-email", signup_email, methods=["POST"]),
    Route("/signin-email", signin_email, methods=["POST"]),
    Route("/grant", grant, methods=["GET"]),
    Route("/access-token", access_token, methods=["GET"]),
    Route("/access-token/disown", disown, methods=["POST"]),
    Route("/resend", resend, methods=["POST"]),
    Route("/send-magic", send_magic, methods=["POST"]),
    Route("/send-reset", send_reset, methods=["POST"]),
    Route("/reset-pwd", reset_pwd, methods=["POST"]),
    Route("/new-password", new_password, methods=["POST"]),
    Route("/change-pwd", change_pwd, methods=["POST"]),
    Route("/change-email", change_email, methods=["POST"]),
    *(Route(path, not_offered, methods=["POST"]) for path in PHONE_PATHS),
]


def _read_sign_up(body: dict[str, Any]) -> SignUpForm:
    """Older clients send `name` where newer ones send `nameOrUserData`."""
    name_or_data = body.get("nameOrUserData", body.get("name"))
    problems = Problems()
    email = problems.read(lambda: fields.email(body.get("email")))
    password = problems.read(lambda: fields.password(body.get("password")))
    profile = problems.read(lambda: typed_at_sign_up(name_or_data))
    problems.raise_if_any()
    if email is None or password is None or profile is None:
        raise AssertionError("a field that is missing has been noted")
    return SignUpForm(email, password, profile)


A = TypeVar("A")
B = TypeVar("B")


def _both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Two fields, or the refusal that says what is wrong with each of them."""
    problems = Problems()
    a, b = problems.read(first), problems.read(second)
    problems.raise_if_any()
    if a is None or b is None:
        raise AssertionError("a field that is missing has been noted")
    return a, b


def _signed_up_json(signed_up: SignedUp) -> dict[str, Any]:
    if signed_up.opened:
        return opened_json(signed_up.opened)
    return {"user": user_json(signed_up.user), "session": None}


async def _mail(request: BackendRequest, send: Callable[[Services, Address, ClientInfo], Awaitable[None]]) -> Response:
    """The same answer for every well-formed address, after the same time: who has an account is nobody's business."""
    pad_response_time(request, MAIL)
    email = fields.queried_email(query(request, "email"))
    _check_can_be_mailed(request, email, "email")
    await send(services_of(request), email, read_client(request))
    return done()


def _check_can_be_mailed(request: BackendRequest, email: Address, param: str) -> None:
    """Raises `unsupported_email` for an address that the mail server cannot take, as far as that is known by now."""
    if is_international(email.typed) and services_of(request).mail_server.takes_utf8 is False:
        raise refusal("unsupported_email", param=param)
