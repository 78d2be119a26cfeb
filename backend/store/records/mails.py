"""Records of mailed links, and of mails."""

from dataclasses import dataclass, field
from datetime import datetime


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

    `channel`: how it leaves; of an SMS `recipient` is a number, and `phone_code_id` names its code. `link_id` is None
    if it only tells something, `user_id` if it outlives the account. `refusals` counts those for good, `lost_answers`
    the tries without an answer after the whole mail was sent. `code` is the mail server's latest refusal, such as
    "550 5.1.1". `next_try_at`: of a claimed mail the end of its lease; None: it is not tried again.
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
    phone_code_id: str | None = None
