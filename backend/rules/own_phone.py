"""The number of one's own account: added, changed, removed. A new one counts when the code that was sent to it does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.kernel.events import EventKind
from backend.kernel.phone_codes import Purpose
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.factor_letters import PHONE_ADDED, PHONE_REMOVED
from backend.rules.confirmation import NO_PHONE, can_be_mailed, is_account
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.mail_limits import count_told_act
from backend.rules.password_checks import check_current_password, check_password_unchanged, require_password
from backend.rules.phone_codes import Sending, check_code, name_browser, name_session, send_code, tell_old_number
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.sessions import SignedIn
from backend.rules.sms_limits import check_country, check_sms, count_sms
from backend.rules.two_step import tell_owner
from backend.store import Queries
from backend.store.records import PhoneCode, User

PENDING_FOR = timedelta(days=1)  # after the request: so long another code can be sent


@dataclass(frozen=True)
class PhoneRequest:
    """A new number, asked for by whoever is logged in. `is_own_site`: nobody is told there whose it is, and its code is
    for the session; else it is told, as Altogic does, and the code is for the browser, if one is named."""

    phone: str
    client: ClientInfo
    is_own_site: bool
    param: str = "phone"


@dataclass(frozen=True)
class OwnPhone:
    """The user, and a new number that waits for its code."""

    user: User
    pending: PhoneCode | None
    is_removable: bool


async def load_own_phone(services: Services, me: SignedIn) -> OwnPhone:
    """Load the caller's number, and the one that waits."""
    return await services.store.read(_load, services, me)


def _load(queries: Queries, services: Services, me: SignedIn) -> OwnPhone:
    user = reload_user(queries, me.user)
    pending = _find_pending(queries, user, services.clock())
    return OwnPhone(user, pending, user.phone is not None and can_be_mailed(services, user))


async def change_phone(services: Services, me: SignedIn, password: str | None, request: PhoneRequest) -> User:
    """Send a code to the new number, or take it as it is, where numbers are not confirmed. Return the user.

    Raises `invalid_credentials`, `invalid_provider` where there is no password, without one `confirmation_required`,
    `unsupported_phone`, `cannot_send_sms_code`, `rate_limit_exceeded`, or, if that is told, `phone_not_unique`.
    """
    if password is None:
        require_recent_confirmation(services, me)
    else:
        require_password(me.user)
        await check_current_password(services, me.user, password, request.client)
    check_country(services, request.phone, request.param)
    await services.store.read(check_sms, services, request.phone, request.client)
    user = await services.store.write(_change, services, me, request)
    if isinstance(user, RefusalError):
        raise user
    services.sms_waits.set()
    services.mail_waits.set()
    return user


def _change(queries: Queries, services: Services, me: SignedIn, request: PhoneRequest) -> User | RefusalError:
    """Return the refusal that tells of a taken number instead of raising it: that would roll back the count."""
    check_password_unchanged(queries, me.user)
    user, needs_code = reload_user(queries, me.user), services.settings.phones.confirmation
    if user.phone == request.phone and user.phone_verified:
        return user
    asker = name_session(me.session.id) if request.is_own_site else name_browser(request.client)
    is_new = count_sms(queries, services, request.phone, request.client, f"{Purpose.CHANGE}:{user.id}:{asker}")
    if _is_taken(queries, user, request.phone) and not (request.is_own_site and needs_code):
        return refusal("phone_not_unique", param=request.param, value=request.phone)
    if not needs_code:
        return _set_phone(queries, services, user, request.phone, request.client, is_verified=False)
    if is_new:
        count_told_act(queries, services, user.id)
        send_code(queries, services, user, Sending(Purpose.CHANGE, request.phone, request.client, asker))
        record_event(queries, user.id, EventKind.PHONE_REQUESTED, request.client, services.clock())
    return user


async def send_again(services: Services, me: SignedIn, client: ClientInfo) -> None:
    """Send another code to the number that waits, for the session that has asked for it.

    Raises `nothing_pending`, `cannot_send_sms_code`, or `rate_limit_exceeded`.
    """
    await services.store.write(_send_again, services, me, client)
    services.sms_waits.set()


def _send_again(queries: Queries, services: Services, me: SignedIn, client: ClientInfo) -> None:
    user = reload_user(queries, me.user)
    pending = _find_pending(queries, user, services.clock())
    if pending is None:
        raise refusal("nothing_pending")
    check_country(services, pending.phone)
    if count_sms(queries, services, pending.phone, client, f"again:{user.id}"):
        sending = Sending(Purpose.CHANGE, pending.phone, client, pending.asker_hash, asked_at=pending.asked_at)
        send_code(queries, services, user, sending)


