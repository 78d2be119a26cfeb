"""Logging in with a password."""

from backend.kernel.fields import Address
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.limits import find_hashing_share
from backend.rules.password_checks import PasswordCounters, find_password_counters, match_password
from backend.rules.sessions import NewSession, has_left, open_session, write_log_in
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import User


async def log_in(services: Services, email: Address, password: str, client: ClientInfo) -> NewSession:
    """Check a password and open a session.

    Raises `invalid_sign_in_credentials`, `email_not_verified` for the right password of an unconfirmed address, or
    `rate_limit_exceeded`. Against user enumeration and timing attacks unknown, unconfirmed and confirmed addresses cost
    the same work, and a wrong password gets the same answer for all of them. Raises `second_factor_required` for the
    right one where two-step verification is on.
    """
    user, hashes, counters = await services.store.read(_find_candidates, services, email.key, client)
    matched = await match_password(services, counters, password, hashes, client)
    if user is None or matched is None:
        raise refusal("invalid_sign_in_credentials")
    if _is_unconfirmed(services, user):
        raise refusal("email_not_verified")
    password_hash = await _rehash_if_outdated(services, user, password, matched, client)
    return await write_log_in(services, _open_session, services, user.id, matched, password_hash, client)


def _find_candidates(
    queries: Queries, services: Services, email_key: str, client: ClientInfo
) -> tuple[User | None, list[str], PasswordCounters]:
    """Return the user, the hashes that the password may match, and where the attempt is counted."""
    user = queries.users.find_by_email(email_key)
    counters = find_password_counters(queries, services, email_key, user, client)
    return user, _find_hashes(queries, services, user), counters


def _find_hashes(queries: Queries, services: Services, user: User | None) -> list[str]:
    """Return the account's hash; for an unconfirmed address those of everything typed for it too.

    Runs the same statements for all, against timing attacks.
    """
    waiting = queries.registrations.list_for_user(user.id if user else "")
    own = [user.password_hash] if user and user.password_hash else []
    if user is None or not _is_unconfirmed(services, user):
        return own
    return own + [registration.password_hash for registration in waiting]


def _is_unconfirmed(services: Services, user: User) -> bool:
    return services.settings.accounts.email_confirmation and not user.email_verified


async def _rehash_if_outdated(services: Services, user: User, password: str, hash_: str, client: ClientInfo) -> str:
    """Return the hash to store: a new one if the old one was made with lesser parameters than today's."""
    if not services.passwords.is_outdated(hash_, password):
        return hash_
    return await services.passwords.hash(password, user.password_salt, find_hashing_share(services, client))


def _open_session(
    queries: Queries, services: Services, user_id: str, matched: str, password_hash: str, client: ClientInfo
) -> NewSession | SecondStep:
    user = queries.users.find_by_id(user_id)
    # Changed since it was compared, or about to be deleted for good.
    if user is None or user.password_hash != matched or has_left(user, services.clock()):
        raise refusal("invalid_sign_in_credentials")
    if password_hash != matched:
        queries.users.update(user.id, {"password_hash": password_hash})
    return open_session(queries, services, user, "password", client)
