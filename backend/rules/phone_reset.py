"""Choosing a new password with a code by SMS. It logs nobody in and touches no second factor."""

from typing import Any

from backend.kernel.events import EventKind
from backend.kernel.phone_codes import Purpose
from backend.kernel.refusals import RefusalError, refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.log_out import log_out_everywhere
from backend.rules.lost_factors import wait_longer
from backend.rules.password_checks import hash_new_password
from backend.rules.passwords import set_password
from backend.rules.phone_codes import check_code, make_attempt_counters, name_browser
from backend.rules.phone_requests import require_confirmation
from backend.rules.sessions import has_left
from backend.store import Queries


async def reset_password_with_code(services: Services, phone: str, code: str, new: str, client: ClientInfo) -> None:
    """Set the password, and mail the owner. Ends all sessions, links and codes, and forgets all known devices.

    Does nothing where the first click of a double click has done it. Raises `phone_verification_disabled`,
    `invalid_sms_code`, `invalid_token_type` for the code of another purpose, or `rate_limit_exceeded`.
    """
    require_confirmation(services)
    await services.store.read(_check_attempts, services, phone, client)  # before the work of a hash
    password = await hash_new_password(services, new, client)
    refused = await services.store.write(_reset, services, phone, code, password, client)
    services.mail_waits.set()
    if refused:
        raise refused


def _check_attempts(queries: Queries, services: Services, phone: str, client: ClientInfo) -> None:
    owner = queries.users.find_by_phone(phone)
    limits.check(queries, services, make_attempt_counters(queries, services, phone, owner, client))


def _reset(
    queries: Queries, services: Services, phone: str, code: str, password: dict[str, Any], client: ClientInfo
) -> RefusalError | None:
    """Return a refusal instead of raising it: that would roll back the count of attempts."""
    asker, now = name_browser(client), services.clock()
    right = check_code(
        queries, services, phone, code, {Purpose.RESET}, client, asker=asker, wrong_purpose="invalid_token_type"
    )
    if isinstance(right, RefusalError):
        return right
    user = queries.users.find_by_id(right.code.user_id)
    if user is None or user.phone != phone or not user.phone_verified or has_left(user, now):
        return refusal("invalid_sms_code")
    if not right.is_repeated:
        log_out_everywhere(queries, user.id, now)  # in this browser too: it may be anybody's
        set_password(queries, services, user.id, password, client)
        wait_longer(queries, user.id, now)
        record_event(queries, user.id, EventKind.PASSWORD_RESET, client, now, by="sms")
    return None
