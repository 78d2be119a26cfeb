"""Statements about events, the history of an account."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, bindparam, case, func, select, tuple_, type_coerce

from backend.store.compiled import Compiled
from backend.store.records import Event
from backend.store.rows import RecordMapper, Statements, begin_upsert
from backend.store.tables import Instant, events

EVENT = RecordMapper(events, Event)
AT_ONCE = timedelta(milliseconds=1)  # more microseconds than any transaction writes events
_OF_USER = events.c.user_id == bindparam("its_user_id")
_IS_ANOTHER = (
    _OF_USER
    & (events.c.kind == bindparam("its_kind"))
    & (events.c.last_at >= bindparam("since", type_=Instant))
    & (events.c.id != bindparam("its_id"))
    & (events.c.id != bindparam("rest_id"))
)
# What the same transaction has written, at the same instant.
_IS_AT_ONCE = (
    _OF_USER
    & (events.c.last_at >= bindparam("its_last_at", type_=Instant))
    & (events.c.last_at < bindparam("soon", type_=Instant))
)


def _record(driver: str) -> Any:
    """Write an event, or count it where it is there already; in the row of the rest where there are enough others."""
    others = select(func.count()).select_from(events).where(_IS_ANOTHER).scalar_subquery()
    given = {column.name: bindparam(f"its_{column.name}", type_=column.type) for column in EVENT.columns}
    event_id = case((others >= bindparam("most", type_=Integer), bindparam("rest_id")), else_=given["id"])
    at = func.coalesce(_find_end(), given["last_at"])
    insert = begin_upsert(events, driver).inline().values({**given, "id": event_id, "first_at": at, "last_at": at})
    latest = {name: insert.excluded[name] for name in ("details", "browser", "system", "address", "last_at")}
    return insert.on_conflict_do_update(
        index_elements=[events.c.id], set_={**latest, "count": events.c.count + insert.excluded.count}
    )


def _find_end() -> Any:
    """Select the microsecond after what was written at once, so that the history has it in the order of the acts."""
    last = select(type_coerce(func.max(events.c.last_at), BigInteger)).select_from(events).where(_IS_AT_ONCE)
    return last.scalar_subquery() + 1


RECORD = Compiled(_record)
_NEWEST = (
    select(*EVENT.columns)
    .where(_OF_USER)
    .order_by(events.c.last_at.desc(), events.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_OLDEST = (
    select(*EVENT.columns)
    .where(_OF_USER)
    .order_by(events.c.last_at, events.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_PLACE, _OF_EVENT = tuple_(bindparam("last_at", type_=Instant), bindparam("id")), tuple_(events.c.last_at, events.c.id)
NEWEST, NEWEST_AFTER = Compiled(_NEWEST), Compiled(_NEWEST.where(_OF_EVENT < _PLACE))
OLDEST_BEFORE = Compiled(_OLDEST.where(_OF_EVENT > _PLACE))
HAPPENED = Compiled(
    select(events.c.id)
    .where(
        _OF_USER & (events.c.last_at >= bindparam("since", type_=Instant)) & (events.c.kind == bindparam("its_kind"))
    )
    .limit(1)
)
BY_ID = Compiled(select(*EVENT.columns).where(_OF_USER & (events.c.id == bindparam("event_id"))))


class Events(Statements):
    def record(self, event: Event, *, rest_id: str, most: int, since: datetime) -> None:
        """Insert an event, or add it to the one of the same id. Where the user has `most` others of its kind since a
        time, it is added to the event `rest_id` instead. What is written at once gets a microsecond each."""
        values = {f"its_{name}": value for name, value in vars(event).items()}  # asdict would copy them deeply
        soon = event.last_at + AT_ONCE
        RECORD.execute(self.connection, rest_id=rest_id, most=most, since=since, soon=soon, **values)

    def list_newest(self, user_id: str, limit: int, after: tuple[datetime, str] | None) -> list[Event]:
        """List a user's events, newest first, from the newest or from the one after a time and an id."""
        if after is None:
            return EVENT.from_rows(NEWEST.fetch_all(self.connection, its_user_id=user_id, limit=limit))
        place = {"last_at": after[0], "id": after[1]}
        return EVENT.from_rows(NEWEST_AFTER.fetch_all(self.connection, its_user_id=user_id, limit=limit, **place))

    def list_before(self, user_id: str, limit: int, before: tuple[datetime, str]) -> list[Event]:
        """List a user's events that come before a time and an id, newest first: the nearest of them."""
        place = {"last_at": before[0], "id": before[1]}
        found = OLDEST_BEFORE.fetch_all(self.connection, its_user_id=user_id, limit=limit, **place)
        return EVENT.from_rows(found[::-1])

    def has_happened(self, user_id: str, kind: str, *, since: datetime) -> bool:
        """Tell whether a user has an event of a kind since a time."""
        return bool(HAPPENED.fetch_all(self.connection, its_user_id=user_id, its_kind=kind, since=since))

    def find(self, user_id: str, event_id: str) -> Event | None:
        """Find one of the user's events."""
        return EVENT.from_row_or_none(BY_ID.fetch_first(self.connection, its_user_id=user_id, event_id=event_id))