async def cancel_change(services: Services, me: SignedIn) -> bool:
    """End the number that waits. Return False where there is none any more."""
    return await services.store.write(_cancel, services, me)


def _cancel(queries: Queries, services: Services, me: SignedIn) -> bool:
    is_pending = _find_pending(queries, me.user, services.clock()) is not None
    queries.phone_codes.delete_of_purpose(me.user.id, Purpose.CHANGE)
    return is_pending


async def confirm_own(services: Services, me: SignedIn, code: str, client: ClientInfo) -> User:
    """Give the user the number that waits, by its code, in the session that asked for it. Return them as they are then.

    Raises `wrong_code`, `phone_not_unique` where the number is another account's, or `rate_limit_exceeded`.
    """
    user = await services.store.write(_confirm_own, services, me, code, client)
    services.mail_waits.set()
    services.sms_waits.set()
    if isinstance(user, RefusalError):
        raise user
    return user


def _confirm_own(
    queries: Queries, services: Services, me: SignedIn, code: str, client: ClientInfo
) -> User | RefusalError:
    """Return refusals instead of raising them: that would roll back the count of attempts."""
    user = reload_user(queries, me.user)
    pending = _find_pending(queries, user, services.clock())
    phone = pending.phone if pending else user.phone  # in force by now, for the second of two clicks
    if phone is None:
        return refusal("wrong_code", param="code")
    asker = name_session(me.session.id)
    right = check_code(queries, services, phone, code, {Purpose.CHANGE}, client, asker=asker)
    if isinstance(right, RefusalError) or right.code.user_id != user.id:
        return refusal("wrong_code", param="code")
    return user if right.is_repeated else take_over_phone(queries, services, user, phone, client)


def take_over_phone(
    queries: Queries, services: Services, user: User, phone: str, client: ClientInfo
) -> User | RefusalError:
    """Give the user the number whose code was right, within the caller's transaction. Return them, or the refusal where
    it is another account's: whoever holds the phone may know that."""
    if _is_taken(queries, user, phone):
        return refusal("phone_not_unique", param="phone", value=phone)
    return _set_phone(queries, services, user, phone, client, is_verified=True)


async def remove_phone(services: Services, me: SignedIn, client: ClientInfo) -> User:
    """Remove the caller's number, and mail them. Return them as they are then.

    Raises `confirmation_required`, or `last_way_in` where there is no address to log in with.
    """
    require_recent_confirmation(services, me)
    user = await services.store.write(_remove, services, me, client)
    services.mail_waits.set()
    return user


def _remove(queries: Queries, services: Services, me: SignedIn, client: ClientInfo) -> User:
    user = reload_user(queries, me.user)
    if user.phone is None:
        return user
    if not can_be_mailed(services, user):
        raise refusal("last_way_in")
    queries.users.update(user.id, NO_PHONE)
    queries.phone_codes.delete_unused(user.id)
    record_event(queries, user.id, EventKind.PHONE_REMOVED, client, services.clock())
    tell_owner(queries, services, user, PHONE_REMOVED, client)
    return reload_user(queries, user)


def _set_phone(
    queries: Queries, services: Services, user: User, phone: str, client: ClientInfo, *, is_verified: bool
) -> User:
    """Set the number. What somebody only typed for it, and never confirmed, is removed."""
    other, now = queries.users.find_by_phone(phone), services.clock()
    if other is not None and other.id != user.id:
        queries.users.delete(other.id)
    queries.users.update(user.id, {"phone": phone, "phone_verified": is_verified, "phone_at": now})
    queries.phone_codes.delete_unused(user.id)
    record_event(queries, user.id, EventKind.PHONE_CHANGED if user.phone else EventKind.PHONE_ADDED, client, now)
    if can_be_mailed(services, user):
        tell_owner(queries, services, user, PHONE_ADDED, client)
    else:
        tell_old_number(queries, services, user, client)
    return reload_user(queries, user)


def _is_taken(queries: Queries, user: User, phone: str) -> bool:
    """Tell whether a number is another account's."""
    other = queries.users.find_by_phone(phone)
    return other is not None and other.id != user.id and is_account(other)


def _find_pending(queries: Queries, user: User, now: datetime) -> PhoneCode | None:
    pending = queries.phone_codes.find_newest(user.id, Purpose.CHANGE)
    return pending if pending and now < pending.asked_at + PENDING_FOR else None
