"""Logging in with a password."""

from dataclasses import dataclass

from backend.kernel.refusals import RefusalError, refusal
from backend.rules.confirmation import is_unconfirmed
from backend.rules.context import ClientInfo, Services
from backend.rules.limits import find_hashing_share
from backend.rules.password_checks import PasswordCounters, find_password_counters, match_password
from backend.rules.sessions import NewSession, has_left, open_session, write_log_in
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import User


@dataclass(frozen=True)
class LoginName:
    """What somebody logs in with beside the password: the key of an address, or a number."""

    key: str
    is_phone: bool = False

    @property
    def method(self) -> str:
        return "phone" if self.is_phone else "password"

    def find_user(self, queries: Queries) -> User | None:
        return (queries.users.find_by_phone if self.is_phone else queries.users.find_by_email)(self.key)

    def refuse(self) -> RefusalError:
        """Make the refusal of a password that is wrong, or of nobody's."""
        words = "The phone number or password is incorrect." if self.is_phone else ""
        return refusal("invalid_sign_in_credentials", message=words)

    def find_obstacle(self, services: Services, user: User) -> str:
        """Return the code of the refusal of whoever has still to prove that it is theirs, or ""."""
        if self.is_phone:
            needs_code = services.settings.phones.confirmation and not user.phone_verified
            return "phone_not_verified" if needs_code else ""
        return "email_not_verified" if is_unconfirmed(services, user) else ""


async def log_in(services: Services, name: LoginName, password: str, client: ClientInfo) -> NewSession:
    """Check a password and open a session.

    Raises `invalid_sign_in_credentials`, `email_not_verified` or `phone_not_verified` for the right password of an
    unconfirmed address or number, or `rate_limit_exceeded`. Against user enumeration and timing attacks unknown,
    unconfirmed and confirmed ones cost the same work, and a wrong password gets the same answer for all of them. Raises
    `second_factor_required` for the right one where two-step verification is on.
    """
    user, hashes, counters = await services.store.read(_find_candidates, services, name, client)
    matched = await match_password(services, counters, password, hashes, client)
    if user is None or matched is None:
        raise name.refuse()
    if obstacle := name.find_obstacle(services, user):
        raise refusal(obstacle)
    password_hash = await _rehash_if_outdated(services, user, password, matched, client)
    return await write_log_in(services, _open_session, services, name, user.id, matched, password_hash, client)


def _find_candidates(
    queries: Queries, services: Services, name: LoginName, client: ClientInfo
) -> tuple[User | None, list[str], PasswordCounters]:
    """Return the user, the hashes that the password may match, and where the attempt is counted."""
    user = name.find_user(queries)
    counters = find_password_counters(queries, services, name.key, user, client)
    return user, _find_hashes(queries, services, name, user), counters


def _find_hashes(queries: Queries, services: Services, name: LoginName, user: User | None) -> list[str]:
    """Return the account's hash; for an unconfirmed address or number those of everything typed for it too.

    Runs the same statements for all, against timing attacks.
    """
    waiting = queries.registrations.list_for_user(user.id if user else "")
    own = [user.password_hash] if user and user.password_hash else []
    if user is None or not name.find_obstacle(services, user):
        return own
    return own + [registration.password_hash for registration in waiting if registration.password_hash]


async def _rehash_if_outdated(services: Services, user: User, password: str, hash_: str, client: ClientInfo) -> str:
    """Return the hash to store: a new one if the old one was made with lesser parameters than today's."""
    if not services.passwords.is_outdated(hash_, password):
        return hash_
    return await services.passwords.hash(password, user.password_salt, find_hashing_share(services, client))


def _open_session(
    queries: Queries,
    services: Services,
    name: LoginName,
    user_id: str,
    matched: str,
    password_hash: str,
    client: ClientInfo,
) -> NewSession | SecondStep:
    user = queries.users.find_by_id(user_id)
    # Changed since it was compared, or about to be deleted for good.
    if user is None or user.password_hash != matched or has_left(user, services.clock()):
        raise name.refuse()
    if password_hash != matched:
        queries.users.update(user.id, {"password_hash": password_hash})
    return open_session(queries, services, user, name.method, client)
