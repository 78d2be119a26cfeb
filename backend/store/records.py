"""Records: rows as the rules see them. Fields are named as the columns of tables.py. Times are aware, in UTC."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class User:
    """An account. `fields` is the JSON of its free fields; `password_salt` is shared by all its registrations.

    `leaves_at`: when it is deleted, where its owner has asked for it. `two_step_at`: since when a log-in takes a second
    factor too, where its owner wants that. `passkey_handle`: what authenticators know the account by, random and
    base64url; None until the first passkey is asked for.
    factor too, where its owner wants that. `recovers_at`: from when on it can be switched off by whoever has lost the
    factors, and has asked for that.
    """

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
    leaves_at: datetime | None = None
    two_step_at: datetime | None = None
    passkey_handle: str | None = field(default=None, repr=False)
    recovers_at: datetime | None = None


@dataclass(frozen=True)
class Registration:
    """What was typed at one sign-up, until its address is confirmed. `profile`: see `Changes.to_json`.

    `secret_hash` is the hash of the registration secret of the browser; None for other clients of Altogic.
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
class Authenticator:
    """An app that shows codes (TOTP, RFC 6238). `secret` is encrypted. `proved_at`: it has shown a right code.

    `active_at`: in use since; None of one that waits. `last_step`: the time step of the latest code that was taken.
    """

    id: str
    user_id: str
    secret: str = field(repr=False)
    created_at: datetime
    proved_at: datetime | None = None
    active_at: datetime | None = None
    last_step: int = 0
    session_id: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A log-in that waits for its second factor: no session, and it opens nothing else.

    `method` is how the person logged in so far, `device_hash` the browser's device, None of one without.
    `attempts` counts what was compared. Spent, `proof_hash` is a pseudonym of what spent it.
    """

    id: str
    user_id: str
    token_hash: str = field(repr=False)
    method: str
    device_hash: str | None
    created_at: datetime
    expires_at: datetime
    attempts: int = 0
    spent_at: datetime | None = None
    proof_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Link:
    """A mailed link. `pressed_at`: used by the button of our own page, its access token is valid until
    `access_expires_at`. `spent_at`: used up.

    `asked_at`, `user_agent` and `address`: the first request for it, however often it is mailed. `waiting_hash` is the
    hash of the registration secret of the browser that waits for the mail; None for other clients of Altogic.
    `next_path`: where to go after its log-in, or empty. `request_hash` names the requests of the browser that asked for
    the mail (rules/references.py); None where its code is of no use, for a newer one or for want of an asker.
    `attempts` counts what was compared with its code.

    Of a change of address: `session_id` is the session that asked for it, `other_email` the address that the account is
    to get, or has got, instead of the one that the link goes to. `details` is JSON of our own words and numbers, for
    what its mail says.
    Where it undoes that, `reserved_key` is the key of its address, which nobody else can register by only typing it.
    `letter`: the kind of the mail that brings it. `disowned_at`: somebody has answered that mail by "This wasn't me".
    """

    id: str
    kind: str
    user_id: str
    registration_id: str | None
    email: str
    key_hash: str
    access_hash: str
    handle_hash: str
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
    session_id: str | None = None
    other_email: str | None = None
    letter: str = ""
    disowned_at: datetime | None = None
    request_hash: str | None = field(default=None, repr=False)
    attempts: int = 0
    details: str = "{}"
    reserved_key: str | None = None


@dataclass(frozen=True)
class Mail:
    """A mail of the outbox: what it says and to whom, never its link. One of nobody's is deleted once it has left.

    `channel`: how it leaves. `link_id` is None if it only tells something, `user_id` if it outlives the account.
    `refusals` counts those for good, `lost_answers` the tries without an answer after the whole mail was sent.
    `code` is the mail server's latest refusal, such as "550 5.1.1". `next_try_at`: of a claimed mail the end of its
    lease; None: it is not tried again.
    """

    id: str
    kind: str
    link_id: str | None
    user_id: str | None
    recipient: str
    name: str
    language: str
    created_at: datetime
    next_try_at: datetime | None
    tries: int = 0
    delivered_at: datetime | None = None
    given_up_at: datetime | None = None
    failure: str | None = None
    refusals: int = 0
    lost_answers: int = 0
    code: str | None = None
    channel: str = "mail"


@dataclass(frozen=True)
class Passkey:
    """A passkey of an account. `credential_id` is base64url, `public_key` COSE; `transports` is a JSON list.

    `is_backup_eligible`: it may be synchronized to other devices, and `is_backed_up`: it was, when it was last used.
    `is_verifying`: its device has checked who holds it, by a PIN, a finger, a face. `is_discoverable`: found without
    naming the account first; None where the browser did not say. `name` is the owner's own, None until they give one;
    `browser` and `system` are those in which it was added. `suspected_at`: since when there may be a copy of it.
    """

    id: str
    user_id: str
    credential_id: str
    public_key: bytes = field(repr=False)
    sign_count: int
    aaguid: str
    transports: str
    is_backup_eligible: bool
    is_backed_up: bool
    is_verifying: bool
    is_discoverable: bool | None
    name: str | None
    browser: str
    system: str
    created_at: datetime
    last_used_at: datetime | None = None
    suspected_at: datetime | None = None


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


@dataclass(frozen=True)
class Bucket:
    """A bucket of files; two users may have buckets of the same name. `tags` is a JSON list.

    `is_public`: the default for its files.
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
    """A stored file without its bytes, which are read in pieces. `tags` is a JSON list.

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
class RecoverySet:
    """A set of recovery codes: pending until `expires_at`, or active, in force since `created_at`, and then with codes
    of its own. `seed_hash` is that of the seed which its codes are derived from, or were."""

    id: str
    user_id: str
    is_active: bool
    seed_hash: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True)
class RecoveryCode:
    """A recovery code of an active set: its first letter, and the hash of the others."""

    set_id: str
    selector: str
    hash: str = field(repr=False)
    used_at: datetime | None = None


@dataclass(frozen=True)
class LostFactors:
    """That a user waits for their factors to be removed, since when, and the client that asked.

    `is_by_mail`: the mailbox is all that they have shown. `next_mail_at`: when the next mail about it is due.
    """

    user_id: str
    is_by_mail: bool
    created_at: datetime
    next_mail_at: datetime
    user_agent: str
    address: str
    language: str


@dataclass(frozen=True)
class Usage:
    """The usage of a user's files, of all or of one bucket. Sizes in bytes, 0 if there is no file."""

    count: int
    bytes: int
    smallest: int
    largest: int
