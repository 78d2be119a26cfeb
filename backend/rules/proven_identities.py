"""What a provider has proven, until it is used: who that is here, and what its token may be used for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from backend.kernel import fields
from backend.kernel.fields import Address
from backend.kernel.keys import hash_secret, new_id
from backend.kernel.refusals import RefusalError, refusal
from backend.providers.interface import ProvenIdentity
from backend.rules.context import Services
from backend.rules.provider_flows import StartedFlow
from backend.settings.providers import NAMES
from backend.store import Queries
from backend.store.records import ProvenRow, User

TOKEN_LIFETIME = timedelta(minutes=10)
ADDRESS_LIFETIME = timedelta(hours=1)  # to type an address


class IdentityPurpose(StrEnum):
    """What a proven identity waits for: to log in, to be connected, for a mailed link, for an address."""

    SIGN_IN = "signin"
    CONNECT = "connect"
    MAIL = "mail"
    ADDRESS = "address"


@dataclass(frozen=True)
class NamedProvider:
    """A provider as people know it."""

    id: str
    name: str


@dataclass(frozen=True)
class TokenStatus:
    """What the token of a log-in at a provider is for, and whether it works: "valid", "used" or "expired". `email` is
    the account's, or what the account will have, or None."""

    row: ProvenRow
    state: str
    email: str | None
    provider: NamedProvider


@dataclass(frozen=True)
class Person:
    """Who somebody is here that a provider has told of: an account of theirs, or with their address, or neither.

    `has_identity`: the account has this identity; else it has the address, which the provider has checked.
    """

    user: User | None = None
    has_identity: bool = False
    email: Address | None = None


def find_person(queries: Queries, proven: ProvenRow, *, is_email_proven: bool) -> Person:
    """Find whose identity it is, by its key alone, or else who has the address, if the provider has checked that.

    An account of which nobody has proven the address does not count: it gives way to whoever does.
    """
    identity = queries.identities.find(proven.provider, proven.issuer, proven.subject)
    if identity is not None:
        return Person(queries.users.find_by_id(identity.user_id), has_identity=True)
    email = read_email(proven.email) if is_email_proven else None
    user = queries.users.find_by_email(email.key) if email else None
    return Person(user if user and user.email_verified else None, email=email)


def make_row(services: Services, started: StartedFlow, token: str, proven: ProvenIdentity) -> ProvenRow:
    """Make the row of what was proven; for what purpose is yet to be said. What cannot be shown is left out."""
    now = services.clock()
    name, email = _clean_name(proven.name), read_email(proven.email)
    return ProvenRow(
        id=new_id(),
        user_id=started.user_id or None,
        purpose=IdentityPurpose.CONNECT if started.connects else IdentityPurpose.SIGN_IN,
        token_hash=hash_secret(token),
        provider=proven.provider,
        issuer=proven.issuer,
        subject=proven.subject,
        name=name,
        email=email.typed if email else None,
        session_id=started.session_id or None,
        browser_hash=started.browser_hash or None,
        registration_id=None,
        created_at=now,
        expires_at=now + TOKEN_LIFETIME,
    )


def wait_for_address(row: ProvenRow) -> ProvenRow:
    """Return the row as it waits for an address to be typed."""
    return replace(row, purpose=IdentityPurpose.ADDRESS, expires_at=row.created_at + ADDRESS_LIFETIME)


async def describe_token(services: Services, token: str) -> TokenStatus | None:
    """Describe the token that a log-in at a provider ended with. None for any other."""
    return await services.store.read(_describe_token, services, token)


def _describe_token(queries: Queries, services: Services, token: str) -> TokenStatus | None:
    row, now = queries.proven_identities.find_by_token(hash_secret(token)), services.clock()
    if row is None or row.purpose not in (IdentityPurpose.SIGN_IN, IdentityPurpose.CONNECT):
        return None
    user = queries.users.find_by_id(row.user_id or "")
    state = "used" if row.spent_at else "valid" if now < row.expires_at else "expired"
    named = NamedProvider(row.provider, find_name(services, row.provider))
    return TokenStatus(row, state, user.email if user else row.email, named)


def find_live(queries: Queries, token: str, purpose: IdentityPurpose, now: datetime) -> ProvenRow:
    """Find what a token is for.

    Raises `invalid_access_token`, or `invalid_token_type` for one of another purpose, which stays good.
    """
    row = queries.proven_identities.find_by_token(hash_secret(token))
    if row is None:
        raise refusal("invalid_access_token")
    if row.purpose != purpose:
        raise refusal("invalid_token_type")
    if row.spent_at is not None or now >= row.expires_at:
        raise refusal("invalid_access_token")
    return row


def is_of_browser(row: ProvenRow, registration: str) -> bool:
    """Tell whether it counts in the browser with this registration secret, by its hash: in any, where it was bound to
    none."""
    return row.browser_hash is None or row.browser_hash == registration


def find_name(services: Services, provider: str) -> str:
    """Return what people call a provider. Of one that an operator named, and has taken away since, it is the id."""
    known = services.providers.get(provider)
    return known.name if known else NAMES.get(provider, provider)


def read_email(text: str | None) -> Address | None:
    """Return an address that a provider names, or None for what is none."""
    try:
        return fields.email(text)
    except RefusalError:
        return None


def _clean_name(text: str) -> str | None:
    try:
        return fields.name(text[: fields.NAME_LIMIT])
    except RefusalError:
        return None
