"""Statements about recovery codes: sets of them, pending or active, and the codes of the active ones."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import RecoveryCode, RecoverySet
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import recovery_codes, recovery_sets

SET, CODE = RecordMapper(recovery_sets, RecoverySet), RecordMapper(recovery_codes, RecoveryCode)
_OF_USER = recovery_sets.c.user_id == bindparam("user_id")
_PENDING, _ACTIVE = (_OF_USER & recovery_sets.c.is_active.is_(is_active) for is_active in (False, True))
_IS_UNUSED = recovery_codes.c.used_at.is_(None)
_OF_SESSION = recovery_sets.c.session_id == bindparam("session_id")
PENDING = Compiled(select(*SET.columns).where(_PENDING & _OF_SESSION & (recovery_sets.c.expires_at > bindparam("now"))))
ACTIVE = Compiled(select(*SET.columns).where(_ACTIVE))
INSERT_SET, INSERT_CODE = Compiled(insert(recovery_sets)), Compiled(insert(recovery_codes))
DELETE_ONE = Compiled(delete(recovery_sets).where(recovery_sets.c.id == bindparam("set_id")))
DELETE_PENDING = Compiled(delete(recovery_sets).where(_PENDING))
DELETE_ALL = Compiled(delete(recovery_sets).where(_OF_USER))
DELETE_SINCE = Compiled(
    delete(recovery_sets).where(
        _OF_USER & (recovery_sets.c.is_active.is_(False) | (recovery_sets.c.created_at >= bindparam("since")))
    )
)
COUNT_LEFT = Compiled(
    select(func.count())
    .select_from(recovery_codes)
    .where((recovery_codes.c.set_id == bindparam("set_id")) & _IS_UNUSED)
)
_IS_IT = (recovery_codes.c.set_id == bindparam("set_id")) & (recovery_codes.c.selector == bindparam("letter"))
UNUSED = Compiled(select(*CODE.columns).where(_IS_IT & _IS_UNUSED))
USE = Compiled(update(recovery_codes).where(_IS_IT & _IS_UNUSED).values(used_at=bindparam("now")))


class RecoveryCodes(Statements):
    def find_pending(self, user_id: str, session_id: str, now: datetime) -> RecoverySet | None:
        """Find the set of a session that waits for its owner to have kept its codes."""
        found = PENDING.fetch_first(self.connection, user_id=user_id, session_id=session_id, now=now)
        return SET.from_row_or_none(found)

    def find_active(self, user_id: str) -> RecoverySet | None:
        """Find the set whose codes work."""
        return SET.from_row_or_none(ACTIVE.fetch_first(self.connection, user_id=user_id))

    def insert_pending(self, made: RecoverySet) -> None:
        """Insert a pending set in the place of the user's older pending one."""
        DELETE_PENDING.execute(self.connection, user_id=made.user_id)
        INSERT_SET.execute(self.connection, **asdict(made))

    def activate(self, pending_id: str, active: RecoverySet, codes: Sequence[RecoveryCode]) -> bool:
        """Put a set with its codes in the place of all the user's others, of which one is pending. False, and nothing
        done, where that is pending no more."""
        if DELETE_ONE.execute(self.connection, set_id=pending_id) == 0:
            return False
        self.delete_all(active.user_id)
        INSERT_SET.execute(self.connection, **asdict(active))
        for code in codes:
            INSERT_CODE.execute(self.connection, **asdict(code))
        return True

    def count_left(self, set_id: str) -> int:
        """Count the codes of a set that were not used."""
        return int(COUNT_LEFT.fetch_column(self.connection, set_id=set_id)[0])

    def find_unused(self, set_id: str, selector: str) -> RecoveryCode | None:
        """Find the code of a set by its first letter, unless it was used."""
        return CODE.from_row_or_none(UNUSED.fetch_first(self.connection, set_id=set_id, letter=selector))

    def use(self, code: RecoveryCode, now: datetime) -> bool:
        """Mark a code as used. False if it was, or is gone, meanwhile."""
        return USE.execute(self.connection, set_id=code.set_id, letter=code.selector, now=now) == 1

    def delete_all(self, user_id: str) -> int:
        """Delete a user's sets with their codes. Return how many sets."""
        return DELETE_ALL.execute(self.connection, user_id=user_id)

    def delete_since(self, user_id: str, since: datetime) -> int:
        """Delete a set that was put in force since a time, with its codes, and a pending one. Return how many."""
        return DELETE_SINCE.execute(self.connection, user_id=user_id, since=since)
