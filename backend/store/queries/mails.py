"""Statements about the outbox of mails."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from backend.store.records import Mail
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import links, mails

MAIL = RecordMapper(mails, Mail)


class Mails(Statements):
    def find_by_id(self, mail_id: str) -> Mail | None:
        found = select(*MAIL.columns).where(mails.c.id == mail_id)
        return MAIL.from_row_or_none(self.connection.execute(found).first())

    def find_newest_awaited(self, user_id: str, waiting_hash: str, kinds: Sequence[str]) -> Mail | None:
        """Find the user's newest mail of these kinds that the browser with this registration secret is waiting for."""
        condition = (links.c.waiting_hash == waiting_hash) & (links.c.user_id == user_id) & mails.c.kind.in_(kinds)
        found = select(*MAIL.columns).join_from(links, mails, mails.c.link_id == links.c.id).where(condition)
        newest = found.order_by(links.c.created_at.desc()).limit(1)
        return MAIL.from_row_or_none(self.connection.execute(newest).first())

    def list_newest(self, count: int) -> list[Mail]:
        found = select(*MAIL.columns).order_by(mails.c.created_at.desc(), mails.c.id).limit(count)
        return MAIL.from_rows(self.connection.execute(found).all())

    def insert(self, mail: Mail) -> None:
        self._insert(mails, mail)

    def has_due(self, now: datetime) -> bool:
        """Tell whether any mail is due to be sent."""
        due = select(mails.c.id).where(mails.c.next_try_at <= now).limit(1)
        return self.connection.execute(due).first() is not None

    def claim(self, now: datetime, *, until: datetime) -> Mail | None:
        """Lease the mail that has been due for longest; it is due again at `until` should its claimer die.

        Rows that another process is claiming are skipped where the database can do so; SQLite has one writer anyway.
        """
        due = select(*MAIL.columns).where(mails.c.next_try_at <= now).order_by(mails.c.next_try_at).limit(1)
        claimed = MAIL.from_row_or_none(self.connection.execute(due.with_for_update(skip_locked=True)).first())
        if claimed:
            self._update_undelivered(claimed.id, next_try_at=until)
        return claimed

    def renew_lease(self, mail_id: str, held_until: datetime, until: datetime) -> bool:
        """Lease a claimed mail for longer. Returns False if the lease `held_until` is no longer ours."""
        held = (mails.c.id == mail_id) & (mails.c.next_try_at == held_until)
        return self.connection.execute(update(mails).where(held).values(next_try_at=until)).rowcount > 0

    def retry_now(self, now: datetime, *, later_than: datetime) -> None:
        """Make mails due that only wait for the mail server, which is back; not those that it refused."""
        waiting = (mails.c.next_try_at > later_than) & mails.c.code.is_(None) & (mails.c.lost_answers == 0)
        self.connection.execute(update(mails).where(waiting).values(next_try_at=now))

    def mark_delivered(self, mail_id: str, now: datetime) -> None:
        self._update_undelivered(mail_id, delivered_at=now, next_try_at=None, failure=None)

    def mark_given_up(self, mail_id: str, *, failure: str, now: datetime, code: str = "") -> None:
        values = {"failure": failure, "code": code or None, "next_try_at": None, "given_up_at": now}
        self._update_undelivered(mail_id, tries=mails.c.tries + 1, **values)

    def record_failure(
        self, mail_id: str, *, failure: str, next_try_at: datetime, code: str = "", is_refused: bool = False
    ) -> None:
        """Count a failed attempt; `is_refused`: the server says that it refuses the mail for good."""
        values = {"failure": failure, "code": code or None, "next_try_at": next_try_at}
        refusals = mails.c.refusals + int(is_refused)
        self._update_undelivered(mail_id, tries=mails.c.tries + 1, refusals=refusals, **values)

    def record_lost_answer(self, mail_id: str, *, failure: str, next_try_at: datetime) -> None:
        """Count an attempt that handed over the whole mail and got no answer."""
        values = {"failure": failure, "code": None, "next_try_at": next_try_at}
        lost_answers = mails.c.lost_answers + 1
        self._update_undelivered(mail_id, tries=mails.c.tries + 1, lost_answers=lost_answers, **values)

    def _update_undelivered(self, mail_id: str, **values: object) -> None:
        """Set columns unless the mail is delivered: a slower process must not undo that."""
        undelivered = (mails.c.id == mail_id) & mails.c.delivered_at.is_(None)
        self.connection.execute(update(mails).where(undelivered).values(**values))
