"""Statements about mailed links."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from backend.store.records import Link
from backend.store.rows import Shape, Statements
from backend.store.tables import links

LINK = Shape(links, Link)


class Links(Statements):
    def by_id(self, link_id: str) -> Link | None:
        return self._one(links.c.id == link_id)

    def by_key(self, key_hash: str) -> Link | None:
        return self._one(links.c.key_hash == key_hash)

    def by_access_token(self, access_hash: str) -> Link | None:
        return self._one(links.c.access_hash == access_hash)

    def by_reference(self, reference_hash: str) -> Link | None:
        return self._one(links.c.reference_hash == reference_hash)

    def add(self, link: Link) -> None:
        self._insert(links, link)

    def press(self, link_id: str, *, now: datetime, access_expires_at: datetime) -> bool:
        """Takes the link at our own button. False: somebody was faster."""
        free = (links.c.id == link_id) & links.c.pressed_at.is_(None) & links.c.spent_at.is_(None)
        pressed = update(links).where(free).values(pressed_at=now, access_expires_at=access_expires_at)
        return self.connection.execute(pressed).rowcount == 1

    def spend(self, link_id: str, now: datetime) -> bool:
        """False: somebody was faster."""
        free = (links.c.id == link_id) & links.c.spent_at.is_(None)
        return self.connection.execute(update(links).where(free).values(spent_at=now)).rowcount == 1

    def was_pressed(self, user_id: str, kind: str, email: str, since: datetime) -> bool:
        """Whether the user has used such a link to this address at our own button since then."""
        those = (links.c.user_id == user_id) & (links.c.kind == kind) & (links.c.email == email)
        return (
            self.connection.execute(select(links.c.id).where(those & (links.c.pressed_at >= since))).first() is not None
        )

    def extend(self, link_id: str, expires_at: datetime) -> None:
        """Its mail leaves late: the time to use it begins now."""
        unused = (links.c.id == link_id) & links.c.pressed_at.is_(None) & links.c.spent_at.is_(None)
        later = unused & (links.c.expires_at < expires_at)
        self.connection.execute(update(links).where(later).values(expires_at=expires_at))

    def spend_kind(self, user_id: str, kind: str, now: datetime, *, except_for: str = "") -> None:
        self._spend((links.c.user_id == user_id) & (links.c.kind == kind) & (links.c.id != except_for), now)

    def spend_all(self, user_id: str, now: datetime) -> None:
        self._spend(links.c.user_id == user_id, now)

    def remove_of_registration(self, registration_id: str) -> None:
        self.connection.execute(delete(links).where(links.c.registration_id == registration_id))

    def newest_of_waiting(self, user_id: str, waiting_hash: str) -> Link | None:
        """The newest that the browser with this secret waits for, of those mailed to the user."""
        theirs = (links.c.waiting_hash == waiting_hash) & (links.c.user_id == user_id)
        newest = select(*LINK.columns).where(theirs).order_by(links.c.created_at.desc()).limit(1)
        return LINK.maybe(self.connection.execute(newest).first())

    def was_sent(self, link: Link, *, since: datetime) -> bool:
        """Whether the same link, still unused, has been mailed since then."""
        same = (links.c.user_id == link.user_id) & (links.c.kind == link.kind) & (links.c.email == link.email)
        same &= links.c.registration_id.is_not_distinct_from(link.registration_id)
        recent = (links.c.created_at > since) & links.c.spent_at.is_(None) & links.c.pressed_at.is_(None)
        return self.connection.execute(select(links.c.id).where(same & recent)).first() is not None

    def _one(self, which: ColumnElement[bool]) -> Link | None:
        return LINK.maybe(self.connection.execute(select(*LINK.columns).where(which)).first())

    def _spend(self, which: ColumnElement[bool], now: datetime) -> None:
        self.connection.execute(update(links).where(which & links.c.spent_at.is_(None)).values(spent_at=now))
