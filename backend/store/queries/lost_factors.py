"""Statements about those who have lost their factors, and wait for these to be removed: at most one row a user."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import LostFactors
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import lost_factors

LOST = RecordMapper(lost_factors, LostFactors)
_OF_USER = lost_factors.c.user_id == bindparam("user_id")
OF_USER = Compiled(select(*LOST.columns).where(_OF_USER))
DUE = Compiled(
    select(*LOST.columns)
    .where(lost_factors.c.next_mail_at <= bindparam("now"))
    .order_by(lost_factors.c.next_mail_at)
    .limit(bindparam("count", type_=Integer))
)
INSERT = Compiled(insert(lost_factors))
POSTPONE = Compiled(
    update(lost_factors)
    .where(_OF_USER & (lost_factors.c.next_mail_at == bindparam("due_at")))
    .values(next_mail_at=bindparam("until"))
)
EXTEND = Compiled(update(lost_factors).where(_OF_USER).values(is_by_mail=True, next_mail_at=bindparam("until")))
DELETE = Compiled(delete(lost_factors).where(_OF_USER))


class LostFactorsQueries(Statements):
    def find(self, user_id: str) -> LostFactors | None:
        return LOST.from_row_or_none(OF_USER.fetch_first(self.connection, user_id=user_id))

    def insert(self, lost: LostFactors) -> None:
        INSERT.execute(self.connection, **asdict(lost))

    def list_due(self, now: datetime, count: int) -> list[LostFactors]:
        """List those whose next mail is due, the longest due first."""
        return LOST.from_rows(DUE.fetch_all(self.connection, now=now, count=count))

    def postpone(self, lost: LostFactors, until: datetime) -> bool:
        """Set when the next mail is due. False if another process was faster."""
        return POSTPONE.execute(self.connection, user_id=lost.user_id, due_at=lost.next_mail_at, until=until) == 1

    def extend(self, user_id: str, next_mail_at: datetime) -> None:
        """Let the mailbox alone count as its proof, and set when the next mail is due."""
        EXTEND.execute(self.connection, user_id=user_id, until=next_mail_at)

    def delete(self, user_id: str) -> bool:
        """Delete a user's row. False if there was none."""
        return DELETE.execute(self.connection, user_id=user_id) == 1
