"""Statements about the outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from backend.store.records import Mail
from backend.store.rows import Shape, Statements
from backend.store.tables import links, mails

MAIL = Shape(mails, Mail)


class Mails(Statements):
    def by_id(self, mail_id: str) -> Mail | None:
        return MAIL.maybe(self.connection.execute(select(*MAIL.columns).where(mails.c.id == mail_id)).first())

    def newest_of_waiting(self, user_id: str, waiting_hash: str, kinds: Sequence[str]) -> Mail | None:
        """The newest of these kinds that the browser with this secret waits for, of those to the user."""
        theirs = (links.c.waiting_hash == waiting_hash) & (links.c.user_id == user_id) & mails.c.kind.in_(kinds)
        found = select(*MAIL.columns).join_from(links, mails, mails.c.link_id == links.c.id).where(theirs)
        return MAIL.maybe(self.connection.execute(found.order_by(links.c.created_at.desc()).limit(1)).first())

    def newest(self, count: int) -> list[Mail]:
        found = select(*MAIL.columns).order_by(mails.c.created_at.desc(), mails.c.id).limit(count)
        return MAIL.all(self.connection.execute(found).all())

    def add(self, mail: Mail) -> None:
        self._insert(mails, mail)

    def any_due(self, now: datetime) -> bool:
        return (
            self.connection.execute(select(mails.c.id).where(mails.c.next_try_at <= now).limit(1)).first() is not None
        )

    def claim(self, now: datetime, *, until: datetime) -> Mail | None:
        """The mail that is due for longest. It is due again at `until`, should the claimer not live to say more.

        Rows that another process is claiming are passed over where the database can; SQLite has one writer anyway.
        """
        due = select(*MAIL.columns).where(mails.c.next_try_at <= now).order_by(mails.c.next_try_at).limit(1)
        claimed = MAIL.maybe(self.connection.execute(due.with_for_update(skip_locked=True)).first())
        if claimed:
            self._settle(claimed.id, next_try_at=until)
        return claimed

    def renew(self, mail_id: str, held_until: datetime, until: datetime) -> bool:
        """Hold a claimed mail for longer. False: it is no longer held."""
        held = (mails.c.id == mail_id) & (mails.c.next_try_at == held_until)
        return self.connection.execute(update(mails).where(held).values(next_try_at=until)).rowcount > 0

    def hasten(self, now: datetime, *, later_than: datetime) -> None:
        """The mail server is back: what was not refused, and only waits for it, need wait no longer."""
        waiting = (mails.c.next_try_at > later_than) & mails.c.code.is_(None) & (mails.c.lost_answers == 0)
        self.connection.execute(update(mails).where(waiting).values(next_try_at=now))

    def delivered(self, mail_id: str, now: datetime) -> None:
        self._settle(mail_id, delivered_at=now, next_try_at=None, failure=None)

    def failed(
        self, mail_id: str, *, failure: str, next_try_at: datetime, code: str = "", is_refused: bool = False
    ) -> None:
        """`is_refused`: for good, as the server says."""
        values = {"failure": failure, "code": code or None, "next_try_at": next_try_at}
        self._settle(mail_id, tries=mails.c.tries + 1, refusals=mails.c.refusals + int(is_refused), **values)

    def unanswered(self, mail_id: str, *, failure: str, next_try_at: datetime) -> None:
        values = {"failure": failure, "code": None, "next_try_at": next_try_at}
        self._settle(mail_id, tries=mails.c.tries + 1, lost_answers=mails.c.lost_answers + 1, **values)

    def given_up(self, mail_id: str, *, failure: str, now: datetime, code: str = "") -> None:
        values = {"failure": failure, "code": code or None, "next_try_at": None, "given_up_at": now}
        self._settle(mail_id, tries=mails.c.tries + 1, **values)

    def _settle(self, mail_id: str, **values: object) -> None:
        """What has gone stays gone, whatever a slower process has to say of it."""
        waiting = (mails.c.id == mail_id) & mails.c.delivered_at.is_(None)
        self.connection.execute(update(mails).where(waiting).values(**values))
