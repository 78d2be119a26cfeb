"""Codes by SMS: sent to a number, for one purpose, one user and, where one is named, one browser or session.

A code is compared at most ATTEMPTS times, and the attempts for a number are counted over all its codes, browsers and
networks. All within the caller's transaction.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret, new_id
from backend.kernel.phone_codes import ATTEMPTS, Purpose, derive_phone_code
from backend.kernel.refusals import RefusalError, refusal
from backend.rules import limits
from backend.rules.confirmation import is_account
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event_for
from backend.rules.known_devices import find_known_device
from backend.rules.limits import Counter
from backend.rules.sessions import DOUBLE_CLICK
from backend.rules.sms_limits import count_sent_sms, is_daily_limit_reached
from backend.sms.texts import CHANGED
from backend.store import Queries
from backend.store.records import Mail, PhoneCode, User

CHANNEL = "sms"


@dataclass(frozen=True)
class Sending:
    """What a code is sent for. `asker` is a hash that names the browser or session which it is good in, "" is any.
    `asked_at`: the first request, of a code that is sent again."""

    purpose: Purpose
    phone: str
    client: ClientInfo
    asker: str = field(default="", repr=False)
    registration_id: str | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True)
class RightCode:
    """A code that was right. `is_repeated`: the second click of a double click, whose first one has used it."""

    code: PhoneCode
    is_repeated: bool = False


def name_browser(client: ClientInfo) -> str:
    """Name the browser that a code is good in; "" for a client that names none, such as Altogic's."""
    return client.registration or client.device


def name_session(session_id: str) -> str:
    """Name the session that a code is good in."""
    return hash_secret(f"session:{session_id}")


def send_code(queries: Queries, services: Services, user: User, sending: Sending) -> None:
    """Send a code, which ends the one before it of its purpose and asker; of a new number, all before it."""
    if sending.purpose is Purpose.CHANGE:
        queries.phone_codes.delete_of_purpose(user.id, sending.purpose)
    else:
        queries.phone_codes.delete_of_asker(user.id, sending.purpose, sending.asker)
    code = _make_code(services, user, sending)
    queries.phone_codes.insert(code)
    sms = _make_sms(services, user, sending.client, code.purpose, code.phone, code.created_at)
    queries.mails.insert(replace(sms, phone_code_id=code.id))
    count_sent_sms(queries, services)
    owner = user if is_account(user) else None
    record_event_for(
        queries, owner, EventKind.SMS_REQUESTED, sending.client, code.created_at, purpose=sending.purpose.value
    )


def tell_old_number(queries: Queries, services: Services, user: User, client: ClientInfo) -> None:
    """Send the number that the account had until now that it has another, within the caller's transaction: nothing else
    tells whoever has no mailbox. Not where the day has had its SMS."""
    if user.phone and user.phone_verified and not is_daily_limit_reached(queries, services):
        now = services.clock()
        queries.mails.insert(_make_sms(services, user, client, CHANGED, user.phone, now))
        count_sent_sms(queries, services)


def send_nothing(queries: Queries, services: Services, client: ClientInfo) -> None:
    """Run as many statements as for a code, of the same kinds: constant time, against user enumeration."""
    now = services.clock()
    for _statement in ("the code before it", "the code", "its SMS", "its count"):
        queries.meta.set("last_unsent_mail", now.isoformat())
    record_event_for(queries, None, EventKind.SMS_REQUESTED, client, now)


def check_code(
    queries: Queries,
    services: Services,
    phone: str,
    typed: str,
    purposes: Collection[Purpose],
    client: ClientInfo,
    *,
    asker: str,
    wrong_purpose: str = "invalid_action_type",
) -> RightCode | RefusalError:
    """Count an attempt and return the code of a number that this is, within the caller's transaction, and use it up.

    `typed` is as `read_phone_code` returns it. Refusals are returned, not raised: that would roll back the count.
    `invalid_sms_code` alike for one that is wrong, used, too old, of another browser, or of a number nobody has;
    `wrong_purpose` for a right one that is for something else, which stays good. Raises `rate_limit_exceeded`.
    """
    owner, now = queries.users.find_by_phone(phone), services.clock()
    limits.count(queries, services, make_attempt_counters(queries, services, phone, owner, client))
    live = queries.phone_codes.count_attempt(phone, asker, most=ATTEMPTS, now=now)
    found = _find_right(services, live, typed)
    if found and found.purpose not in purposes:
        return refusal(wrong_purpose)
    if found and queries.phone_codes.use(found.id, now):
        return RightCode(found)
    used = queries.phone_codes.list_used(phone, asker, since=now - DOUBLE_CLICK)
    repeated = _find_right(services, used, typed)
    if repeated and repeated.purpose in purposes:
        return RightCode(repeated, is_repeated=True)
    known = owner if live and owner and is_account(owner) else None
    record_event_for(queries, known, EventKind.CODE_REFUSED, client, now, by="sms")
    return refusal("invalid_sms_code")


def make_attempt_counters(
    queries: Queries, services: Services, phone: str, owner: User | None, client: ClientInfo
) -> Sequence[Counter]:
    """Make the counters of an attempt. A browser that its owner has logged in from is counted by itself, so that no
    stranger can use up the owner's attempts."""
    device = find_known_device(queries, owner, client)
    name = f"sms-code:device:{device}" if device else f"sms-code:{phone}"
    return [
        limits.make_counter(services, limits.CODES_OF_ACCOUNT, name),
        *limits.make_network_counters(services, limits.CODES_OF_NETWORK, "code", client),
    ]


def word_code(services: Services, code: PhoneCode) -> str | None:
    """Return the digits of a code, for its SMS. None where it is over, or the secret key is gone that made it."""
    if code.used_at is not None or code.expires_at <= services.clock():
        return None
    return _recover(services, code)


def _find_right(services: Services, codes: Collection[PhoneCode], typed: str) -> PhoneCode | None:
    right = [code for code in codes if hmac.compare_digest(_recover(services, code) or "", typed)]
    return right[0] if right else None


def _recover(services: Services, code: PhoneCode) -> str | None:
    name = _name(code.id, code.user_id, code.purpose, code.phone)
    key = services.keyring.recover_phone_code_key(name, code.key_hash)
    return derive_phone_code(key) if key else None


def _name(code_id: str, user_id: str, purpose: str, phone: str) -> str:
    """Name everything that a code is bound to."""
    return f"{code_id}:{user_id}:{purpose}:{phone}"


def _make_code(services: Services, user: User, sending: Sending) -> PhoneCode:
    code_id, now, client = new_id(), services.clock(), sending.client
    name = _name(code_id, user.id, sending.purpose.value, sending.phone)
    return PhoneCode(
        id=code_id,
        user_id=user.id,
        purpose=sending.purpose.value,
        phone=sending.phone,
        registration_id=sending.registration_id,
        asker_hash=sending.asker,
        key_hash=hash_secret(services.keyring.derive_phone_code_key(name)),
        attempts=0,
        asked_at=sending.asked_at or now,
        created_at=now,
        expires_at=now + timedelta(seconds=services.settings.phones.code_expiry),
        used_at=None,
        user_agent=client.user_agent,
        address=client.address,
    )


def _make_sms(services: Services, user: User, client: ClientInfo, kind: str, phone: str, created_at: datetime) -> Mail:
    return Mail(
        id=new_id(),
        kind=kind,
        link_id=None,
        user_id=user.id,
        recipient=phone,
        name="",
        language=services.mail_templates.find_language(user.language) or client.language,
        created_at=created_at,
        next_try_at=created_at,
        channel=CHANNEL,
    )
