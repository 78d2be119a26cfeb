"""Sessions: opened by a log-in, known by the hash of their token, ended by anyone of the same user."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from backend.kernel import fields
from backend.kernel.devices import user_agent_to_json
from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret, new_id, new_token
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import cancel_email_change, find_pending_link
from backend.rules.events import record_event
from backend.rules.known_devices import forget_other_devices, remember_device
from backend.rules.new_logins import mail_new_login
from backend.store import Queries
from backend.store.records import Link, Session, User

SESSIONS_OF_ACCOUNT = 300  # at once; one more ends the oldest
LAST_SEEN_EVERY = timedelta(minutes=5)  # how exactly `last_seen_at` is kept; a quarter of SESSION_IDLE if that is less
PROOFS = frozenset({"password"})  # log-ins that prove who it is; a mailed link proves only whose mailbox it is
DOUBLE_CLICK = timedelta(seconds=5)  # two log-ins of one browser within this are one (idempotent)


@dataclass(frozen=True)
class NewSession:
    """A user with a session just opened, and the only copy of its token. `is_mailed`: a mail tells the owner of it."""

    user: User
    session: Session
    token: str = field(repr=False)
    is_mailed: bool = False


@dataclass(frozen=True)
class SignedIn:
    """The caller: user, session and the token that was presented."""

    user: User
    session: Session
    token: str = field(repr=False)


async def authenticate(services: Services, token: str) -> SignedIn:
    """Find the user and the session of a token. Raises `missing_session_token` or `invalid_session_token`."""
    require_token(token)
    now = services.clock()
    me = await services.store.read(find_signed_in, services, token, now)
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


@dataclass(frozen=True)
class Overview:
    """What the profile shows: the caller, their newest sessions and how many there are, a pending change of address."""

    me: SignedIn
    sessions: list[Session]
    session_count: int
    pending_email: Link | None


async def load_overview(services: Services, token: str, limit: int) -> Overview:
    """Do what `authenticate` and then `load_page` do, in one read. Raises what `authenticate` raises."""
    require_token(token)
    now = services.clock()
    overview = await services.store.read(_load_overview, services, token, limit, now)
    note_use(services, overview.me.session, now)
    return overview


def _load_overview(queries: Queries, services: Services, token: str, limit: int, now: datetime) -> Overview:
    me = find_signed_in(queries, services, token, now)
    page, total = _load_page(queries, services, me, "", limit, now)
    return Overview(me, page, total, find_pending_link(queries, me.user, now))


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


async def write_log_in(services: Services, work: Callable[..., NewSession], *given: Any) -> NewSession:
    """Run a transaction that opens a session, and send the mail about it, if any, at once."""
    opened = await services.store.write(work, *given)
    if opened.is_mailed:
        services.mail_waits.set()
    return opened


def open_session(queries: Queries, services: Services, user: User, method: str, client: ClientInfo) -> NewSession:
    """Open a session within the caller's transaction, or return the one that a double click has just opened.

    `method` is how the user logged in: "password", or the kind of the mailed link.
    """
    now = services.clock()
    token, session = _find_double_click(queries, services, user, client, now)
    if session is not None:
        return NewSession(user, session, token)
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
        confirmed_at=now if method in PROOFS else None,
        confirmed_by=method if method in PROOFS else None,
    )
    queries.sessions.insert(session)
    queries.sessions.end_oldest(user.id, keep=SESSIONS_OF_ACCOUNT)
    is_mailed = mail_new_login(queries, services, user, method, client)
    queries.users.update(user.id, {"last_login_at": now})
    remember_device(queries, services, user, client)
    record_event(queries, user.id, EventKind.SESSION_OPENED, client, now, method=method)
    return NewSession(queries.users.find_by_id(user.id) or user, session, token, is_mailed)


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


async def list_active(services: Services, user: User) -> list[Session]:
    """Return all active sessions of a user, oldest first."""
    now = services.clock()
    found = await services.store.read(_list_all, user)
    return [session for session in found if is_active(services, session, now)]


def _list_all(queries: Queries, user: User) -> list[Session]:
    return queries.sessions.list_for_user(user.id)


async def load_page(services: Services, me: SignedIn, *, after: str, limit: int) -> tuple[list[Session], int]:
    """Load one page of the user's active sessions, and count them all.

    The caller's own session comes first, then the others, newest first. `after` is the handle of a session, or "" for
    the first page. Raises `session_not_found` for a handle that is none of theirs.
    """
    return await services.store.read(_load_page, services, me, after, limit, services.clock())


def _load_page(
    queries: Queries, services: Services, me: SignedIn, after: str, limit: int, now: datetime
) -> tuple[list[Session], int]:
    used_since = now - timedelta(seconds=services.settings.sessions.idle)
    others = queries.sessions.select_others(me.user.id, me.session.id, now=now, used_since=used_since)
    first, is_after_own = [] if after else [me.session], after in ("", me.session.handle)
    cursor = None if is_after_own else queries.sessions.find(me.user.id, after, hash_secret(after))
    if cursor is None and not is_after_own:
        raise refusal("session_not_found", param="after")
    page = [*first, *others.list_newest(limit - len(first), cursor)]
    is_all = first and len(page) < limit
    return page, len(page) if is_all else others.count() + 1


async def end_session(services: Services, me: SignedIn, handle_or_token: str | None, client: ClientInfo) -> None:
    """End one of the user's sessions, or with None the caller's own. Idempotent: one that is nobody's has ended."""
    which = me.session.handle if handle_or_token in (None, me.token) else handle_or_token
    await services.store.write(_end_session, me, which, client, services.clock())


