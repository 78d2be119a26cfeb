"""Statements about sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, delete, func, select, tuple_, update

from backend.store.queries.users import USER
from backend.store.records import Session, User
from backend.store.rows import Shape, Statements
from backend.store.tables import Instant, sessions, users

SESSION = Shape(sessions, Session)
# Asked on every request of every signed-in client: one statement, built once.
WHO = (
    select(*SESSION.columns, *USER.columns)
    .join_from(sessions, users, users.c.id == sessions.c.user_id)
    .where(sessions.c.token_hash == bindparam("token_hash"))
)


# Asked with each profile: the living sessions of a user but one.
_OTHERS = (
    (sessions.c.user_id == bindparam("user_id"))
    & (sessions.c.id != bindparam("but"))
    & (sessions.c.expires_at > bindparam("now"))
    & (sessions.c.last_seen_at > bindparam("used_since"))
)
COUNT_OTHERS = select(func.count()).select_from(sessions).where(_OTHERS)
NEWEST_OTHERS = (
    select(*SESSION.columns)
    .where(_OTHERS)
    .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    .limit(bindparam("count", type_=Integer))
)
OTHERS_BEFORE = NEWEST_OTHERS.where(
    tuple_(sessions.c.created_at, sessions.c.id) < tuple_(bindparam("created_at", type_=Instant), bindparam("before"))
)


class Sessions(Statements):
    def with_user(self, token_hash: str) -> tuple[Session, User] | None:
        row = self.connection.execute(WHO, {"token_hash": token_hash}).first()
        if row is None:
            return None
        split = len(SESSION.columns)
        return SESSION.one(row[:split]), USER.one(row[split:])

    def of_user(self, user_id: str) -> list[Session]:
        """Oldest first."""
        found = select(*SESSION.columns).where(sessions.c.user_id == user_id)
        oldest_first = found.order_by(sessions.c.created_at, sessions.c.id)
        return SESSION.all(self.connection.execute(oldest_first).all())

    def one(self, user_id: str, handle: str, token_hash: str) -> Session | None:
        """One of the user's, by either of its names."""
        row = self.connection.execute(select(*SESSION.columns).where(_named(user_id, handle, token_hash))).first()
        return SESSION.one(row) if row else None

    def living_others(self, user_id: str, session_id: str, *, now: datetime, used_since: datetime) -> "Others":
        those = {"user_id": user_id, "but": session_id, "now": now, "used_since": used_since}
        return Others(self.connection, those)

    def add(self, session: Session) -> None:
        self._insert(sessions, session)

    def seen(self, session_id: str, now: datetime) -> None:
        later = (sessions.c.id == session_id) & (sessions.c.last_seen_at < now)
        self.connection.execute(update(sessions).where(later).values(last_seen_at=now))

    def label(self, session_id: str, label: str | None) -> None:
        self.connection.execute(update(sessions).where(sessions.c.id == session_id).values(label=label))

    def end_oldest(self, user_id: str, *, keep: int) -> None:
        """All but so many of the user's, the newest."""
        newest_first = select(sessions.c.id).where(sessions.c.user_id == user_id).order_by(sessions.c.created_at.desc())
        found = self.connection.execute(newest_first.offset(keep)).scalars().all()
        if found:
            self.connection.execute(delete(sessions).where(sessions.c.id.in_(found)))

    def end(self, session_id: str) -> None:
        self.connection.execute(delete(sessions).where(sessions.c.id == session_id))

    def end_one(self, user_id: str, handle: str, token_hash: str) -> None:
        self.connection.execute(delete(sessions).where(_named(user_id, handle, token_hash)))

    def end_all(self, user_id: str, *, except_for: str = "") -> None:
        others = (sessions.c.user_id == user_id) & (sessions.c.id != except_for)
        self.connection.execute(delete(sessions).where(others))


def _named(user_id: str, handle: str, token_hash: str) -> ColumnElement[bool]:
    either = (sessions.c.handle == handle) | (sessions.c.token_hash == token_hash)
    return either & (sessions.c.user_id == user_id)


@dataclass(frozen=True)
class Others:
    """The living sessions of a user but one."""

    connection: Connection
    those: Mapping[str, Any]

    def newest(self, count: int, before: Session | None) -> list[Session]:
        """So many, newest first; `before`: only those that come after this one in that order."""
        client = {**self.those, "count": count}
        if before is None:
            return SESSION.all(self.connection.execute(NEWEST_OTHERS, client).all())
        client |= {"created_at": before.created_at, "before": before.id}
        return SESSION.all(self.connection.execute(OTHERS_BEFORE, client).all())

    def count(self) -> int:
        return self.connection.execute(COUNT_OTHERS, self.those).scalar_one()
