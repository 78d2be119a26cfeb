"""The number of one's own account, for a site of ours."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.endpoints.phones import open_phones
from backend.http.envelope import Json
from backend.http.requests import BackendRequest, authenticate, read_client, read_json
from backend.http.shapes import user_to_json
from backend.kernel import fields, phones
from backend.kernel.clock import format_timestamp
from backend.kernel.phone_codes import read_phone_code
from backend.kernel.refusals import Problems
from backend.rules import own_phone
from backend.rules.context import Services
from backend.rules.own_phone import OwnPhone, PhoneRequest
from backend.rules.phone_codes import name_session
from backend.rules.sessions import SignedIn
from backend.store.records import Session
from serving.constant_time import MAIL, pad_response_time


async def show(request: BackendRequest) -> Response:
    """Answer with the caller's number and the one that waits: `{phone, phoneVerified, pending, isRemovable}`."""
    services = await open_phones(request)
    return await _show(services, await authenticate(request))


async def change(request: BackendRequest) -> Response:
    """Add a number, or change it: `{phone, currentPassword?}`. Answers as `show` does, after the same time whether or
    not it is another account's."""
    pad_response_time(request, MAIL)
    services, me, body = await open_phones(request), await authenticate(request), await read_json(request)
    with Problems() as problems:
        phone = problems.take(phones.phone, body, "phone")
        password = problems.call(_read_password, body.get("currentPassword"))
    await own_phone.change_phone(services, me, password, PhoneRequest(phone, read_client(request), is_own_site=True))
    return await _show(services, me)


async def confirm(request: BackendRequest) -> Response:
    """Confirm the number that waits: `{code}`. Answers with the user."""
    pad_response_time(request, MAIL)
    services, me, body = await open_phones(request), await authenticate(request), await read_json(request)
    code = read_phone_code(body.get("code"))
    return Json(user_to_json(await own_phone.confirm_own(services, me, code, read_client(request))))


async def send_again(request: BackendRequest) -> Response:
    """Send another code to the number that waits. Answers as `show` does."""
    services, me = await open_phones(request), await authenticate(request)
    await own_phone.send_again(services, me, read_client(request))
    return await _show(services, me)


async def cancel(request: BackendRequest) -> Response:
    """End the number that waits: `{cancelled}`."""
    services, me = await open_phones(request), await authenticate(request)
    return Json({"cancelled": await own_phone.cancel_change(services, me)})


async def remove(request: BackendRequest) -> Response:
    """Remove the caller's number. Answers with the user."""
    services, me = await open_phones(request), await authenticate(request)
    return Json(user_to_json(await own_phone.remove_phone(services, me, read_client(request))))


ROUTES: list[Route] = [
    Route("/account/phone", show, methods=["GET"]),
    Route("/account/phone", change, methods=["POST"]),
    Route("/account/phone/code", confirm, methods=["POST"]),
    Route("/account/phone/again", send_again, methods=["POST"]),
    Route("/account/phone/cancel", cancel, methods=["POST"]),
    Route("/account/phone/remove", remove, methods=["POST"]),
]


async def _show(services: Services, me: SignedIn) -> Response:
    return Json(_own_phone_to_json(await own_phone.load_own_phone(services, me), me.session))


def _read_password(value: Any) -> str | None:
    return None if value is None else fields.known_password(value, "currentPassword")


def _own_phone_to_json(own: OwnPhone, session: Session) -> dict[str, Any]:
    """Return the JSON of a user's number: `{phone, phoneVerified, pending, isRemovable}`, with `pending` as `{phone,
    requestedDtm, sentDtm, expiryDtm}` or null. `expiryDtm` is null but in the session that asked, where the code can
    be typed."""
    pending, user = own.pending, own.user
    waits_here = pending is not None and pending.asker_hash == name_session(session.id)
    return {
        "phone": user.phone,
        "phoneVerified": user.phone_verified,
        "pending": pending
        and {
            "phone": pending.phone,
            "requestedDtm": format_timestamp(pending.asked_at),
            "sentDtm": format_timestamp(pending.created_at),
            "expiryDtm": format_timestamp(pending.expires_at) if waits_here else None,
        },
        "isRemovable": own.is_removable,
    }
