"""Phone numbers, as Altogic has them: signing up and logging in with one, and the codes that are sent to it."""

import asyncio

from starlette.responses import Response
from starlette.routing import Route

from backend.endpoints.sign_up import signed_up_to_json
from backend.http.envelope import Json, done
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_query
from backend.http.shapes import new_session_to_json, user_to_json
from backend.kernel import fields, phones
from backend.kernel.phone_codes import Purpose, read_phone_code
from backend.kernel.profile_fields import read_sign_up_profile
from backend.kernel.refusals import Problems, refusal
from backend.rules import own_phone, phone_log_in
from backend.rules.context import Services
from backend.rules.log_in import LoginName, log_in
from backend.rules.own_phone import PhoneRequest
from backend.rules.phone_requests import CodeRequest, request_code, require_phones
from backend.rules.phone_reset import reset_password_with_code
from backend.rules.phone_sign_up import PhoneSignUpForm, sign_up_with_phone
from serving.constant_time import MAIL, pad_response_time


async def sign_up(request: BackendRequest) -> Response:
    """Sign up: `{phone, password, nameOrUserData?}`. Answers `{user, session}`, with a session of null while a code
    confirms."""
    services, body = await open_phones(request), await read_json(request)
    with Problems() as problems:
        phone = problems.take(phones.phone, body, "phone")
        password = problems.take(fields.password, body, "password")
        profile = problems.call(read_sign_up_profile, body.get("nameOrUserData", body.get("name")))
    form = PhoneSignUpForm(phone, password, profile)
    return Json(signed_up_to_json(await sign_up_with_phone(services, form, read_client(request))))


async def log_in_by_password(request: BackendRequest) -> Response:
    """Log in: `{phone, password}`."""
    services, body = await open_phones(request), await read_json(request)
    with Problems() as problems:
        phone = problems.take(phones.phone, body, "phone")
        password = problems.take(fields.known_password, body, "password")
    name = LoginName(phone, is_phone=True)
    return Json(new_session_to_json(await log_in(services, name, password, read_client(request))))


async def send_sign_in_code(request: BackendRequest) -> Response:
    """Send a code that logs in: `?phone=`. The same answer for every number, after the same time."""
    return await _send(request, Purpose.SIGN_IN)


async def resend_confirmation(request: BackendRequest) -> Response:
    """Send the code that confirms a number again: `?phone=`. The same answer for every number, after the same time."""
    return await _send(request, Purpose.CONFIRM)


async def send_reset_code(request: BackendRequest) -> Response:
    """Send a code to choose a new password: `?phone=`. The same answer for every number, after the same time."""
    return await _send(request, Purpose.RESET)


async def _send(request: BackendRequest, purpose: Purpose) -> Response:
    pad_response_time(request, MAIL)
    services = await open_phones(request)
    await request_code(services, CodeRequest(purpose, _read_phone(request), read_client(request)))
    return done()


async def log_in_with_code(request: BackendRequest) -> Response:
    """Log in with a code: `?code=&phone=`."""
    services, phone, code = await _read_code(request)
    return Json(new_session_to_json(await phone_log_in.log_in_with_code(services, phone, code, read_client(request))))


async def verify(request: BackendRequest) -> Response:
    """Confirm a number: `?code=&phone=`. Answers `{user, session}`; of a new number of an account with null."""
    services, phone, code = await _read_code(request)
    confirmed = await phone_log_in.confirm_with_code(services, phone, code, read_client(request))
    if confirmed.opened:
        return Json(new_session_to_json(confirmed.opened))
    return Json({"user": user_to_json(confirmed.user), "session": None})


async def reset_password(request: BackendRequest) -> Response:
    """Choose a new password with a code: `?phone=&code=`, `{newPassword}`."""
    services, phone, code = await _read_code(request)
    password = fields.password((await read_json(request)).get("newPassword"), "newPassword")
    await reset_password_with_code(services, phone, code, password, read_client(request))
    return done()


async def change(request: BackendRequest) -> Response:
    """Change the caller's number, or ask for it: `{currentPassword, newPhone}`. Answers with the bare user."""
    services, me, body = await open_phones(request), await authenticate(request), await read_json(request)
    with Problems() as problems:
        password = problems.take(fields.known_password, body, "currentPassword")
        phone = problems.take(phones.phone, body, "newPhone")
    asked = PhoneRequest(phone, read_client(request), is_own_site=False, param="newPhone")
    return Json(user_to_json(await own_phone.change_phone(services, me, password, asked)))


ROUTES: list[Route] = [
    Route(f"/auth/{path}", handler, methods=["POST"])
    for path, handler in {
        "signup-phone": sign_up,
        "signin-phone": log_in_by_password,
        "send-code": send_sign_in_code,
        "signin-code": log_in_with_code,
        "verify-phone": verify,
        "resend-code": resend_confirmation,
        "send-reset-code": send_reset_code,
        "reset-pwd-code": reset_password,
        "change-phone": change,
    }.items()
]


async def open_phones(request: BackendRequest) -> Services:
    """Return the services where phones are offered, with the library loaded that reads numbers. Raises `not_allowed`
    where they are not."""
    services = get_services(request)
    require_phones(services)
    await asyncio.to_thread(phones.load_library)
    return services


def _read_phone(request: BackendRequest) -> str:
    """Return the query's `phone`; a space in front of it is a plus that was left as it is.

    Raises `missing_phone_number`, or `validation_error`.
    """
    typed = read_query(request, "phone")
    if not typed.strip():
        raise refusal("missing_phone_number")
    return phones.phone(f"+{typed.strip()}" if typed.startswith(" ") else typed)


async def _read_code(request: BackendRequest) -> tuple[Services, str, str]:
    """Read `?phone=&code=`. Refusals of a code take as long for every number."""
    pad_response_time(request, MAIL)
    services = await open_phones(request)
    return services, _read_phone(request), read_phone_code(read_query(request, "code"))
