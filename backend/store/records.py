"""Rows as the rules see them. Field for field the columns of tables.py, in any order. Times are aware, in UTC."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class User:
    """An account. `fields` is the JSON of its free fields; `password_salt` is shared by everything typed at sign-up."""

    id: str
    email: str
    email_key: str
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


@dataclass(frozen=True)
class Registration:
    """What was typed at one sign-up, waiting for its own link. `profile` is JSON as profile.py keeps it.

    `secret_hash` is of the secret that the browser holds in which it was typed; None where a client of Altogic's asked.
    """

    id: str
    user_id: str
    email: str
    password_hash: str = field(repr=False)
    profile: str
    created_at: datetime
    user_agent: str
    address: str
    language: str
    secret_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Session:
    """A logged-in device. The token itself is nowhere; `handle` may be shown and opens nothing."""

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


@dataclass(frozen=True)
class Link:
    """A mailed link. Pressed at our own button it owes an access token; spent, it is over.

    `asked_at`, `user_agent` and `address` are of who asked for what the link does, however often it is mailed.
    `waiting_hash` is of the registration secret of the browser that waits for the mail; None where a client of
    Altogic's asked. `next_path` is where its log-in is to lead, or empty.
    """

    id: str
    kind: str
    user_id: str
    registration_id: str | None
    email: str
    key_hash: str
    access_hash: str
    reference_hash: str
    created_at: datetime
    expires_at: datetime
    pressed_at: datetime | None
    access_expires_at: datetime | None
    spent_at: datetime | None
    asked_at: datetime
    user_agent: str
    address: str
    language: str
    waiting_hash: str | None = field(default=None, repr=False)
    next_path: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail of the outbox: what it says and to whom, never its link.

    `refusals` were for good, `lost_answers` came to nothing after the whole mail was handed over. `code` is the mail
    server's latest refusal, such as "550 5.1.1". `next_try_at` None: nothing more is done; of a mail under way it is
    the end of the lease of who has it in hand.
    """

    id: str
    kind: str
    link_id: str
    user_id: str
    recipient: str
    name: str
    language: str
    created_at: datetime
    tries: int
    next_try_at: datetime | None
    delivered_at: datetime | None
    given_up_at: datetime | None
    failure: str | None
    refusals: int = 0
    lost_answers: int = 0
    code: str | None = None


@dataclass(frozen=True)
class Count:
    """How often something was tried since this count began; `id` is a hash that says what."""

    id: str
    count: int
    expires_at: datetime


@dataclass(frozen=True)
class Bucket:
    """Files that their owner keeps together; another user's bucket of the same name is another.

    `is_public` is what a file becomes that says nothing of it. `tags` is a JSON list.
    """

    id: str
    user_id: str
    name: str
    is_public: bool
    tags: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class File:
    """What is known of a stored file; its bytes are asked for separately. `tags` is a JSON list.

    `bucket_id` is None in the bucket `root`.
    """

    id: str
    user_id: str
    name: str
    size: int
    mime_type: str
    is_public: bool
    tags: str
    uploaded_at: datetime
    updated_at: datetime
    bucket_id: str | None = None


@dataclass(frozen=True)
class Usage:
    """What a user's files take, all of them or those in one bucket. Sizes in bytes, 0 where there is no file."""

    count: int
    bytes: int
    smallest: int
    largest: int
