"""Statements about codes by SMS."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import PhoneCode
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import phone_codes

CODE = RecordMapper(phone_codes, PhoneCode)
_CODES = select(*CODE.columns)
_IS_IT = phone_codes.c.id == bindparam("code_id")
_IS_UNUSED = phone_codes.c.used_at.is_(None)
_OF_PHONE = phone_codes.c.phone == bindparam("phone")
_OF_PURPOSE = (phone_codes.c.user_id == bindparam("user_id")) & (phone_codes.c.purpose == bindparam("purpose"))
_IS_ANYBODYS = phone_codes.c.asker_hash == ""  # no browser was named
_OF_ASKER = _IS_ANYBODYS | (phone_codes.c.asker_hash == bindparam("asker"))

BY_ID = Compiled(_CODES.where(_IS_IT))
NEWEST = Compiled(_CODES.where(_OF_PURPOSE & _IS_UNUSED).order_by(phone_codes.c.created_at.desc()).limit(1))
COUNT_ATTEMPT = Compiled(
    update(phone_codes)
    .where(_OF_PHONE & _OF_ASKER & _IS_UNUSED & (phone_codes.c.expires_at > bindparam("now")))
    .where(phone_codes.c.attempts < bindparam("most", type_=Integer))
    .values(attempts=phone_codes.c.attempts + 1)
    .returning(*CODE.columns)
)
USED_SINCE = Compiled(_CODES.where(_OF_PHONE & _OF_ASKER & (phone_codes.c.used_at >= bindparam("since"))))
INSERT = Compiled(insert(phone_codes))
USE = Compiled(update(phone_codes).where(_IS_IT & _IS_UNUSED).values(used_at=bindparam("now")))
DELETE_OF_ASKER = Compiled(delete(phone_codes).where(_OF_PURPOSE & (phone_codes.c.asker_hash == bindparam("asker"))))
DELETE_OF_PURPOSE = Compiled(delete(phone_codes).where(_OF_PURPOSE))
DELETE_UNUSED = Compiled(delete(phone_codes).where((phone_codes.c.user_id == bindparam("user_id")) & _IS_UNUSED))


class PhoneCodes(Statements):
    def find_by_id(self, code_id: str) -> PhoneCode | None:
        return CODE.from_row_or_none(BY_ID.fetch_first(self.connection, code_id=code_id))

    def find_newest(self, user_id: str, purpose: str) -> PhoneCode | None:
        """Find the newest code of a user for a purpose that was not used; it may have expired."""
        return CODE.from_row_or_none(NEWEST.fetch_first(self.connection, user_id=user_id, purpose=purpose))

    def count_attempt(self, phone: str, asker_hash: str, *, most: int, now: datetime) -> list[PhoneCode]:
        """Count an attempt at all codes that are good for a number and an asker, and list them.

        To compare with is only what this returns: however many arrive at once, no more than `most` get it.
        """
        given = {"phone": phone, "asker": asker_hash, "most": most, "now": now}
        return CODE.from_rows(COUNT_ATTEMPT.fetch_all(self.connection, **given))

    def list_used(self, phone: str, asker_hash: str, *, since: datetime) -> list[PhoneCode]:
        """List the codes of a number and an asker that were used since a time."""
        return CODE.from_rows(USED_SINCE.fetch_all(self.connection, phone=phone, asker=asker_hash, since=since))

    def insert(self, code: PhoneCode) -> None:
        INSERT.execute(self.connection, **asdict(code))

    def use(self, code_id: str, now: datetime) -> bool:
        """Mark a code as used. False if it was, or is gone, meanwhile."""
        return USE.execute(self.connection, code_id=code_id, now=now) == 1

    def delete_of_asker(self, user_id: str, purpose: str, asker_hash: str) -> None:
        """Delete a user's codes for a purpose that the same browser has asked for."""
        DELETE_OF_ASKER.execute(self.connection, user_id=user_id, purpose=purpose, asker=asker_hash)

    def delete_of_purpose(self, user_id: str, purpose: str) -> int:
        """Delete a user's codes for a purpose. Return how many."""
        return DELETE_OF_PURPOSE.execute(self.connection, user_id=user_id, purpose=purpose)

    def delete_unused(self, user_id: str) -> int:
        """Delete a user's codes that were not used. Return how many."""
        return DELETE_UNUSED.execute(self.connection, user_id=user_id)
