"""Factors: what somebody can show beside, or instead of, a password. What makes a log-in ask for one: `two_step.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.kernel.events import EventKind
from backend.mail.letter import KEEP_FACTORS, REMOVE_FACTORS
from backend.rules.connecting import remove_identities
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.store import Queries
from backend.store.records import Authenticator, RecoverySet, User

TOTP, RECOVERY_CODE, PASSKEY = "totp", "recovery-code", "passkey"
SECOND_FACTORS = frozenset({TOTP, RECOVERY_CODE, PASSKEY})
BEGUN_FOR = timedelta(hours=1)  # an app is set up, and taken into use, by the session that has begun with it
SAME_ACT = timedelta(minutes=1)  # a mail or an event may be a moment younger than the factor that it tells of


@dataclass(frozen=True)
class RecoveryState:
    """How many recovery codes are left of the set in force, and since when that is; which set waits in the session."""

    left: int
    made_at: datetime | None
    pending: RecoverySet | None


@dataclass(frozen=True)
class FactorOverview:
    """What a user has: since when two-step verification is on, the app, in use or working and waiting, and how many
    passkeys."""

    two_step_at: datetime | None
    app: Authenticator | None
    passkeys: int
    recovery: RecoveryState


async def load_overview(services: Services, user: User, session_id: str) -> FactorOverview:
    """Load what a user has, and what waits in one of their sessions."""
    return await services.store.read(_load_overview, services, user, session_id, services.clock())


def _load_overview(queries: Queries, services: Services, user: User, session_id: str, now: datetime) -> FactorOverview:
    pending = find_pending_app(queries, user.id, session_id, now)
    proved = pending if pending and pending.proved_at else None
    app = queries.authenticators.find_active(user.id) or proved
    recovery = find_recovery_state(queries, user.id, session_id, now)
    return FactorOverview(user.two_step_at, app, count_passkeys(queries, services, user), recovery)


def find_pending_app(queries: Queries, user_id: str, session_id: str, now: datetime) -> Authenticator | None:
    """Find the app that a session sets up, within the caller's transaction. One of another session, or of long ago, may
    be a stranger's, of which nobody was told."""
    return queries.authenticators.find_pending(user_id, session_id, now - BEGUN_FOR)


def find_recovery_state(queries: Queries, user_id: str, session_id: str, now: datetime) -> RecoveryState:
    """Find which recovery codes a user has, and which set waits in a session, within the caller's transaction."""
    active = queries.recovery_codes.find_active(user_id)
    made_at = active.created_at if active else None
    pending = queries.recovery_codes.find_pending(user_id, session_id, now)
    return RecoveryState(count_recovery_codes(queries, user_id), made_at, pending)


def count_recovery_codes(queries: Queries, user_id: str) -> int:
    """Count the codes that are left of the set in force, within the caller's transaction."""
    active = queries.recovery_codes.find_active(user_id)
    return queries.recovery_codes.count_left(active.id) if active else 0


def list_factors(queries: Queries, services: Services, user: User) -> list[str]:
    """List the factors that a user can show now."""
    has = {
        TOTP: queries.authenticators.find_active(user.id) is not None,
        RECOVERY_CODE: has_recovery_codes(queries, user),
        PASSKEY: count_passkeys(queries, services, user) > 0,
    }
    return [factor for factor, is_there in has.items() if is_there]


def count_passkeys(queries: Queries, services: Services, user: User) -> int:
    """Count the passkeys that a user can show: none where no browser offers any, at an IP address or without https."""
    return queries.passkeys.count(user.id) if services.settings.passkeys.relying_party else 0


def list_confirming_factors(queries: Queries, services: Services, user: User) -> list[str]:
    """List the factors that prove by themselves who a user is; a passkey that checks nobody does beside a first one."""
    factors = list_factors(queries, services, user)
    if has_two_step(user) or any(passkey.is_verifying for passkey in queries.passkeys.list_for_user(user.id)):
        return factors
    return [factor for factor in factors if factor != PASSKEY]


def has_two_step(user: User) -> bool:
    """Tell whether a log-in takes a second factor too."""
    return user.two_step_at is not None


