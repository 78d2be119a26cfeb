"""A session's life: opened by a log-in, known by the hash of its token, ended by anyone of the same user."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from backend.kernel import fields
from backend.kernel.devices import device_json
from backend.kernel.keys import hash_secret, new_id, new_token
from backend.kernel.refusals import refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.store import Queries
from backend.store.records import Session, User

SESSIONS_OF_ACCOUNT = 300  # at once; who opens more loses the oldest
SEEN_EVERY = timedelta(minutes=5)
DOUBLE_CLICK = timedelta(seconds=5)


@dataclass(frozen=True)
class NewSession:
    """A user with a session just opened, and the only copy of its token."""

    user: User
    session: Session
    token: str = field(repr=False)


@dataclass(frozen=True)
class SignedIn:
    """Who is asking."""

    user: User
    session: Session
    token: str = field(repr=False)


async def authenticate(services: Services, token: str) -> SignedIn:
    """The user and session a token stands for. Raises `missing_session_token` or `invalid_session_token`."""
    if not token:
        raise refusal("missing_session_token")
    digest, now = hash_secret(token), services.clock()
    found = await services.store.read(lambda queries: queries.sessions.find_with_user(digest))
    if found is None or not _is_active(services, found[0], now):
        raise refusal("invalid_session_token")
    session, user = found
    _update_last_seen(services, session, now)
    return SignedIn(user, session, token)


def _is_active(services: Services, session: Session, now: datetime) -> bool:
    idle = timedelta(seconds=services.settings.session_idle)
    return now < session.expires_at and now < session.last_seen_at + idle


def _update_last_seen(services: Services, session: Session, now: datetime) -> None:
    """Rarely, and nobody waits for it."""
    idle = timedelta(seconds=services.settings.session_idle)
    if now - session.last_seen_at >= min(SEEN_EVERY, idle / 4):
        seen = services.store.write
        services.background_writes.start(
            session.id, lambda: seen(lambda queries: queries.sessions.update_last_seen(session.id, now))
        )


def open_session(queries: Queries, services: Services, user: User, method: str, client: ClientInfo) -> NewSession:
    """Part of a transaction of the caller's."""
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
        device=device_json(client.user_agent),
        address=client.address,
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(seconds=services.settings.session_lifetime),
    )
    queries.sessions.insert(session)
    queries.sessions.end_oldest(user.id, keep=SESSIONS_OF_ACCOUNT)
    queries.users.update(user.id, {"last_login_at": now})
    limits.remember_device(queries, services, user, client)
    return NewSession(queries.users.find_by_id(user.id) or user, session, token)


def _find_double_click(
    queries: Queries, services: Services, user: User, client: ClientInfo, now: datetime
) -> tuple[str, Session | None]:
    """Find the session that the same browser has opened in this moment: the second click of a double click.

    Tokens are kept as hashes only, so the second one makes the same token again: from what the browser is known by,
    which is kept nowhere, and from when the moment ends.
    """
    if not client.device:
        return new_token(), None
    moment = queries.limits.increment(
        services.keyring.pseudonym(f"log-in:{user.id}:{client.device}"), now=now, expires_at=now + DOUBLE_CLICK
    )
    token = services.keyring.session_token(f"{user.id}:{client.device}:{moment.expires_at.isoformat()}")
    if moment.count == 1:
        return token, None
    found = queries.sessions.find_with_user(hash_secret(token))
    return (token, found[0]) if found else (new_token(), None)  # it may have been ended meanwhile


async def list_active(services: Services, user: User) -> list[Session]:
    """The user's sessions, oldest first."""
    now = services.clock()
    listed = await services.store.read(lambda queries: queries.sessions.list_for_user(user.id))
    return [session for session in listed if _is_active(services, session, now)]


async def load_page(services: Services, me: SignedIn, *, after: str, limit: int) -> tuple[list[Session], int]:
    """A part of the user's sessions, the caller's own before all others and those newest first, and how many there
    are in all. Raises `session_not_found` for an `after` that is none of theirs."""
    now = services.clock()
    used_since = now - timedelta(seconds=services.settings.session_idle)

    def work(queries: Queries) -> tuple[list[Session], int]:
        others = queries.sessions.select_others(me.user.id, me.session.id, now=now, used_since=used_since)
        before = (
            None if after in ("", me.session.handle) else queries.sessions.find(me.user.id, after, hash_secret(after))
        )
        if before is None and after not in ("", me.session.handle):
            raise refusal("session_not_found", param="after")
        own = [] if after else [me.session]
        return [*own, *others.list_newest(limit - len(own), before)], others.count() + 1

    return await services.store.read(work)


async def end(services: Services, me: SignedIn, which: str | None) -> None:
    """Ends the session `which` stands for: one of the user's by handle or token, or nothing for the own one.

    Anything else is nobody's session and therefore ended already.
    """
    if which is None:
        await services.store.write(lambda queries: queries.sessions.end(me.session.id))
    else:
        await services.store.write(lambda queries: queries.sessions.end_one(me.user.id, which, hash_secret(which)))


async def end_all(services: Services, me: SignedIn, client: ClientInfo) -> None:
    """Also forgets the devices that were logged in from, but for the one that asks."""
    await services.store.write(lambda queries: _end_all(queries, me.user, client))


async def end_others(services: Services, me: SignedIn, client: ClientInfo) -> None:
    """As `end_all`, but for the session of the caller."""
    await services.store.write(lambda queries: _end_all(queries, me.user, client, except_for=me.session.id))


def _end_all(queries: Queries, user: User, client: ClientInfo, *, except_for: str = "") -> None:
    queries.sessions.end_all(user.id, except_for=except_for)
    limits.forget_other_devices(queries, user.id, client)


async def label(services: Services, me: SignedIn, which: str, text: object) -> Session:
    """Names one of the user's own sessions. Raises `session_not_found`."""
    clean = fields.label(text)

    def work(queries: Queries) -> Session | None:
        session = queries.sessions.find(me.user.id, which, hash_secret(which))
        if session is None:
            return None
        queries.sessions.set_label(session.id, clean)
        return replace(session, label=clean)

    session = await services.store.write(work)
    if session is None:
        raise refusal("session_not_found", param="token")
    return session