def _end_session(queries: Queries, me: SignedIn, handle_or_token: str, client: ClientInfo, now: datetime) -> None:
    session = queries.sessions.find(me.user.id, handle_or_token, hash_secret(handle_or_token))
    if session is None:
        return
    queries.sessions.end_one(me.user.id, session.handle, session.token_hash)
    which = "own" if session.id == me.session.id else "other"
    details = {"which": which, **_name_device(session)}
    record_event(queries, me.user.id, EventKind.SESSION_ENDED, client, now, **details)


def _name_device(session: Session) -> dict[str, str]:
    """Return browser and system of a session, by the names of our own lists."""
    device = json.loads(session.device)
    return {"browser": device["family"], "system": device["os"]["family"]}


async def end_all_sessions(services: Services, me: SignedIn, client: ClientInfo) -> None:
    """End all of the user's sessions, and a pending change of address; forget their known devices but the client's."""
    await services.store.write(_end_all, me.user, client, services.clock())


async def end_other_sessions(services: Services, me: SignedIn, client: ClientInfo) -> None:
    """Do what `end_all_sessions` does, but for the caller's own session."""
    await services.store.write(_end_all, me.user, client, services.clock(), except_for=me.session.id)


def _end_all(queries: Queries, user: User, client: ClientInfo, now: datetime, *, except_for: str = "") -> None:
    count = queries.sessions.end_all(user.id, except_for=except_for)
    forget_other_devices(queries, user.id, client)
    cancel_email_change(queries, user, client, now)
    if count:
        which = "others" if except_for else "all"
        record_event(queries, user.id, EventKind.SESSIONS_ENDED, client, now, which=which, count=count)


async def label_session(services: Services, me: SignedIn, handle_or_token: str, label: object) -> Session:
    """Name one of the user's sessions; an empty label removes the name.

    Raises `validation_error` or `session_not_found`.
    """
    return await services.store.write(_label_session, me.user, handle_or_token, fields.label(label))


def _label_session(queries: Queries, user: User, handle_or_token: str, label: str | None) -> Session:
    session = queries.sessions.find(user.id, handle_or_token, hash_secret(handle_or_token))
    if session is None:
        raise refusal("session_not_found", param="token")
    queries.sessions.set_label(session.id, label)
    return replace(session, label=label)
