"""Statements by which the items of the outbox leave, each by its channel."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, select, update

from backend.store.compiled import Compiled
from backend.store.queries.mails import MAIL
from backend.store.records import Mail
from backend.store.rows import Statements, from_parameters
from backend.store.tables import mails

_IS_IT = mails.c.id == bindparam("item_id")
_OF_CHANNEL = mails.c.channel == bindparam("channel")
_IS_DUE = _OF_CHANNEL & (mails.c.next_try_at <= bindparam("now"))
_ONLY_WAITS = (mails.c.next_try_at > bindparam("later_than")) & mails.c.code.is_(None) & (mails.c.lost_answers == 0)

DUE = Compiled(select(mails.c.id).where(_IS_DUE).limit(1))
LONGEST_DUE = Compiled(
    select(*MAIL.columns).where(_IS_DUE).order_by(mails.c.next_try_at).limit(1).with_for_update(skip_locked=True)
)
RENEW_LEASE = Compiled(
    update(mails)
    .where(_IS_IT & (mails.c.next_try_at == bindparam("held_until")))
    .values(next_try_at=bindparam("until"))
)
DELETE = Compiled(delete(mails).where(_IS_IT))
RETRY_NOW = Compiled(update(mails).where(_OF_CHANNEL & _ONLY_WAITS).values(next_try_at=bindparam("now")))


def _update_undelivered(*names: str, **values: Any) -> Compiled:
    """Make a statement that sets columns, each from a parameter of its name, unless the item is delivered: a slower
    process must not undo that."""
    undelivered = _IS_IT & mails.c.delivered_at.is_(None)
    return Compiled(update(mails).where(undelivered).values({**from_parameters(*names), **values}))


_OUTCOME, _ONE_MORE_TRY = ("failure", "code", "next_try_at"), {"tries": mails.c.tries + 1}
LEASE = _update_undelivered("next_try_at")
MARK_DELIVERED = _update_undelivered("delivered_at", "next_try_at", "failure")
MARK_GIVEN_UP = _update_undelivered(*_OUTCOME, "given_up_at", **_ONE_MORE_TRY)
RECORD_FAILURE = _update_undelivered(
    *_OUTCOME, **_ONE_MORE_TRY, refusals=mails.c.refusals + bindparam("more_refusals", type_=Integer)
)
RECORD_LOST_ANSWER = _update_undelivered(*_OUTCOME, **_ONE_MORE_TRY, lost_answers=mails.c.lost_answers + 1)


class Queue(Statements):
    def has_due(self, channel: str, now: datetime) -> bool:
        """Tell whether any item of a channel is due to be sent."""
        return DUE.fetch_first(self.connection, channel=channel, now=now) is not None

    def claim(self, channel: str, now: datetime, *, until: datetime) -> Mail | None:
        """Lease the item of a channel that has been due for longest; it is due again at `until` should its claimer die.

        Rows that another process is claiming are skipped where the database can do so; SQLite has one writer anyway.
        """
        claimed = MAIL.from_row_or_none(LONGEST_DUE.fetch_first(self.connection, channel=channel, now=now))
        if claimed:
            LEASE.execute(self.connection, item_id=claimed.id, next_try_at=until)
        return claimed

    def renew_lease(self, item_id: str, held_until: datetime, until: datetime) -> bool:
        """Lease a claimed item for longer. Returns False if the lease `held_until` is no longer ours."""
        return RENEW_LEASE.execute(self.connection, item_id=item_id, held_until=held_until, until=until) > 0

    def retry_now(self, channel: str, now: datetime, *, later_than: datetime) -> None:
        """Make items due that only wait for their channel, which is back; not those that it refused."""
        RETRY_NOW.execute(self.connection, channel=channel, now=now, later_than=later_than)

    def mark_delivered(self, item_id: str, now: datetime) -> None:
        MARK_DELIVERED.execute(self.connection, item_id=item_id, delivered_at=now, next_try_at=None, failure=None)

    def mark_given_up(self, item_id: str, *, failure: str, now: datetime, code: str = "") -> None:
        outcome = {"failure": failure, "code": code or None, "next_try_at": None, "given_up_at": now}
        MARK_GIVEN_UP.execute(self.connection, item_id=item_id, **outcome)

    def record_failure(
        self, item_id: str, *, failure: str, next_try_at: datetime, code: str = "", is_refused: bool = False
    ) -> None:
        """Count a failed try; `is_refused`: the channel refuses it for good."""
        outcome = {"failure": failure, "code": code or None, "next_try_at": next_try_at}
        RECORD_FAILURE.execute(self.connection, item_id=item_id, **outcome, more_refusals=int(is_refused))

    def record_lost_answer(self, item_id: str, *, failure: str, next_try_at: datetime) -> None:
        """Count a try that handed over the whole item and got no answer."""
        outcome = {"failure": failure, "code": None, "next_try_at": next_try_at}
        RECORD_LOST_ANSWER.execute(self.connection, item_id=item_id, **outcome)

    def delete(self, item_id: str) -> None:
        DELETE.execute(self.connection, item_id=item_id)
