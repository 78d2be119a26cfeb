"""Sessions: opened by a log-in, and known by the hash of their token. What becomes of them: `session_list.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from backend.kernel.devices import user_agent_to_json
from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret, new_id, new_token
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.events import describe_opening, record_event
from backend.rules.known_devices import remember_device
from backend.rules.lost_factors import stop_waiting
from backend.rules.new_logins import mail_new_login
from backend.rules.tickets import SecondStep, open_second_step
from backend.store import Queries
from backend.store.records import Session, User

SESSIONS_OF_ACCOUNT = 300  # at once; one more ends the oldest
LAST_SEEN_EVERY = timedelta(minutes=5)  # how exactly `last_seen_at` is kept; a quarter of SESSION_IDLE if that is less
# Log-ins that prove who it is; a mailed link proves only whose mailbox it is, a code by SMS whose phone.
PROOFS = {"password": "password", "phone": "password"}
DOUBLE_CLICK = timedelta(seconds=5)  # two log-ins of one browser within this are one (idempotent)


@dataclass(frozen=True)
class NewSession:
    """A user with a session just opened, and the only copy of its token. `is_mailed`: a mail tells the owner of it.

    `connected`: the provider whose identity the mail connected that opened it, or "".
    """

    user: User
    session: Session
    token: str = field(repr=False)
    is_mailed: bool = False
    connected: str = ""


@dataclass(frozen=True)
class SignedIn:
    """The caller: user, session and the token that was presented."""

    user: User
    session: Session
    token: str = field(repr=False)


async def authenticate(services: Services, token: str, *, is_use: bool = True) -> SignedIn:
    """Find the user and the session of a token, and note that it is used, if it is.

    Raises `missing_session_token` or `invalid_session_token`.
    """
    require_token(token)
    now = services.clock()
    me = await services.store.read(find_signed_in, services, token, now)
    if is_use:
        note_use(services, me.session, now)
    return me


def require_token(token: str) -> None:
    """Raise `missing_session_token` for an empty one."""
    if not token:
        raise refusal("missing_session_token")


def find_signed_in(queries: Queries, services: Services, token: str, now: datetime) -> SignedIn:
    """Do what `authenticate` does, within the caller's transaction. Its session is noted as used afterwards."""
    digest = hash_secret(token)
    found = queries.sessions.find_with_user(digest) or _find_renewed(queries, digest, now)
    if found is None or not is_active(services, found[0], now) or has_left(found[1], now):
        raise refusal("invalid_session_token")
    session, user = found
    return SignedIn(user, session, token)


def _find_renewed(queries: Queries, token_hash: str, now: datetime) -> tuple[Session, User] | None:
    """Find a session by its token of before, which opens what it opened then: it was never confirmed with it."""
    found = queries.sessions.find_with_user_by_previous(token_hash, now)
    return found and (replace(found[0], confirmed_at=None, confirmed_by=None), found[1])


def is_active(services: Services, session: Session, now: datetime) -> bool:
    """Return whether a session has neither expired nor been left unused for too long."""
    idle = timedelta(seconds=services.settings.sessions.idle)
    return now < session.expires_at and now < session.last_seen_at + idle


def has_left(user: User, now: datetime) -> bool:
    """Tell whether the time is over in which the owner could keep the account: nobody may use it any more."""
    return user.leaves_at is not None and user.leaves_at <= now


def note_use(services: Services, session: Session, now: datetime) -> None:
    """Record the session's last use in the background, at most every LAST_SEEN_EVERY."""
    idle = timedelta(seconds=services.settings.sessions.idle)
    if now - session.last_seen_at >= min(LAST_SEEN_EVERY, idle / 4):
        services.background_writes.start(session.id, partial(services.store.write, _set_last_seen, session.id, now))


def _set_last_seen(queries: Queries, session_id: str, now: datetime) -> None:
    queries.sessions.update_last_seen(session_id, now)


@dataclass(frozen=True)
class Proved:
    """A second factor that was shown, or a passkey that stands for both.

    `token`: that of the session, where it is derived.
    """

    factor: str
    token: str = field(default="", repr=False)


