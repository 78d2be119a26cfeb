"""Statements about sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, func, insert, select, tuple_, update

from backend.store.compiled import Compiled, Connection, Row
from backend.store.queries.users import USER
from backend.store.records import Session, User
from backend.store.rows import RecordMapper, Statements, from_parameters
from backend.store.tables import Instant, sessions, users

SESSION = RecordMapper(sessions, Session)
_WITH_USER = select(*SESSION.columns, *USER.columns).join_from(sessions, users, users.c.id == sessions.c.user_id)
WITH_USER = Compiled(_WITH_USER.where(sessions.c.token_hash == bindparam("token_hash")))
WITH_USER_BY_PREVIOUS = Compiled(
    _WITH_USER.where(
        (sessions.c.previous_hash == bindparam("token_hash")) & (sessions.c.previous_until > bindparam("now"))
    )
)
_IS_IT = sessions.c.id == bindparam("session_id")
_OF_USER = sessions.c.user_id == bindparam("user_id")
_IS_NAMED = _OF_USER & ((sessions.c.handle == bindparam("handle")) | (sessions.c.token_hash == bindparam("token_hash")))
NAMED = Compiled(select(*SESSION.columns).where(_IS_NAMED))
OF_USER = Compiled(select(*SESSION.columns).where(_OF_USER).order_by(sessions.c.created_at, sessions.c.id))
INSERT = Compiled(insert(sessions))
UPDATE_LAST_SEEN = Compiled(
    update(sessions).where(_IS_IT & (sessions.c.last_seen_at < bindparam("now"))).values(last_seen_at=bindparam("now"))
)
RENEW = Compiled(
    update(sessions)
    .where(_IS_IT & (sessions.c.token_hash == bindparam("old_hash")))
    .values(
        token_hash=bindparam("new_hash"),
        previous_hash=bindparam("old_hash"),
        **from_parameters("previous_until", "confirmed_at", "confirmed_by"),
    )
)
SET_LABEL = Compiled(update(sessions).where(_IS_IT).values(label=bindparam("new_label")))
DELETE_NAMED = Compiled(delete(sessions).where(_IS_NAMED))
DELETE_ALL = Compiled(delete(sessions).where(_OF_USER & (sessions.c.id != bindparam("except_for"))))
OLDEST = Compiled(
    select(sessions.c.id)
    .where(_OF_USER)
    .order_by(sessions.c.created_at.desc())
    .offset(bindparam("keep", type_=Integer))
)
DELETE_SOME = Compiled(delete(sessions).where(sessions.c.id.in_(bindparam("ids"))))

_IS_OTHER = (
    _OF_USER
    & (sessions.c.id != bindparam("own_id"))
    & (sessions.c.expires_at > bindparam("now"))
    & (sessions.c.last_seen_at > bindparam("used_since"))
)
_NEWEST_OTHERS = (
    select(*SESSION.columns)
    .where(_IS_OTHER)
    .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
    .limit(bindparam("count", type_=Integer))
)
_IS_AFTER = tuple_(sessions.c.created_at, sessions.c.id) < tuple_(
    bindparam("created_at", type_=Instant), bindparam("after")
)
NEWEST_OTHERS, OTHERS_AFTER = Compiled(_NEWEST_OTHERS), Compiled(_NEWEST_OTHERS.where(_IS_AFTER))
COUNT_OTHERS = Compiled(select(func.count()).select_from(sessions).where(_IS_OTHER))


class Sessions(Statements):
    def find_with_user(self, token_hash: str) -> tuple[Session, User] | None:
        return _split(WITH_USER.fetch_first(self.connection, token_hash=token_hash))

    def find_with_user_by_previous(self, token_hash: str, now: datetime) -> tuple[Session, User] | None:
        """Find a session by the token that it had before its latest renewal, while that is still good."""
        return _split(WITH_USER_BY_PREVIOUS.fetch_first(self.connection, token_hash=token_hash, now=now))

    def find(self, user_id: str, handle: str, token_hash: str) -> Session | None:
        """Find one of the user's sessions, by its handle or by the hash of its token."""
        found = NAMED.fetch_first(self.connection, user_id=user_id, handle=handle, token_hash=token_hash)
        return SESSION.from_row_or_none(found)

    def list_for_user(self, user_id: str) -> list[Session]:
        """List a user's sessions, oldest first."""
        return SESSION.from_rows(OF_USER.fetch_all(self.connection, user_id=user_id))

    def select_others(self, user_id: str, own_id: str, *, now: datetime, used_since: datetime) -> "OtherSessions":
        """Select the user's active sessions without their own: not expired at `now`, and used since a time."""
        parameters = {"user_id": user_id, "own_id": own_id, "now": now, "used_since": used_since}
        return OtherSessions(self.connection, parameters)

    def insert(self, session: Session) -> None:
        INSERT.execute(self.connection, **vars(session), previous_hash=None, previous_until=None)

    def update_last_seen(self, session_id: str, now: datetime) -> None:
        UPDATE_LAST_SEEN.execute(self.connection, session_id=session_id, now=now)

    def renew(
        self,
        session_id: str,
        *,
        old_hash: str,
        new_hash: str,
        previous_until: datetime,
        confirmed_at: datetime | None,
        by: str | None,
    ) -> bool:
        """Give a session a new token, and note when and by what its person proved who they are. False, and nothing
        changed, where its token is not the old one any more."""
        hashes = {"old_hash": old_hash, "new_hash": new_hash, "previous_until": previous_until}
        proof = {"confirmed_at": confirmed_at, "confirmed_by": by}
        return RENEW.execute(self.connection, session_id=session_id, **hashes, **proof) == 1

    def set_label(self, session_id: str, label: str | None) -> None:
        SET_LABEL.execute(self.connection, session_id=session_id, new_label=label)

    def end_one(self, user_id: str, handle: str, token_hash: str) -> None:
        """End one of the user's sessions, by its handle or by the hash of its token."""
        DELETE_NAMED.execute(self.connection, user_id=user_id, handle=handle, token_hash=token_hash)

    def end_oldest(self, user_id: str, *, keep: int) -> None:
        """End all of a user's sessions but the `keep` newest."""
        oldest = OLDEST.fetch_column(self.connection, user_id=user_id, keep=keep)
        if oldest:
            DELETE_SOME.execute(self.connection, ids=oldest)

    def end_all(self, user_id: str, *, except_for: str = "") -> int:
        """End a user's sessions, all or all but one. Return how many."""
        return DELETE_ALL.execute(self.connection, user_id=user_id, except_for=except_for)


def _split(row: Row | None) -> tuple[Session, User] | None:
    if row is None:
        return None
    split = len(SESSION.columns)
    return SESSION.from_row(row[:split]), USER.from_row(row[split:])


@dataclass(frozen=True)
class OtherSessions:
    """The active sessions of a user without their own. `parameters`: those of the three statements above."""

    connection: Connection
    parameters: Mapping[str, Any]

    def list_newest(self, count: int, after: Session | None) -> list[Session]:
        """List `count` of them, newest first, from the newest or from the one that follows `after`."""
        if after is None:
            return SESSION.from_rows(NEWEST_OTHERS.fetch_all(self.connection, **self.parameters, count=count))
        cursor = {"created_at": after.created_at, "after": after.id}
        return SESSION.from_rows(OTHERS_AFTER.fetch_all(self.connection, **self.parameters, **cursor, count=count))

    def count(self) -> int:
        return int(COUNT_OTHERS.fetch_column(self.connection, **self.parameters)[0])
