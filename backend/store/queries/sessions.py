"""Statements about sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, delete, func, select, tuple_, update

from backend.store.queries.users import USER
from backend.store.records import Session, User
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import Instant, sessions, users

SESSION = RecordMapper(sessions, Session)
# Run on every request with a session: built once.
WITH_USER = (
    select(*SESSION.columns, *USER.columns)
    .join_from(sessions, users, users.c.id == sessions.c.user_id)
    .where(sessions.c.token_hash == bindparam("token_hash"))
)
# Run for each page of a profile: built once.
_IS_OTHER = (
    (sessions.c.user_id == bindparam("user_id"))
    & (sessions.c.id != bindparam("own_id"))
    & (sessions.c.expires_at > bindparam("now"))
    & (sessions.c.last_seen_at > bindparam("used_since"))
)
COUNT_OTHERS = select(func.count()).select_from(sessions).where(_IS_OTHER)
NEWEST_OTHERS = (
    select(*SESSION.columns)
    .where(_IS_OTHER)
    .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    .limit(bindparam("count", type_=Integer))
)
OTHERS_AFTER = NEWEST_OTHERS.where(
    tuple_(sessions.c.created_at, sessions.c.id) < tuple_(bindparam("created_at", type_=Instant), bindparam("after"))
)


class Sessions(Statements):
    def find_with_user(self, token_hash: str) -> tuple[Session, User] | None:
        row = self.connection.execute(WITH_USER, {"token_hash": token_hash}).first()
        if row is None:
            return None
        split = len(SESSION.columns)
        return SESSION.from_row(row[:split]), USER.from_row(row[split:])

    def find(self, user_id: str, handle: str, token_hash: str) -> Session | None:
        """Find one of the user's sessions, by its handle or by the hash of its token."""
        found = select(*SESSION.columns).where(_is_named(user_id, handle, token_hash))
        return SESSION.from_row_or_none(self.connection.execute(found).first())

    def list_for_user(self, user_id: str) -> list[Session]:
        """List a user's sessions, oldest first."""
        found = select(*SESSION.columns).where(sessions.c.user_id == user_id)
        oldest_first = found.order_by(sessions.c.created_at, sessions.c.id)
        return SESSION.from_rows(self.connection.execute(oldest_first).all())

    def select_others(self, user_id: str, own_id: str, *, now: datetime, used_since: datetime) -> "OtherSessions":
        """Select the user's active sessions without their own: not expired at `now`, and used since a time."""
        parameters = {"user_id": user_id, "own_id": own_id, "now": now, "used_since": used_since}
        return OtherSessions(self.connection, parameters)

    def insert(self, session: Session) -> None:
        self._insert(sessions, session)

    def update_last_seen(self, session_id: str, now: datetime) -> None:
        older = (sessions.c.id == session_id) & (sessions.c.last_seen_at < now)
        self.connection.execute(update(sessions).where(older).values(last_seen_at=now))

    def set_label(self, session_id: str, label: str | None) -> None:
        self.connection.execute(update(sessions).where(sessions.c.id == session_id).values(label=label))

    def end_one(self, user_id: str, handle: str, token_hash: str) -> None:
        """End one of the user's sessions, by its handle or by the hash of its token."""
        self.connection.execute(delete(sessions).where(_is_named(user_id, handle, token_hash)))

    def end_oldest(self, user_id: str, *, keep: int) -> None:
        """End all of a user's sessions but the `keep` newest."""
        newest_first = select(sessions.c.id).where(sessions.c.user_id == user_id).order_by(sessions.c.created_at.desc())
        oldest = self.connection.execute(newest_first.offset(keep)).scalars().all()
        if oldest:
            self.connection.execute(delete(sessions).where(sessions.c.id.in_(oldest)))

    def end_all(self, user_id: str, *, except_for: str = "") -> None:
        others = (sessions.c.user_id == user_id) & (sessions.c.id != except_for)
        self.connection.execute(delete(sessions).where(others))


def _is_named(user_id: str, handle: str, token_hash: str) -> ColumnElement[bool]:
    either = (sessions.c.handle == handle) | (sessions.c.token_hash == token_hash)
    return either & (sessions.c.user_id == user_id)


@dataclass(frozen=True)
class OtherSessions:
    """The active sessions of a user without their own. `parameters`: those of the three statements above."""

    connection: Connection
    parameters: Mapping[str, Any]

    def list_newest(self, count: int, after: Session | None) -> list[Session]:
        """List `count` of them, newest first, from the newest or from the one that follows `after`."""
        parameters = {**self.parameters, "count": count}
        if after is None:
            return SESSION.from_rows(self.connection.execute(NEWEST_OTHERS, parameters).all())
        parameters |= {"created_at": after.created_at, "after": after.id}
        return SESSION.from_rows(self.connection.execute(OTHERS_AFTER, parameters).all())

    def count(self) -> int:
        return self.connection.execute(COUNT_OTHERS, self.parameters).scalar_one()