async def write_log_in(services: Services, work: Callable[..., NewSession | SecondStep], *given: Any) -> NewSession:
    """Run a transaction that opens a session, and send the mail about it, if any, at once.

    Raises `second_factor_required`, after the transaction: the link or code that led here is spent.
    """
    opened: NewSession | SecondStep = await services.store.write(work, *given)
    if isinstance(opened, SecondStep):
        raise opened.refuse()
    if opened.is_mailed:
        services.mail_waits.set()
    return opened


def open_session(
    queries: Queries, services: Services, user: User, method: str, client: ClientInfo, *, proved: Proved | None = None
) -> NewSession | SecondStep:
    """Open a session within the caller's transaction, or return the one that a double click has just opened.

    Where two-step verification is on and no second factor was `proved`, nothing is opened: the second step is returned.
    `method` is how the user logged in: "password", "phone" where that came with the number, or the kind of the mailed
    link. No other function opens sessions.
    """
    if user.two_step_at and proved is None:
        return open_second_step(queries, services, user, method, client)
    if proved and proved.token:
        return _insert_session(queries, services, user, method, client, proved.token, proved)
    token, session = _find_double_click(queries, services, user, client, services.clock())
    if session is not None:
        return NewSession(user, session, token)
    return _insert_session(queries, services, user, method, client, token, proved)


def _insert_session(
    queries: Queries,
    services: Services,
    user: User,
    method: str,
    client: ClientInfo,
    token: str,
    proved: Proved | None,
) -> NewSession:
    now, factor = services.clock(), proved.factor if proved else None
    if proved and user.recovers_at:  # what was said to be lost is here
        stop_waiting(queries, user.id, client, now, "factor")
    confirmed_by = factor or PROOFS.get(method)
    session = Session(
        id=new_id(),
        user_id=user.id,
        token_hash=hash_secret(token),
        handle=hash_secret(new_token()),
        method=method,
        label=None,
        user_agent=client.user_agent,
        device=user_agent_to_json(client.user_agent),
        address=client.address,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(seconds=services.settings.accounts.session_lifetime),
        confirmed_at=now if confirmed_by else None,
        confirmed_by=confirmed_by,
        factor=factor,
    )
    queries.sessions.insert(session)
    queries.sessions.end_oldest(user.id, keep=SESSIONS_OF_ACCOUNT)
    is_mailed = mail_new_login(queries, services, user, method, client)
    queries.users.update(user.id, {"last_login_at": now})
    remember_device(queries, services, user, client)
    record_event(queries, user.id, EventKind.SESSION_OPENED, client, now, **describe_opening(session))
    return NewSession(queries.users.find_by_id(user.id) or user, session, token, is_mailed)


def open_again(
    queries: Queries, services: Services, user: User, method: str, client: ClientInfo
) -> NewSession | SecondStep | None:
    """Answer the second click of a double click as the first: with the session that it has opened, or a second step.

    None where that has ended, or where nobody can tell that both come from one browser.
    """
    if user.two_step_at and client.device:
        return open_second_step(queries, services, user, method, client)
    token, session = _find_double_click(queries, services, user, client, services.clock())
    return NewSession(user, session, token) if session else None


def find_opened(queries: Queries, token: str) -> NewSession | None:
    """Find the session that was opened with a token, for a second request that derives the same one."""
    found = queries.sessions.find_with_user(hash_secret(token))
    return NewSession(found[1], found[0], token) if found else None


def _find_double_click(
    queries: Queries, services: Services, user: User, client: ClientInfo, now: datetime
) -> tuple[str, Session | None]:
    """Find the session that the same browser has opened within DOUBLE_CLICK. Return a token and that session, if any.

    Tokens are stored as hashes only, so the second click derives the same token again: from the browser's device id,
    which is stored nowhere, and from the end of the time window.
    """
    if not client.device:
        return new_token(), None
    window = queries.limits.increment(
        services.keyring.derive_pseudonym(f"log-in:{user.id}:{client.device}"), now=now, expires_at=now + DOUBLE_CLICK
    )
    token = services.keyring.derive_session_token(f"{user.id}:{client.device}:{window.expires_at.isoformat()}")
    if window.count == 1:
        return token, None
    found = queries.sessions.find_with_user(hash_secret(token))
    return (token, found[0]) if found else (new_token(), None)  # it may have been ended meanwhile
