"""Codes that somebody asks for by a number: to log in, to confirm the number, to choose a new password.

Nobody learns from them who has an account: each answers alike and writes as much whether or not an SMS is sent.
"""

from dataclasses import dataclass

from backend.kernel.phone_codes import Purpose
from backend.kernel.refusals import refusal
from backend.rules.confirmation import find_own_registration
from backend.rules.context import ClientInfo, Services
from backend.rules.phone_codes import Sending, name_browser, send_code, send_nothing
from backend.rules.sessions import has_left
from backend.rules.sms_limits import check_country, check_sms, count_sms
from backend.store import Queries
from backend.store.records import User


@dataclass(frozen=True)
class CodeRequest:
    """A request for a code, by whoever knows the number."""

    purpose: Purpose
    phone: str
    client: ClientInfo


def require_phones(services: Services) -> None:
    """Raise `not_allowed` where nothing about phones is offered."""
    if not services.settings.phones.are_offered:
        raise refusal("not_allowed")


def require_confirmation(services: Services) -> None:
    """Raise `phone_verification_disabled` where numbers are taken as they are typed."""
    if not services.settings.phones.confirmation:
        raise refusal("phone_verification_disabled")


def require_code_sign_in(services: Services) -> None:
    """Raise `sms_auth_codes_disabled` where no code logs anybody in."""
    if not services.settings.phones.code_sign_in:
        raise refusal("sms_auth_codes_disabled")


async def request_code(services: Services, request: CodeRequest) -> None:
    """Send a code, if the number's owner may have it.

    Raises `sms_auth_codes_disabled` or `phone_verification_disabled`, `unsupported_phone`, `cannot_send_sms_code`, or
    `rate_limit_exceeded`, each whoever has the number.
    """
    if request.purpose is Purpose.SIGN_IN:
        require_code_sign_in(services)
    else:
        require_confirmation(services)
    check_country(services, request.phone)
    await services.store.read(check_sms, services, request.phone, request.client)
    await services.store.write(_request_code, services, request)
    services.sms_waits.set()


def _request_code(queries: Queries, services: Services, request: CodeRequest) -> None:
    client, asker = request.client, name_browser(request.client)
    if not count_sms(queries, services, request.phone, client, f"{request.purpose}:{asker}"):
        return
    user = queries.users.find_by_phone(request.phone)
    registration = find_own_registration(queries, user, client) if request.purpose is Purpose.CONFIRM else None
    if user is None or not _may_have(services, request.purpose, user):
        send_nothing(queries, services, client)
        return
    registration_id = registration.id if registration else None
    send_code(queries, services, user, Sending(request.purpose, request.phone, client, asker, registration_id))


def _may_have(services: Services, purpose: Purpose, user: User) -> bool:
    """Return whether this user gets a code, which opens the account: to confirm a number, where that is all there is of
    the account, else for a confirmed one."""
    if has_left(user, services.clock()):
        return False
    is_only_typed = user.email is None and not user.phone_verified
    return is_only_typed if purpose is Purpose.CONFIRM else user.phone_verified
