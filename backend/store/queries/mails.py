"""Statements about mails. Those by which they leave: `queue.py`."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Integer, bindparam, insert, select

from backend.store.compiled import Compiled
from backend.store.records import Mail
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import links, mails

MAIL = RecordMapper(mails, Mail)
_MAILS = select(*MAIL.columns)
_IS_AWAITED = (
    (links.c.waiting_hash == bindparam("waiting_hash"))
    & (links.c.user_id == bindparam("user_id"))
    & mails.c.kind.in_(bindparam("kinds"))
)

BY_ID = Compiled(_MAILS.where(mails.c.id == bindparam("mail_id")))
NEWEST_AWAITED = Compiled(
    _MAILS.join_from(links, mails, mails.c.link_id == links.c.id)
    .where(_IS_AWAITED)
    .order_by(links.c.created_at.desc())
    .limit(1)
)
NEWEST = Compiled(_MAILS.order_by(mails.c.created_at.desc(), mails.c.id).limit(bindparam("count", type_=Integer)))
NEWEST_LANGUAGE = Compiled(
    select(mails.c.language).where(mails.c.user_id == bindparam("user_id")).order_by(mails.c.created_at.desc()).limit(1)
)
INSERT = Compiled(insert(mails))


class Mails(Statements):
    def find_by_id(self, mail_id: str) -> Mail | None:
        return MAIL.from_row_or_none(BY_ID.fetch_first(self.connection, mail_id=mail_id))

    def find_newest_awaited(self, user_id: str, waiting_hash: str, kinds: Sequence[str]) -> Mail | None:
        """Find the user's newest mail of these kinds that the browser with this registration secret is waiting for."""
        newest = NEWEST_AWAITED.fetch_first(self.connection, user_id=user_id, waiting_hash=waiting_hash, kinds=kinds)
        return MAIL.from_row_or_none(newest)

    def list_newest(self, count: int) -> list[Mail]:
        return MAIL.from_rows(NEWEST.fetch_all(self.connection, count=count))

    def find_newest_language(self, user_id: str) -> str:
        """Return the language of the newest mail to a user, or "" if none is kept."""
        row = NEWEST_LANGUAGE.fetch_first(self.connection, user_id=user_id)
        return str(row[0]) if row else ""

    def insert(self, mail: Mail) -> None:
        INSERT.execute(self.connection, **asdict(mail))
