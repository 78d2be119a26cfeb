"""Rows of the history: events by day, as the pages show them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from translations import current_locale
from translations import gettext as _
from translations.devices import entitle_device
from translations.formatting import format_date, format_datetime, format_time
from web.api.shapes import Event

ATTEMPTS = ("session.refused", "password.refused", "code.refused", "factor.refused")  # that failed
ATTEMPTS_SHOWN = 1  # rows of a day; of more than that only the number is shown at first


class Row(NamedTuple):
    """An event, where it came from as a heading, a browser, somebody else or who runs the site (empty where it came
    from many), the time of day, and since when it repeated (empty where it did not)."""

    event: Event
    where: str
    time: str
    since: str

    @classmethod
    def of(cls, event: Event) -> "Row":
        is_same_day = format_date(event.first) == format_date(event.last)
        since = (format_time if is_same_day else format_datetime)(event.first) if event.count > 1 else ""
        return cls(event, _find_where(event), format_time(event.last), since)


def _find_where(event: Event) -> str:
    if event.device is None:
        return ""
    if event.kind == "email.taken":
        return _("Somebody else")
    if not event.address:  # nobody's browser: a command
        return _("The operator of this site")
    return entitle_device(event.device.browser, event.device.system)


class Day(NamedTuple):
    """What happened on a day in the reader's time zone. `attempts`: those that failed, unless they are in the rows."""

    id: str
    name: str
    rows: Sequence[Row]
    attempts: Sequence[Row]

    @property
    def attempts_count(self) -> int:
        return sum(row.event.count for row in self.attempts)


def group_by_day(events: Iterable[Event], now: datetime) -> list[Day]:
    """Group events, the newest of which comes first, by the days of the reader."""
    today = _day_of(now)
    days = groupby(events, key=lambda event: _day_of(event.last))
    return [_make_day(day, [Row.of(event) for event in found], today) for day, found in days]


def _day_of(instant: datetime) -> date:
    return current_locale.get().local(instant).date()


def _make_day(day: date, rows: Sequence[Row], today: date) -> Day:
    attempts = [row for row in rows if row.event.kind in ATTEMPTS]
    if len(attempts) <= ATTEMPTS_SHOWN:
        attempts = []
    others = [row for row in rows if row not in attempts]
    recent = {today: _("Today"), today - timedelta(days=1): _("Yesterday")}
    return Day(day.isoformat(), recent.get(day) or format_date(rows[0].event.last), others, attempts)
