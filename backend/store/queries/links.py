"""Statements about mailed links."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from backend.store.records import Link
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import links

LINK = RecordMapper(links, Link)
_IS_UNUSED = links.c.pressed_at.is_(None) & links.c.spent_at.is_(None)


class Links(Statements):
    def find_by_id(self, link_id: str) -> Link | None:
        return self._find(links.c.id == link_id)

    def find_by_key(self, key_hash: str) -> Link | None:
        return self._find(links.c.key_hash == key_hash)

    def find_by_access_token(self, access_hash: str) -> Link | None:
        return self._find(links.c.access_hash == access_hash)

    def find_by_reference(self, reference_hash: str) -> Link | None:
        return self._find(links.c.reference_hash == reference_hash)

    def find_newest_awaited(self, user_id: str, waiting_hash: str) -> Link | None:
        """Find the user's newest link whose mail the browser with this registration secret is waiting for."""
        condition = (links.c.waiting_hash == waiting_hash) & (links.c.user_id == user_id)
        newest = select(*LINK.columns).where(condition).order_by(links.c.created_at.desc()).limit(1)
        return LINK.from_row_or_none(self.connection.execute(newest).first())

    def insert(self, link: Link) -> None:
        self._insert(links, link)

    def press(self, link_id: str, *, now: datetime, access_expires_at: datetime) -> bool:
        """Mark a link as used by the button of our own page. Returns False if it was used meanwhile."""
        unused = (links.c.id == link_id) & _IS_UNUSED
        pressed = update(links).where(unused).values(pressed_at=now, access_expires_at=access_expires_at)
        return self.connection.execute(pressed).rowcount == 1

    def spend(self, link_id: str, now: datetime) -> bool:
        """Mark a link as used up. Returns False if it was meanwhile."""
        return self._spend(links.c.id == link_id, now) == 1

    def spend_kind(self, user_id: str, kind: str, now: datetime, *, except_for: str = "") -> None:
        self._spend((links.c.user_id == user_id) & (links.c.kind == kind) & (links.c.id != except_for), now)

    def spend_all(self, user_id: str, now: datetime) -> None:
        self._spend(links.c.user_id == user_id, now)

    def extend(self, link_id: str, expires_at: datetime) -> None:
        """Set a later expiry for an unused link, as its mail leaves late."""
        later = (links.c.id == link_id) & _IS_UNUSED & (links.c.expires_at < expires_at)
        self.connection.execute(update(links).where(later).values(expires_at=expires_at))

    def has_been_pressed(self, user_id: str, kind: str, email: str, since: datetime) -> bool:
        """Tell whether a link of this kind to this address has been used by our own button since a time."""
        same = (links.c.user_id == user_id) & (links.c.kind == kind) & (links.c.email == email)
        return self._exists(same & (links.c.pressed_at >= since))

    def has_been_sent(self, link: Link, *, since: datetime) -> bool:
        """Tell whether the same link, still unused, has been mailed since a time."""
        same = (links.c.user_id == link.user_id) & (links.c.kind == link.kind) & (links.c.email == link.email)
        same &= links.c.registration_id.is_not_distinct_from(link.registration_id)
        return self._exists(same & _IS_UNUSED & (links.c.created_at > since))

    def delete_for_registration(self, registration_id: str) -> None:
        self.connection.execute(delete(links).where(links.c.registration_id == registration_id))

    def _find(self, condition: ColumnElement[bool]) -> Link | None:
        return LINK.from_row_or_none(self.connection.execute(select(*LINK.columns).where(condition)).first())

    def _exists(self, condition: ColumnElement[bool]) -> bool:
        return self.connection.execute(select(links.c.id).where(condition)).first() is not None

    def _spend(self, condition: ColumnElement[bool], now: datetime) -> int:
        unspent = condition & links.c.spent_at.is_(None)
        return self.connection.execute(update(links).where(unspent).values(spent_at=now)).rowcount
