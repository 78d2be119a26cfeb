"""The history of an account: events, each written in the transaction of its act, and read by the owner.

What repeats within a day is one event with a count. Of each kind a day has so many events at most, and one more that
counts the rest without saying from where: nobody can push what happened out of a history, which ends by age alone.
"""

import json
import re
from datetime import datetime

from backend.kernel.devices import parse_user_agent
from backend.kernel.events import BY_STRANGERS, EventKind
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import invalid
from backend.rules.context import ClientInfo, Services
from backend.store import Queries
from backend.store.records import Event, User
from backend.store.tables import EPOCH, MICROSECOND
from serving.networks import network

A_DAY = 20  # events of a kind
A_DAY_BY_STRANGERS = 10
CURSOR = re.compile(r"(?P<microseconds>[0-9]{16})\.(?P<id>[0-9a-f]{64})")


def record_event(
    queries: Queries, user_id: str, kind: EventKind, client: ClientInfo, now: datetime, **details: str | int
) -> None:
    """Write an event into the history of an account, within the caller's transaction.

    `details` are words of our own lists and numbers: never a secret, nor what somebody typed.
    """
    event = _make_event(user_id, kind, client, now, json.dumps(details))
    most = A_DAY_BY_STRANGERS if kind in BY_STRANGERS else A_DAY
    queries.events.record(event, rest_id=_name_rest(event), most=most, since=_begin_day(now))


def record_event_for(
    queries: Queries, user: User | None, kind: EventKind, client: ClientInfo, now: datetime, **details: str | int
) -> None:
    """Record what a stranger may have done, or write as much where there is no account: against user enumeration."""
    if user is None:
        queries.meta.set("last_unwritten_event", now.isoformat())
    else:
        record_event(queries, user.id, kind, client, now, **details)


async def load_history(services: Services, user: User, *, after: str, limit: int) -> tuple[list[Event], str]:
    """Load a page of a user's events, newest first, and the cursor of the next page, or "" where there is none.

    `after` is such a cursor, or "" for the first page. Raises `validation_error` for another text.
    """
    place = _read_cursor(after) if after else None
    found = await services.store.read(_list_events, user.id, limit + 1, place)
    page = found[:limit]
    return page, _make_cursor(page[-1]) if len(found) > limit else ""


def is_rest(event: Event) -> bool:
    """Whether this counts what is beyond a day's events of a kind, from any number of clients."""
    return event.id == _name_rest(event)


def _list_events(queries: Queries, user_id: str, limit: int, after: tuple[datetime, str] | None) -> list[Event]:
    return queries.events.list_newest(user_id, limit, after)


def _make_event(user_id: str, kind: EventKind, client: ClientInfo, now: datetime, details: str) -> Event:
    agent = parse_user_agent(client.user_agent)
    browser, system = agent["family"], agent["os"]["family"]
    asker = "" if kind in BY_STRANGERS else f"{browser}:{system}:"  # anybody can change those with each try
    return Event(
        id=hash_secret(f"{user_id}:{kind}:{_begin_day(now).date()}:{details}:{asker}{network(client.address)}"),
        user_id=user_id,
        kind=kind.value,
        details=details,
        browser=browser,
        system=system,
        address=client.address,
        count=1,
        first_at=now,
        last_at=now,
    )


def _name_rest(event: Event) -> str:
    """Return the id of the event that counts the rest of a kind on the day of this one."""
    return hash_secret(f"{event.user_id}:{event.kind}:{_begin_day(event.last_at).date()}")


def _begin_day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _make_cursor(event: Event) -> str:
    """Name the place of an event in the history. A place stays where it is, even if the event repeats or is gone."""
    return f"{(event.last_at - EPOCH) // MICROSECOND}.{event.id}"


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise invalid("after", "after must be the next of an answer.")
    return EPOCH + int(found["microseconds"]) * MICROSECOND, found["id"]
