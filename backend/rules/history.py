"""The history of an account as its owner reads it, page by page, and what the owner can do about an event."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.kernel.events import ADDITIONS, DISOWNABLE, FACTORS_GO, EventKind
from backend.kernel.refusals import invalid, refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.disowning import log_others_out
from backend.rules.events import name_opening, record_event
from backend.rules.factors import remove_factors_added_since
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.sessions import SignedIn, is_active
from backend.store import Queries
from backend.store.records import Event, Session
from backend.store.tables import EPOCH, MICROSECOND

CURSOR = re.compile(r"(?P<microseconds>[0-9]{16})\.(?P<id>[0-9a-f]{64})")

Place = tuple[datetime, str]  # in the history: the time and the id of an event


@dataclass(frozen=True)
class Entry:
    """An event with the sessions that were opened by it and are active, and whether the caller's own is one of them."""

    event: Event
    sessions: tuple[Session, ...] = ()
    is_own: bool = False

    @property
    def is_disownable(self) -> bool:
        """Whether somebody else can have done this; not the one log-in of the caller's own session."""
        return self.event.kind in DISOWNABLE and not (self.is_own and self.event.count == 1)


@dataclass(frozen=True)
class HistoryPage:
    """A page of a history, newest first, and the cursors of the page after it and of the one before; "" for none."""

    entries: list[Entry]
    next: str
    previous: str


async def load_history(services: Services, me: SignedIn, *, after: str, before: str, limit: int) -> HistoryPage:
    """Load a page of the caller's events: the newest, those after a cursor, or those before one.

    Raises `validation_error` for a text that is no cursor.
    """
    older_than, newer_than = _read_cursor("after", after), _read_cursor("before", before)
    return await services.store.read(_load_page, services, me, older_than, newer_than, limit)


def _load_page(
    queries: Queries, services: Services, me: SignedIn, older_than: Place | None, newer_than: Place | None, limit: int
) -> HistoryPage:
    if newer_than:
        found = queries.events.list_before(me.user.id, limit + 1, newer_than)
        page, has_older, has_newer = found[-limit:], True, len(found) > limit
    else:
        found = queries.events.list_newest(me.user.id, limit + 1, older_than)
        page, has_older, has_newer = found[:limit], len(found) > limit, older_than is not None
    following = _make_cursor(page[-1]) if page and has_older else ""
    previous = _make_cursor(page[0]) if page and has_newer else ""
    return HistoryPage(_add_sessions(queries, services, me, page), following, previous)


async def find_entry(services: Services, me: SignedIn, event_id: str) -> Entry:
    """Find one of the caller's events. Raises `event_not_found`."""
    return await services.store.read(_find_entry, services, me, event_id)


def _find_entry(queries: Queries, services: Services, me: SignedIn, event_id: str) -> Entry:
    return _add_sessions(queries, services, me, [_find_event(queries, me, event_id)])[0]


def _find_event(queries: Queries, me: SignedIn, event_id: str) -> Event:
    event = queries.events.find(me.user.id, event_id)
    if event is None:
        raise refusal("event_not_found")
    return event


async def disown_event(services: Services, me: SignedIn, event_id: str, client: ClientInfo) -> None:
    """Act on "This wasn't me" beside one of the caller's events: log everybody else out, and end what they asked for.

    What they added goes too, and recovery codes of which they have one. May be done again. Raises `event_not_found`,
    also for an event that is no such act, and `confirmation_required`, by a second factor where one goes: whoever has
    only taken over a session is not to log its owner out.
    """
    require_recent_confirmation(services, me)
    event = await services.store.read(_find_event, me, event_id)
    if event.kind not in DISOWNABLE:
        raise refusal("event_not_found")
    if event.kind in FACTORS_GO:
        require_recent_confirmation(services, me, strong=True)
    await services.store.write(_disown_event, me, event, client, services.clock())


def _disown_event(queries: Queries, me: SignedIn, event: Event, client: ClientInfo, now: datetime) -> None:
    if event.kind in ADDITIONS:
        remove_factors_added_since(queries, reload_user(queries, me.user), event.first_at, client, now)
    if event.kind == EventKind.RECOVERY_CODE_USED:  # a stranger has the sheet
        queries.recovery_codes.delete_all(me.user.id)
    log_others_out(queries, me, client, now)
    record_event(queries, me.user.id, EventKind.EVENT_DISOWNED, client, now, what=event.kind)


def _add_sessions(queries: Queries, services: Services, me: SignedIn, page: Iterable[Event]) -> list[Entry]:
    opened: dict[str, list[Session]] = {}
    if any(event.kind == EventKind.SESSION_OPENED for event in page):
        now = services.clock()
        for session in queries.sessions.list_for_user(me.user.id):
            if is_active(services, session, now):
                opened.setdefault(name_opening(session), []).append(session)
    return [_make_entry(event, opened.get(event.id, []), me) for event in page]


def _make_entry(event: Event, sessions: list[Session], me: SignedIn) -> Entry:
    others = tuple(session for session in sessions if session.id != me.session.id)
    return Entry(event, others, is_own=len(others) < len(sessions))


def _make_cursor(event: Event) -> str:
    """Name the place of an event in the history. A place stays where it is, even if the event repeats or is gone."""
    return f"{(event.last_at - EPOCH) // MICROSECOND}.{event.id}"


def _read_cursor(name: str, cursor: str) -> Place | None:
    if not cursor:
        return None
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise invalid(name, f"{name} must be a cursor of an answer.")
    return EPOCH + int(found["microseconds"]) * MICROSECOND, found["id"]
