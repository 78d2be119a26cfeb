"""Records of identities: who somebody is at a provider."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Identity:
    """An account at a provider, by which its owner logs in here. `subject` is the provider's id of the person, unique
    at `issuer`. `name` and `email` are what the provider said last; an address changes nothing here."""

    id: str
    user_id: str
    provider: str
    issuer: str
    subject: str
    name: str | None
    email: str | None
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True)
class ProvenRow:
    """An identity that a provider has proven, and that waits to be used once.

    `purpose`: "signin" and "connect" wait for their token, "mail" for a mailed link, "address" for an address to be
    typed, and from then on for its `registration_id`. `user_id`: whose account it is about, if there is one.
    `session_id`: which has begun to connect it. `browser_hash`: of the browser in which alone it counts.
    """

    id: str
    user_id: str | None
    purpose: str
    token_hash: str = field(repr=False)
    provider: str
    issuer: str
    subject: str
    name: str | None
    email: str | None
    session_id: str | None
    browser_hash: str | None = field(repr=False)
    registration_id: str | None
    created_at: datetime
    expires_at: datetime
    spent_at: datetime | None = None
