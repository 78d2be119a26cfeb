"""Records of accounts: who has one, their sessions, what happened to it, what is counted."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class User:
    """An account. `fields` is the JSON of its free fields; `password_salt` is shared by all its registrations.

    `leaves_at`: when it is deleted, where its owner has asked for it. `two_step_at`: since when a log-in takes a second
    factor too, where its owner wants that. `passkey_handle`: what authenticators know the account by, random and
    base64url; None until the first passkey is asked for. `recovers_at`: from when on whoever has lost the factors, and
    has asked for that, can have them removed. `phone` is in E.164, and the account has it since `phone_at`.
    There is an address, a number, or both. `provider` and `provider_user_id`: the identity that the account was created
    with, as long as it is connected.
    """

    id: str
    email: str | None
    email_key: str | None
    email_verified: bool
    password_hash: str | None = field(repr=False)
    password_salt: bytes
    name: str | None
    profile_picture: str | None
    language: str | None
    timezone: str | None
    fields: str
    sign_up_at: datetime
    last_login_at: datetime
    leaves_at: datetime | None = None
    two_step_at: datetime | None = None
    passkey_handle: str | None = field(default=None, repr=False)
    recovers_at: datetime | None = None
    phone: str | None = None
    phone_verified: bool = False
    phone_at: datetime | None = None
    provider: str | None = None
    provider_user_id: str | None = None

    @property
    def login_name(self) -> str:
        """What the owner knows the account by: the address, or else the number."""
        return self.email or self.phone or ""


@dataclass(frozen=True)
class Registration:
    """What was typed at one sign-up, until its address or number is confirmed; `email` is None for a number.

    `profile`: see `Changes.to_json`. `secret_hash` is the hash of the registration secret of the browser; None for
    other clients of Altogic. `password_hash` is empty where an identity of a provider waits instead of a password.
    """

    id: str
    user_id: str
    email: str | None
    password_hash: str = field(repr=False)
    profile: str
    created_at: datetime
    user_agent: str
    address: str
    language: str
    secret_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Session:
    """A logged-in device. The token itself is not stored; `handle` names the session, is public and opens nothing.

    `confirmed_at`: when the person last proved who they are, and by what (`confirmed_by`: "password"). `factor`: the
    second factor that opened it.
    """

    id: str
    user_id: str
    token_hash: str
    handle: str
    method: str
    label: str | None
    user_agent: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    factor: str | None = None


@dataclass(frozen=True)
class Count:
    """A count of a rate limit since its window began; `id` is a hash of what is counted."""

    id: str
    count: int
    expires_at: datetime


@dataclass(frozen=True)
class Event:
    """What happened to an account `count` times in a day: first, and last, when it came from this browser and address.

    `kind` is one of `kernel.events.EventKind`, `details` JSON. `browser` and `system` are "Other" where unknown.
    """

    id: str
    user_id: str
    kind: str
    details: str
    browser: str
    system: str
    address: str
    count: int
    first_at: datetime
    last_at: datetime
