"""The rows of a filled database, of each kind one for each user, and what the statements are asked for with."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert

from backend.store import Queries
from backend.store.records import (
    Authenticator,
    Bucket,
    Count,
    Event,
    File,
    Identity,
    Link,
    LostFactors,
    Mail,
    Passkey,
    PhoneCode,
    ProvenRow,
    RecoveryCode,
    RecoverySet,
    Registration,
    Session,
    Ticket,
    User,
)
from backend.store.tables import (
    authenticators,
    buckets,
    devices,
    events,
    file_pieces,
    files,
    identities,
    limits,
    links,
    lost_factors,
    mails,
    passkeys,
    phone_codes,
    proven_identities,
    recovery_codes,
    recovery_sets,
    registrations,
    sessions,
    tickets,
    used_challenges,
    users,
)

ROWS = 4000
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ID, HASH = f"{7:024x}", f"{7:064x}"
Work = Callable[[Queries], object]


def fill(connection: Connection) -> None:
    """One of each for each user. The mails have gone, all but a few; some sessions and links have expired."""
    rows = range(ROWS)
    connection.execute(insert(users), [asdict(make_user(row)) for row in rows])
    connection.execute(insert(registrations), [asdict(make_registration(row)) for row in rows])
    connection.execute(insert(sessions), [asdict(make_session(row)) for row in rows])
    connection.execute(insert(authenticators), [asdict(make_authenticator(row)) for row in rows])
    connection.execute(insert(tickets), [asdict(make_ticket(row)) for row in rows])
    connection.execute(insert(passkeys), [asdict(make_passkey(row)) for row in rows])
    connection.execute(insert(identities), [asdict(make_identity(row)) for row in rows])
    connection.execute(insert(proven_identities), [asdict(make_proven(row)) for row in rows])
    used = [{"id": f"{row:064x}", "expires_at": _when(row)} for row in rows]
    connection.execute(insert(used_challenges), used)
    sets = [asdict(make_set(row) if row % 2 else make_pending_set(row)) for row in rows]
    connection.execute(insert(recovery_sets), sets)
    codes = [asdict(RecoveryCode(f"{row:024x}", letter, "")) for row in rows if row % 2 for letter in "BC"]
    connection.execute(insert(recovery_codes), codes)
    connection.execute(insert(lost_factors), [asdict(make_lost(row)) for row in rows])
    connection.execute(insert(phone_codes), [asdict(make_phone_code(row)) for row in rows])
    connection.execute(insert(links), [asdict(make_link(row)) for row in rows])
    connection.execute(insert(mails), [asdict(make_mail(row)) for row in rows])
    connection.execute(insert(limits), [asdict(Count(f"{row:064x}", 1, _when(row))) for row in rows])
    known = [{"id": f"{row:064x}", "user_id": f"{row:024x}", "expires_at": _when(row)} for row in rows]
    connection.execute(insert(devices), known)
    connection.execute(insert(buckets), [asdict(make_bucket(row)) for row in rows])
    connection.execute(insert(events), [asdict(make_event(row)) for row in rows])
    connection.execute(insert(files), [asdict(make_file(row)) for row in rows])
    pieces = [{"file_id": make_file(row).id, "number": 0, "content": b"photo"} for row in rows]
    connection.execute(insert(file_pieces), pieces)


def make_user(row: int) -> User:
    email, name = f"ada{row}@example.com", f"Ada {row}"
    user = User(f"{row:024x}", email, email, True, "hash", b"salt" * 4, name, None, None, None, "{}", NOW, NOW)
    return replace(user, phone=make_phone(row) if row % 10 == 7 else None)


def make_phone(row: int) -> str:
    return f"+4915{row:09}"


def make_phone_code(row: int) -> PhoneCode:
    row_id, hashed = f"{row:024x}", f"{row:064x}"
    times = (NOW, _when(row), _when(row), None)
    return PhoneCode(row_id, row_id, "change-phone", make_phone(row), None, hashed, hashed, 0, *times, "Firefox", "")


def make_registration(row: int) -> Registration:
    row_id = f"{row:024x}"
    return Registration(row_id, row_id, f"ada{row}@example.com", "hash", "{}", NOW, "Firefox", "127.0.0.1", "en")


def make_session(row: int) -> Session:
    row_id, secret = f"{row:024x}", f"{row:064x}"
    times = (_when(row), _when(row), _when(row))
    return Session(row_id, row_id, secret, secret, "password", None, "Firefox", "{}", "127.0.0.1", *times)


def make_authenticator(row: int) -> Authenticator:
    row_id = f"{row:024x}"
    return Authenticator(row_id, row_id, "encrypted", NOW, NOW, NOW if row % 2 else None)


def make_ticket(row: int) -> Ticket:
    row_id, secret = f"{row:024x}", f"{row:064x}"
    return Ticket(row_id, row_id, secret, "password", None, NOW, _when(row))


def make_passkey(row: int) -> Passkey:
    row_id, said = f"{row:024x}", (False, False, True, None)
    where = (None, "Firefox", "Windows", _when(row))
    return Passkey(row_id, row_id, f"credential {row}", b"key", 0, "aaguid", "[]", *said, *where)


def make_identity(row: int) -> Identity:
    row_id = f"{row:024x}"
    return Identity(row_id, row_id, "github", "https://github.com", str(row), "Ada", None, _when(row))


def make_proven(row: int) -> ProvenRow:
    row_id, key = f"{row:024x}", ("github", "https://github.com", str(row), "Ada", None)
    waits_for = row_id if row % 10 == 7 else None
    times = (NOW, _when(row))
    return ProvenRow(row_id, row_id, "signin", f"{row:064x}", *key, None, None, waits_for, *times)


def make_set(row: int) -> RecoverySet:
    return RecoverySet(f"{row:024x}", f"{row:024x}", True, "", NOW)


def make_pending_set(row: int) -> RecoverySet:
    return replace(make_set(row), is_active=False, expires_at=_when(row))


def make_lost(row: int) -> LostFactors:
    return LostFactors(f"{row:024x}", False, NOW, _when(row), "Firefox", "127.0.0.1", "en")


def make_link(row: int) -> Link:
    row_id, secret, when = f"{row:024x}", f"{row:064x}", _when(row)
    owner = (row_id, row_id, f"ada{row}@example.com")
    times = (when, when, None, None, None, when)
    link = Link(row_id, "magic-link", *owner, secret, secret, secret, *times, "Firefox", "", "en")  # type: ignore[arg-type]
    is_undo = row % 10 == 7
    return replace(link, waiting_hash=secret, reserved_key=f"ada{row}@example.com" if is_undo else None)


def make_mail(row: int) -> Mail:
    row_id, due = f"{row:024x}", NOW if row < 20 else None
    to = (f"ada{row}@example.com", "Ada", "en")
    return Mail(row_id, "magic-link", row_id, row_id, *to, _when(row), due, delivered_at=None if due else NOW)


def make_file(row: int) -> File:
    row_id = f"{row:024x}"
    bucket_id = row_id if row % 2 else None
    return File(row_id, row_id, f"photo {row}.png", 5, "image/png", True, "[]", NOW, NOW, bucket_id)


def make_event(row: int) -> Event:
    row_id, when = f"{row:024x}", _when(row)
    return Event(f"{row:064x}", row_id, "session.opened", "{}", "Firefox", "Windows", "127.0.0.1", 1, when, when)


def make_bucket(row: int) -> Bucket:
    row_id = f"{row:024x}"
    return Bucket(row_id, row_id, "photos", True, "[]", NOW, NOW)


def _when(row: int) -> datetime:
    """The first hundred are over by now."""
    return NOW + timedelta(minutes=row - 100)
