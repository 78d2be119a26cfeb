"""One's own sessions: listed, named, and ended by anyone of the same user."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import cancel_email_change, find_pending_link
from backend.rules.events import record_event
from backend.rules.log_out import end_other_log_ins
from backend.rules.sessions import SignedIn, find_signed_in, is_active, note_use, require_token
from backend.store import Queries
from backend.store.records import Link, Session, User


@dataclass(frozen=True)
class Overview:
    """What the profile shows: the caller, their newest sessions and how many there are, a pending change of address."""

    me: SignedIn
    sessions: list[Session]
    session_count: int
    pending_email: Link | None


async def load_overview(services: Services, token: str, limit: int, *, is_use: bool = True) -> Overview:
    """Do what `authenticate` and then `load_page` do, in one read. Raises what `authenticate` raises."""
    require_token(token)
    now = services.clock()
    overview = await services.store.read(_load_overview, services, token, limit, now)
    if is_use:
        note_use(services, overview.me.session, now)
    return overview


def _load_overview(queries: Queries, services: Services, token: str, limit: int, now: datetime) -> Overview:
    me = find_signed_in(queries, services, token, now)
    page, total = _load_page(queries, services, me, "", limit, now)
    return Overview(me, page, total, find_pending_link(queries, me.user, now))


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
    _end_sessions(queries, user, client, now, except_for=except_for)
    cancel_email_change(queries, user, client, now)


def end_others(queries: Queries, me: SignedIn, client: ClientInfo, now: datetime) -> None:
    """Do what `end_other_sessions` does, within the transaction of an act after which the others are to be gone.

    A change of address stays pending that this very session has asked for: nobody thinks of it here.
    """
    _end_sessions(queries, me.user, client, now, except_for=me.session.id)
    pending = find_pending_link(queries, me.user, now)
    if pending is not None and pending.session_id != me.session.id:
        cancel_email_change(queries, me.user, client, now)


def _end_sessions(queries: Queries, user: User, client: ClientInfo, now: datetime, *, except_for: str) -> None:
    count = end_other_log_ins(queries, user.id, client, except_for=except_for)
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
