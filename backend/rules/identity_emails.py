"""The address of whoever logs in with a provider that names none which it has checked. It is confirmed by a mail, as at
a sign-up, in the browser in which the log-in took place: else whoever typed somebody else's address would get into what
its owner confirms.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from backend.kernel.fields import Address
from backend.kernel.keys import hash_secret, new_id, new_token
from backend.kernel.password_hashing import new_salt
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.identity_mails import write_connect_link
from backend.rules.mail_limits import DOUBLE_SUBMIT, count_mail, find_mail_counters, prepay_sign_up_mail
from backend.rules.mailer import Mailer
from backend.rules.proven_identities import IdentityPurpose, find_live, find_name, is_of_browser
from backend.rules.registrations import make_registration, make_user
from backend.rules.retention import KEEP_REGISTRATIONS
from backend.store import Queries
from backend.store.records import ProvenRow, Registration, User

NO_PASSWORD = ""  # the identity waits instead


@dataclass(frozen=True)
class AskedAddress:
    """What is known of somebody of whom an address is asked: by which provider, and what it says of them."""

    provider: str
    provider_name: str
    name: str | None
    email: str | None
    expires_at: datetime


async def describe(services: Services, ref: str, client: ClientInfo) -> AskedAddress:
    """Describe whose address is asked for. Raises `invalid_access_token`, also in another browser."""
    row = await services.store.read(_find, ref, client, services.clock())
    name = find_name(services, row.provider)
    return AskedAddress(row.provider, name, row.name, row.email, row.expires_at)


def _find(queries: Queries, ref: str, client: ClientInfo, now: datetime) -> ProvenRow:
    row = find_live(queries, ref, IdentityPurpose.ADDRESS, now)
    if not is_of_browser(row, client.registration):
        raise refusal("invalid_access_token")
    return row


async def take_address(services: Services, ref: str, email: Address, client: ClientInfo) -> None:
    """Mail an address, for the identity that waits for one: its confirmation, or, where it is an account's, the link
    that connects the two. Nobody can tell by the answer which of them it was.

    `client.registration` must be there. Raises `invalid_access_token` or `rate_limit_exceeded`.
    """
    await services.store.read(_check_limits, services, email, client)
    await services.store.write(_take, services, ref, email, client)
    services.mail_waits.set()


def _check_limits(queries: Queries, services: Services, email: Address, client: ClientInfo) -> None:
    limits.check(queries, services, find_mail_counters(queries, services, email, client))


def _take(queries: Queries, services: Services, ref: str, email: Address, client: ClientInfo) -> None:
    now = services.clock()
    row = _copy(_find(queries, ref, client, now), client, now)
    user = queries.users.find_by_email(email.key)
    counters = find_mail_counters(queries, services, email, client)
    count_mail(queries, services, counters, f"address:{row.id}:{email.key}")
    prepay_sign_up_mail(queries, services, email)
    if user is not None and user.email_verified:
        queries.proven_identities.insert(write_connect_link(queries, services, user, row, client))
    else:
        _register(queries, services, user, email, row, client)


def _copy(row: ProvenRow, client: ClientInfo, now: datetime) -> ProvenRow:
    """Copy what waits for an address, which goes on waiting: the one that is typed now may be wrong."""
    token_hash = hash_secret(new_token())  # of no token that anybody has
    return replace(row, id=new_id(), token_hash=token_hash, browser_hash=client.registration, created_at=now)


def _register(
    queries: Queries, services: Services, user: User | None, email: Address, row: ProvenRow, client: ClientInfo
) -> None:
    """Keep the identity, as a sign-up keeps a password, until the mailed link is used in this browser."""
    now = services.clock()
    if user is None:
        user = make_user(new_salt(), now, email=email)
        queries.users.insert(user)
    known = _find_registration(queries, user, email, row)
    registration = known or _add_registration(queries, user, email, row, client, now)
    if known is None or now - known.created_at >= DOUBLE_SUBMIT:
        Mailer(queries, services, client).send_confirmation(user, registration)


def _find_registration(queries: Queries, user: User, email: Address, row: ProvenRow) -> Registration | None:
    """Find what this browser has asked for the same identity and address before."""
    for known in queries.registrations.list_for_user(user.id):
        waiting = queries.proven_identities.find_by_registration(known.id)
        is_same = waiting and _name_key(waiting) == _name_key(row)
        if is_same and known.secret_hash == row.browser_hash and known.email == email.typed:
            return known
    return None


def _name_key(row: ProvenRow) -> tuple[str, str, str]:
    return row.provider, row.issuer, row.subject


def _add_registration(
    queries: Queries, user: User, email: Address, row: ProvenRow, client: ClientInfo, now: datetime
) -> Registration:
    profile = Changes(columns={"name": row.name} if row.name else {})
    registration = make_registration(user, email, NO_PASSWORD, profile, client, now)
    queries.registrations.insert(registration)
    kept_until = now + KEEP_REGISTRATIONS
    queries.proven_identities.insert(replace(row, registration_id=registration.id, expires_at=kept_until))
    return registration
