"""Events: what happened to an account, each written in the transaction of its act. Its owner reads them: `history.py`.

What repeats within a day is one event with a count. Of each kind a day has so many events at most, and one more that
counts the rest without saying from where: nobody can push what happened out of a history, which ends by age alone.
"""

import json
from datetime import datetime

from backend.kernel.devices import parse_user_agent
from backend.kernel.events import BY_STRANGERS, EventKind
from backend.kernel.keys import hash_secret
from backend.rules.context import ClientInfo
from backend.store import Queries
from backend.store.records import Event, Session, User
from serving.networks import network

A_DAY = 20  # events of a kind
A_DAY_BY_STRANGERS = 10


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


def is_rest(event: Event) -> bool:
    """Whether this counts what is beyond a day's events of a kind, from any number of clients."""
    return event.id == _name_rest(event)


def describe_opening(session: Session) -> dict[str, str]:
    """Return the details of the event that tells of the log-in by which a session was opened."""
    return {"method": session.method, **({"factor": session.factor} if session.factor else {})}


def name_opening(session: Session) -> str:
    """Return the id of the event that tells of the log-in by which a session was opened; that of no event where a day
    had too many of them."""
    device = json.loads(session.device)
    browser = (device["family"], device["os"]["family"])
    details = json.dumps(describe_opening(session))
    kind, day = EventKind.SESSION_OPENED, session.created_at
    return _name_event(session.user_id, kind, day, details, browser, session.address)


def _make_event(user_id: str, kind: EventKind, client: ClientInfo, now: datetime, details: str) -> Event:
    agent = parse_user_agent(client.user_agent)
    browser, system = agent["family"], agent["os"]["family"]
    return Event(
        id=_name_event(user_id, kind, now, details, (browser, system), client.address),
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


def _name_event(
    user_id: str, kind: EventKind, now: datetime, details: str, browser: tuple[str, str], address: str
) -> str:
    """Return the id of what is one event: the same kind, on the same day, in the same browser and network."""
    asker = "" if kind in BY_STRANGERS else ":".join((*browser, ""))  # anybody can change those with each try
    return hash_secret(f"{user_id}:{kind}:{_begin_day(now).date()}:{details}:{asker}{network(address)}")


def _name_rest(event: Event) -> str:
    """Return the id of the event that counts the rest of a kind on the day of this one."""
    return hash_secret(f"{event.user_id}:{event.kind}:{_begin_day(event.last_at).date()}")


def _begin_day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
