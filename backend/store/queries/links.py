"""Statements about mailed links."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, bindparam, delete, func, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import Link
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import Instant, links

LINK = RecordMapper(links, Link)
NO_LETTER = "none"  # of no link's
_LINKS = select(*LINK.columns)
_IS_IT = links.c.id == bindparam("link_id")
_IS_UNUSED = links.c.pressed_at.is_(None) & links.c.spent_at.is_(None)
_OF_USER = links.c.user_id == bindparam("user_id")
_OF_KIND = _OF_USER & (links.c.kind == bindparam("kind"))
_TO_EMAIL = _OF_KIND & (links.c.email == bindparam("email"))
_NOW = bindparam("now", type_=Instant)
_MOST = bindparam("most", type_=Integer)
_OF_REQUEST = links.c.request_hash == bindparam("asked")
_OF_REGISTRATION = links.c.registration_id == bindparam("registration_id")
_OF_SAME_REGISTRATION = links.c.registration_id.is_not_distinct_from(bindparam("registration_id"))

BY_ID = Compiled(_LINKS.where(_IS_IT))
BY_KEY = Compiled(_LINKS.where(links.c.key_hash == bindparam("key_hash")))
BY_ACCESS_TOKEN = Compiled(_LINKS.where(links.c.access_hash == bindparam("access_hash")))
BY_HANDLE = Compiled(_LINKS.where(links.c.handle_hash == bindparam("handle_hash")))
NEWEST_AWAITED = Compiled(
    _LINKS.where(_OF_USER & (links.c.waiting_hash == bindparam("waiting_hash")))
    .order_by(links.c.created_at.desc())
    .limit(1)
)
OF_KIND = Compiled(_LINKS.where(_OF_KIND & links.c.spent_at.is_(None)).order_by(links.c.created_at.desc()))
PRESSED = Compiled(select(links.c.id).where(_TO_EMAIL & (links.c.pressed_at >= bindparam("since"))))
_IS_RECENT = links.c.created_at > bindparam("since")
_IS_OF_SAME_LETTER = links.c.letter == bindparam("letter")
SENT = Compiled(
    select(links.c.id).where(_TO_EMAIL & _OF_SAME_REGISTRATION & _IS_UNUSED & _IS_RECENT & _IS_OF_SAME_LETTER)
)
INSERT = Compiled(insert(links))
PRESS = Compiled(
    update(links).where(_IS_IT & _IS_UNUSED).values(pressed_at=bindparam("now"), access_expires_at=bindparam("until"))
)
EXTEND = Compiled(
    update(links)
    .where(_IS_IT & _IS_UNUSED & (links.c.expires_at < bindparam("until")))
    .values(expires_at=bindparam("until"))
)
DISOWN = Compiled(update(links).where(_IS_IT & links.c.disowned_at.is_(None)).values(disowned_at=bindparam("now")))
ASKED = Compiled(_LINKS.where(_OF_REQUEST))
NEWEST_ASKED = Compiled(_LINKS.where(_OF_REQUEST).order_by(links.c.created_at.desc()).limit(1))
COUNT_ATTEMPT = Compiled(
    update(links)
    .where(_OF_REQUEST & links.c.kind.in_(bindparam("kinds")) & _IS_UNUSED & (links.c.attempts < _MOST))
    .where((links.c.created_at > bindparam("since")) & (links.c.expires_at > bindparam("now")))
    .values(attempts=links.c.attempts + 1)
    .returning(*LINK.columns)
)
USE_UP_CODE = Compiled(update(links).where(_IS_IT).values(attempts=_MOST))
GIVE = Compiled(update(links).where(_IS_IT).values(user_id=bindparam("owner")))
END_CODES = Compiled(update(links).where(_OF_REQUEST & (links.c.kind == bindparam("kind"))).values(request_hash=None))
RESERVING = Compiled(
    select(links.c.id)
    .where((links.c.reserved_key == bindparam("email_key")) & links.c.spent_at.is_(None))
    .where((links.c.expires_at > bindparam("now")) & (links.c.user_id != bindparam("except_for")))
    .limit(1)
)
DELETE_FOR_REGISTRATION = Compiled(delete(links).where(_OF_REGISTRATION))


def _spend(condition: ColumnElement[bool]) -> Compiled:
    return Compiled(update(links).where(condition & links.c.spent_at.is_(None)).values(spent_at=bindparam("now")))


USE = Compiled(
    update(links)
    .where(_IS_IT & links.c.spent_at.is_(None))
    .values(spent_at=_NOW, pressed_at=func.coalesce(links.c.pressed_at, _NOW))
)
SPEND_ALL = _spend(_OF_USER & links.c.kind.not_in(bindparam("except_kinds")))
SPEND_OTHERS = _spend(_OF_USER & links.c.letter.not_in(bindparam("letters")))
SPEND_KIND = _spend(
    _OF_KIND & (links.c.id != bindparam("except_for")) & links.c.letter.not_in(bindparam("except_letters"))
)


class Links(Statements):
    def find_by_id(self, link_id: str) -> Link | None:
        return LINK.from_row_or_none(BY_ID.fetch_first(self.connection, link_id=link_id))

    def find_by_key(self, key_hash: str) -> Link | None:
        return LINK.from_row_or_none(BY_KEY.fetch_first(self.connection, key_hash=key_hash))

    def find_by_access_token(self, access_hash: str) -> Link | None:
        return LINK.from_row_or_none(BY_ACCESS_TOKEN.fetch_first(self.connection, access_hash=access_hash))

    def find_by_handle(self, handle_hash: str) -> Link | None:
        return LINK.from_row_or_none(BY_HANDLE.fetch_first(self.connection, handle_hash=handle_hash))

    def find_newest_awaited(self, user_id: str, waiting_hash: str) -> Link | None:
        """Find the user's newest link whose mail the browser with this registration secret is waiting for."""
        newest = NEWEST_AWAITED.fetch_first(self.connection, user_id=user_id, waiting_hash=waiting_hash)
        return LINK.from_row_or_none(newest)

    def find_newest_asked(self, request_hash: str) -> Link | None:
        """Find the newest link that was mailed at the requests of this reference."""
        return LINK.from_row_or_none(NEWEST_ASKED.fetch_first(self.connection, asked=request_hash))

    def list_asked(self, request_hash: str) -> list[Link]:
        """List the links whose codes belong to this reference, used ones too: of each kind the newest."""
        return LINK.from_rows(ASKED.fetch_all(self.connection, asked=request_hash))

    def count_attempt(
        self, request_hash: str, kinds: Collection[str], *, most: int, since: datetime, now: datetime
    ) -> list[Link]:
        """Count an attempt at the codes of a reference's unused links, asked for after `since`, and list those links.

        To compare with is only what this returns: however many arrive at once, no more than `most` get it.
        """
        given = {"asked": request_hash, "kinds": list(kinds), "most": most, "since": since, "now": now}
        return LINK.from_rows(COUNT_ATTEMPT.fetch_all(self.connection, **given))

    def use_up_code(self, link_id: str, *, most: int) -> None:
        """Count all of a code's attempts as made, while its link stays what it is."""
        USE_UP_CODE.execute(self.connection, link_id=link_id, most=most)

    def give(self, link_id: str, user_id: str) -> None:
        """Let a link be that of another user."""
        GIVE.execute(self.connection, link_id=link_id, owner=user_id)

    def end_codes(self, request_hash: str, kind: str) -> None:
        """End the codes of a reference's links of this kind, before a newer one is mailed."""
        END_CODES.execute(self.connection, asked=request_hash, kind=kind)

    def insert(self, link: Link) -> None:
        INSERT.execute(self.connection, **asdict(link))

    def press(self, link_id: str, *, now: datetime, access_expires_at: datetime) -> bool:
        """Mark a link as used by the button of our own page. Returns False if it was used meanwhile."""
        return PRESS.execute(self.connection, link_id=link_id, now=now, until=access_expires_at) == 1

    def spend(self, link_id: str, now: datetime) -> bool:
        """Mark a link as used up by its button or its code. Returns False if it was meanwhile."""
        return USE.execute(self.connection, link_id=link_id, now=now) == 1

    def list_unspent(self, user_id: str, kind: str) -> list[Link]:
        """List a user's links of a kind that are not used up, newest first; those that have expired, too."""
        return LINK.from_rows(OF_KIND.fetch_all(self.connection, user_id=user_id, kind=kind))

    def spend_kind(
        self, user_id: str, kind: str, now: datetime, *, except_for: str = "", except_letters: Collection[str] = ()
    ) -> int:
        """Mark a user's links of a kind as used up, but one, and those that came with some letters. Return how many
        were not."""
        excepted = {"except_for": except_for, "except_letters": list(except_letters) or [NO_LETTER]}
        return SPEND_KIND.execute(self.connection, user_id=user_id, kind=kind, now=now, **excepted)

    def spend_all(self, user_id: str, now: datetime, *, except_kinds: Collection[str]) -> None:
        """Mark all of a user's links as used up, but those of some kinds."""
        SPEND_ALL.execute(self.connection, user_id=user_id, now=now, except_kinds=list(except_kinds))

    def spend_others(self, user_id: str, now: datetime, *, letters: Collection[str]) -> None:
        """Spend all of a user's links but those that came with these letters."""
        SPEND_OTHERS.execute(self.connection, user_id=user_id, now=now, letters=list(letters))

    def disown(self, link_id: str, now: datetime) -> bool:
        """Mark the mail of a link as answered by "This wasn't me". Returns False if it was before."""
        return DISOWN.execute(self.connection, link_id=link_id, now=now) == 1

    def extend(self, link_id: str, expires_at: datetime) -> None:
        """Set a later expiry for an unused link, as its mail leaves late."""
        EXTEND.execute(self.connection, link_id=link_id, until=expires_at)

    def has_been_pressed(self, user_id: str, kind: str, email: str, since: datetime) -> bool:
        """Tell whether a link of this kind to this address has been used by our own button since a time."""
        return bool(PRESSED.fetch_all(self.connection, user_id=user_id, kind=kind, email=email, since=since))

    def has_been_sent(self, link: Link, *, since: datetime) -> bool:
        """Tell whether the same link, still unused, has been mailed since a time."""
        same = {"kind": link.kind, "email": link.email, "registration_id": link.registration_id, "letter": link.letter}
        return bool(SENT.fetch_all(self.connection, user_id=link.user_id, since=since, **same))

    def is_reserved(self, email_key: str, now: datetime, *, except_for: str = "") -> bool:
        """Tell whether a link can give an address back to an account, other than that of one user."""
        given = {"email_key": email_key, "now": now, "except_for": except_for}
        return RESERVING.fetch_first(self.connection, **given) is not None

    def delete_for_registration(self, registration_id: str) -> None:
        DELETE_FOR_REGISTRATION.execute(self.connection, registration_id=registration_id)
