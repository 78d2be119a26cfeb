"""Logging in with a password."""

from backend.accounts.sessions import Opened, open_session
from backend.fields import Address
from backend.refusals import refusal
from backend.services import Asked, Services
from backend.store import Queries
from backend.store.records import User


async def sign_in(services: Services, email: Address, password: str, asked: Asked) -> Opened:
    """Raises `invalid_sign_in_credentials`, or `email_not_verified` for the right password of an unconfirmed address.

    Unknown, unconfirmed and confirmed addresses cost the same work, and a wrong password answers the same for all.
    """
    user, candidates = await services.store.read(lambda queries: _candidates(services, queries, email.key))
    matched = await services.passwords.match(password, candidates)
    if user is None or matched is None:
        raise refusal("invalid_sign_in_credentials")
    if _is_unconfirmed(services, user):
        raise refusal("email_not_verified")
    renewed = await _renewed(services, user, password, matched)
    return await services.store.write(lambda queries: _enter(services, queries, user.id, matched, renewed, asked))


def _candidates(services: Services, queries: Queries, email_key: str) -> tuple[User | None, list[str]]:
    """The hashes the password may match: the account's, or of all that was typed for an unconfirmed address."""
    user = queries.users.by_email(email_key)
    if user is None:
        return None, []
    own = [user.password_hash] if user.password_hash else []
    if not _is_unconfirmed(services, user):
        return user, own
    return user, own + [registration.password_hash for registration in queries.registrations.of_user(user.id)]


def _is_unconfirmed(services: Services, user: User) -> bool:
    return services.settings.email_confirmation and not user.email_verified


async def _renewed(services: Services, user: User, password: str, hash_: str) -> str:
    """The hash to keep from now on: a new one where the old was made with lesser parameters."""
    if not services.passwords.is_outdated(hash_):
        return hash_
    return await services.passwords.hash(password, user.password_salt)


def _enter(services: Services, queries: Queries, user_id: str, matched: str, renewed: str, asked: Asked) -> Opened:
    user = queries.users.by_id(user_id)
    if user is None or user.password_hash != matched:  # changed since it was compared
        raise refusal("invalid_sign_in_credentials")
    if renewed != matched:
        queries.users.change(user.id, {"password_hash": renewed})
    return open_session(services, queries, user, "password", asked)