def has_recovery_codes(queries: Queries, user: User) -> bool:
    """Tell whether a user has kept a set of recovery codes, and not used all of them."""
    return count_recovery_codes(queries, user.id) > 0


def can_have_two_step(queries: Queries, services: Services, user: User) -> bool:
    """Tell whether there is an app or a passkey, and a way in for whoever has lost it."""
    return bool({TOTP, PASSKEY} & {*list_factors(queries, services, user)}) and has_recovery_codes(queries, user)


def switch_off_if_bare(queries: Queries, user: User, client: ClientInfo, now: datetime) -> bool:
    """Switch two-step verification off where neither an app nor a passkey is left. Return whether that was so."""
    if not has_two_step(user) or queries.authenticators.find_active(user.id) or queries.passkeys.count(user.id):
        return False
    switch_off(queries, user, client, now)
    return True


def switch_off(queries: Queries, user: User, client: ClientInfo, now: datetime) -> None:
    """Switch two-step verification off, within the caller's transaction. Nobody waits for that any more."""
    delete_removal_request(queries, user.id, now)
    queries.users.update(user.id, {"two_step_at": None})
    record_event(queries, user.id, EventKind.TWO_STEP_OFF, client, now)


def delete_removal_request(queries: Queries, user_id: str, now: datetime) -> bool:
    """Delete the request to remove lost factors, with the links of its mails, within the caller's transaction. False
    where there is none."""
    if not queries.lost_factors.delete(user_id):
        return False
    queries.users.update(user_id, {"recovers_at": None})
    for kind in (KEEP_FACTORS, REMOVE_FACTORS):
        queries.links.spend_kind(user_id, kind, now)
    return True


def remove_factors_added_since(
    queries: Queries, user: User, since: datetime, client: ClientInfo, now: datetime
) -> None:
    """Remove what was added since a time, identities of providers too, and a passkey that seems to have a copy since,
    within the caller's transaction: it may be a stranger's."""
    earliest = since - SAME_ACT
    remove_identities(queries, user.id, client, now, since=earliest)
    queries.authenticators.delete_pending(user.id)
    removed = {
        TOTP: queries.authenticators.delete_since(user.id, earliest),
        PASSKEY: queries.passkeys.delete_since(user.id, earliest),
        RECOVERY_CODE: queries.recovery_codes.delete_since(user.id, earliest),
    }
    _record_removal(queries, user, removed, client, now)
    _remove_phone_added_since(queries, user, earliest, client, now)


def _remove_phone_added_since(
    queries: Queries, user: User, earliest: datetime, client: ClientInfo, now: datetime
) -> None:
    """Remove a number that the account has got since a time, and by which somebody can log in, where there is an
    address beside it: proven, or, where nobody has to prove one, with a password."""
    is_account_without = user.email is not None and (user.email_verified or user.password_hash is not None)
    if is_account_without and user.phone and user.phone_at and user.phone_at >= earliest:
        queries.users.update(user.id, {"phone": None, "phone_verified": False, "phone_at": None})
        record_event(queries, user.id, EventKind.PHONE_REMOVED, client, now)


def remove_all_factors(queries: Queries, user: User, client: ClientInfo, now: datetime) -> bool:
    """Remove all of a user's factors, within the caller's transaction. Return whether there were any."""
    removed = {
        TOTP: queries.authenticators.delete_all(user.id),
        PASSKEY: queries.passkeys.delete_all(user.id),
        RECOVERY_CODE: queries.recovery_codes.delete_all(user.id),
    }
    _record_removal(queries, user, removed, client, now)
    return any(removed.values())


def _record_removal(
    queries: Queries, user: User, removed: Mapping[str, int], client: ClientInfo, now: datetime
) -> None:
    """Record which factors were removed, by how many of each, and switch two-step verification off without any."""
    for factor in (factor for factor, count in removed.items() if count):
        if factor == PASSKEY:
            record_event(queries, user.id, EventKind.PASSKEY_REMOVED, client, now)
        else:
            record_event(queries, user.id, EventKind.FACTOR_REMOVED, client, now, factor=factor)
    switch_off_if_bare(queries, user, client, now)
