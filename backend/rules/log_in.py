"""Logging in with a password."""

from backend.kernel.fields import Address
from backend.kernel.refusals import refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.limits import Guessing
from backend.rules.sessions import NewSession, open_session
from backend.store import Queries
from backend.store.records import User


async def sign_in(services: Services, email: Address, password: str, client: ClientInfo) -> NewSession:
    """Raises `invalid_sign_in_credentials`, `email_not_verified` for the right password of an unconfirmed address, or
    `rate_limit_exceeded`.

    Unknown, unconfirmed and confirmed addresses cost the same work, and a wrong password answers the same for all.
    """
    user, candidates, guessing = await services.store.read(lambda queries: _begin(queries, services, email.key, client))
    matched = await limits.guess(services, guessing, password, candidates)
    if user is None or matched is None:
        raise refusal("invalid_sign_in_credentials")
    if _is_unconfirmed(services, user):
        raise refusal("email_not_verified")
    renewed = await _renewed(services, user, password, matched, guessing.line)
    return await services.store.write(lambda queries: _enter(queries, services, user.id, matched, renewed, client))


def _begin(
    queries: Queries, services: Services, email_key: str, client: ClientInfo
) -> tuple[User | None, list[str], Guessing]:
    """Who it would be, the hashes the password may match, and where it counts."""
    user = queries.users.find_by_email(email_key)
    guessing = limits.for_guesses(queries, services, email_key, user, client)
    return user, _candidates(queries, services, user), guessing


def _candidates(queries: Queries, services: Services, user: User | None) -> list[str]:
    """The account's, or those of all that was typed for an unconfirmed address. The same statements for all, or the
    time they take would tell one from another."""
    waiting = queries.registrations.list_for_user(user.id if user else "")
    own = [user.password_hash] if user and user.password_hash else []
    if user is None or not _is_unconfirmed(services, user):
        return own
    return own + [registration.password_hash for registration in waiting]


def _is_unconfirmed(services: Services, user: User) -> bool:
    return services.settings.email_confirmation and not user.email_verified


async def _renewed(services: Services, user: User, password: str, hash_: str, line: str) -> str:
    """The hash to keep from now on: a new one where the old was made otherwise than it would be today."""
    if not services.passwords.is_outdated(hash_, password):
        return hash_
    return await services.passwords.hash(password, user.password_salt, line)


def _enter(
    queries: Queries, services: Services, user_id: str, matched: str, renewed: str, client: ClientInfo
) -> NewSession:
    user = queries.users.find_by_id(user_id)
    if user is None or user.password_hash != matched:  # changed since it was compared
        raise refusal("invalid_sign_in_credentials")
    if renewed != matched:
        queries.users.update(user.id, {"password_hash": renewed})
    return open_session(queries, services, user, "password", client)
