"""Records of factors: what somebody has beside a password, and the log-ins that wait for it."""

from dataclasses import dataclass, field
from datetime import datetime


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
class RecoverySet:
    """A set of recovery codes: pending until `expires_at`, in the session that has made it, or active, in force since
    `created_at`, and then with codes of its own. `seed_hash` is that of the seed which its codes are derived from, or
    were."""

    id: str
    user_id: str
    is_active: bool
    seed_hash: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None
    session_id: str | None = None


@dataclass(frozen=True)
class RecoveryCode:
    """A recovery code of an active set: its first letter, and the hash of the others."""

    set_id: str
    selector: str
    hash: str = field(repr=False)
    used_at: datetime | None = None


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
