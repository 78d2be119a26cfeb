"""Logging in with a code by SMS, and confirming a number with one."""

from dataclasses import dataclass
from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.phone_codes import Purpose
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import RefusalError, refusal
from backend.rules.connecting import remove_identities
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import remove_all_factors
from backend.rules.log_out import end_log_ins
from backend.rules.own_phone import take_over_phone
from backend.rules.phone_codes import RightCode, check_code, name_browser
from backend.rules.phone_requests import require_code_sign_in, require_confirmation
from backend.rules.sessions import NewSession, has_left, open_again, open_session
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import PhoneCode, User

BY_CODE = "sms-code"


@dataclass(frozen=True)
class Confirmed:
    """Whose number was confirmed, and the session that this opened, if it did."""

    user: User
    opened: NewSession | None


Outcome = Confirmed | SecondStep | RefusalError


async def log_in_with_code(services: Services, phone: str, code: str, client: ClientInfo) -> NewSession:
    """Open a session with the code of an SMS. `code` is as `read_phone_code` returns it.

    Raises `sms_auth_codes_disabled`, `invalid_sms_code`, `invalid_action_type`, `rate_limit_exceeded`, or
    `second_factor_required`, after the code was used.
    """
    require_code_sign_in(services)
    outcome = await _finish(services, await services.store.write(_log_in, services, phone, code, client))
    assert outcome.opened  # noqa: S101
    return outcome.opened


def _log_in(queries: Queries, services: Services, phone: str, code: str, client: ClientInfo) -> Outcome:
    """Return refusals instead of raising them: that would roll back the count of attempts."""
    right = check_code(queries, services, phone, code, {Purpose.SIGN_IN}, client, asker=name_browser(client))
    if isinstance(right, RefusalError):
        return right
    user = queries.users.find_by_id(right.code.user_id)
    if user is None or user.phone != phone or not user.phone_verified or has_left(user, services.clock()):
        return refusal("invalid_sms_code")
    return _open(queries, services, user, BY_CODE, right, client)


async def confirm_with_code(services: Services, phone: str, code: str, client: ClientInfo) -> Confirmed:
    """Confirm a number: that of a sign-up, and open a session, or a new one of an account, and open none.

    Raises `phone_verification_disabled`, `invalid_sms_code`, `invalid_action_type`, `phone_already_verified`,
    `mismatch_values` where the account has another number by now, `phone_not_unique` where the new one is another
    account's, `rate_limit_exceeded`, or `second_factor_required`.
    """
    require_confirmation(services)
    return await _finish(services, await services.store.write(_confirm, services, phone, code, client))


def _confirm(queries: Queries, services: Services, phone: str, code: str, client: ClientInfo) -> Outcome:
    """Return refusals instead of raising them: that would roll back the count of attempts."""
    purposes = {Purpose.CONFIRM, Purpose.CHANGE}
    right = check_code(queries, services, phone, code, purposes, client, asker=name_browser(client))
    if isinstance(right, RefusalError):
        return right
    user = queries.users.find_by_id(right.code.user_id)
    if user is None or has_left(user, services.clock()):
        return refusal("invalid_sms_code")
    if right.code.purpose == Purpose.CHANGE:
        changed = user if right.is_repeated else take_over_phone(queries, services, user, phone, client)
        return changed if isinstance(changed, RefusalError) else Confirmed(changed, None)
    return _confirm_sign_up(queries, services, user, right, client)


def _confirm_sign_up(queries: Queries, services: Services, user: User, right: RightCode, client: ClientInfo) -> Outcome:
    if user.phone != right.code.phone:
        return refusal("mismatch_values")
    if user.phone_verified and not right.is_repeated:
        return refusal("phone_already_verified")
    if not right.is_repeated:
        user = _confirm_phone(queries, user, right.code, client, services.clock())
    return _open(queries, services, user, Purpose.CONFIRM.value, right, client)


def _confirm_phone(queries: Queries, user: User, code: PhoneCode, client: ClientInfo, now: datetime) -> User:
    """Make the number its owner's alone: everything typed, opened or connected for it before is dropped, but the
    sign-up that the code was sent for."""
    registration = queries.registrations.find_by_id(code.registration_id) if code.registration_id else None
    profile = Changes.from_json(registration.profile).apply_to(user.fields) if registration else {}
    password_hash = registration.password_hash if registration else None
    queries.users.update(user.id, {**profile, "password_hash": password_hash, "phone_verified": True, "phone_at": now})
    end_log_ins(queries, user.id)
    remove_all_factors(queries, user, client, now)
    remove_identities(queries, user.id, client, now)
    queries.registrations.delete_all(user.id)
    record_event(queries, user.id, EventKind.ACCOUNT_CONFIRMED, client, now, by="sms")
    return queries.users.find_by_id(user.id) or user


def _open(
    queries: Queries, services: Services, user: User, method: str, right: RightCode, client: ClientInfo
) -> Outcome:
    """Open the session, or find the one that the first of two clicks has opened."""
    opens = open_again if right.is_repeated else open_session
    opened = opens(queries, services, user, method, client)
    if opened is None:
        return refusal("invalid_sms_code")
    return opened if isinstance(opened, SecondStep) else Confirmed(opened.user, opened)


async def _finish(services: Services, outcome: Outcome) -> Confirmed:
    """Raise what the transaction has returned, and send what it has written."""
    services.mail_waits.set()
    services.sms_waits.set()
    if isinstance(outcome, RefusalError):
        raise outcome
    if isinstance(outcome, SecondStep):
        raise outcome.refuse()
    return outcome
