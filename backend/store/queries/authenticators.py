"""Statements about authenticator apps."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import Authenticator
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import Instant, authenticators

AUTHENTICATOR = RecordMapper(authenticators, Authenticator)
_ALL = select(*AUTHENTICATOR.columns)
_IS_IT = authenticators.c.id == bindparam("authenticator_id")
_OF_USER = authenticators.c.user_id == bindparam("user_id")
_IS_ACTIVE, _IS_PENDING = authenticators.c.active_at.is_not(None), authenticators.c.active_at.is_(None)
_NOW, _STEP = bindparam("now", type_=Instant), bindparam("step", type_=Integer)

ACTIVE = Compiled(_ALL.where(_OF_USER & _IS_ACTIVE))
_OF_SESSION = authenticators.c.session_id == bindparam("session_id")
PENDING = Compiled(
    _ALL.where(_OF_USER & _IS_PENDING & _OF_SESSION & (authenticators.c.created_at > bindparam("since")))
    .order_by(authenticators.c.created_at.desc())
    .limit(1)
)
INSERT = Compiled(insert(authenticators))
USE_STEP = Compiled(
    update(authenticators)
    .where(_IS_IT & (authenticators.c.last_step < _STEP))
    .values(last_step=_STEP, secret=bindparam("secret"))
)
PROVE = Compiled(update(authenticators).where(_IS_IT).values(proved_at=_NOW))
ACTIVATE = Compiled(update(authenticators).where(_IS_IT & _IS_PENDING).values(active_at=_NOW))
DELETE_ACTIVE = Compiled(delete(authenticators).where(_OF_USER & _IS_ACTIVE))
DELETE_PENDING = Compiled(delete(authenticators).where(_OF_USER & _IS_PENDING))
DELETE_SINCE = Compiled(delete(authenticators).where(_OF_USER & (authenticators.c.active_at >= bindparam("since"))))
DELETE_ALL = Compiled(delete(authenticators).where(_OF_USER))


class Authenticators(Statements):
    def find_active(self, user_id: str) -> Authenticator | None:
        return AUTHENTICATOR.from_row_or_none(ACTIVE.fetch_first(self.connection, user_id=user_id))

    def find_pending(self, user_id: str, session_id: str, since: datetime) -> Authenticator | None:
        """Find the newest one that a session has begun with since a time, and that is not in use yet."""
        found = PENDING.fetch_first(self.connection, user_id=user_id, session_id=session_id, since=since)
        return AUTHENTICATOR.from_row_or_none(found)

    def insert(self, authenticator: Authenticator) -> None:
        INSERT.execute(self.connection, **asdict(authenticator))

    def use_step(self, authenticator_id: str, step: int, secret: str) -> bool:
        """Take the code of a time step. Returns False if it, or that of a later one, was taken before.

        `secret` is the same one, which may be encrypted by another key now.
        """
        return USE_STEP.execute(self.connection, authenticator_id=authenticator_id, step=step, secret=secret) == 1

    def prove(self, authenticator_id: str, now: datetime) -> None:
        """Note that it has shown a right code."""
        PROVE.execute(self.connection, authenticator_id=authenticator_id, now=now)

    def activate(self, authenticator_id: str, now: datetime) -> None:
        """Take one into use that was pending. The one in use before has to be deleted first."""
        ACTIVATE.execute(self.connection, authenticator_id=authenticator_id, now=now)

    def delete_active(self, user_id: str) -> int:
        return DELETE_ACTIVE.execute(self.connection, user_id=user_id)

    def delete_pending(self, user_id: str) -> None:
        DELETE_PENDING.execute(self.connection, user_id=user_id)

    def delete_since(self, user_id: str, since: datetime) -> int:
        """Delete one that was taken into use since a time. Return how many."""
        return DELETE_SINCE.execute(self.connection, user_id=user_id, since=since)

    def delete_all(self, user_id: str) -> int:
        """Delete all of a user's. Return how many."""
        return DELETE_ALL.execute(self.connection, user_id=user_id)
