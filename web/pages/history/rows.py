"""Rows of the history: events by day, as the pages show them."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from translations import current_locale
from translations.devices import entitle_device
from translations.formatting import format_date, format_datetime, format_time
from web.api.shapes import Event

TRIES = ("session.refused", "password.refused", "code.refused")  # that failed
TRIES_SHOWN = 1  # rows of a day; of more than that only the number is shown at first


class Row(NamedTuple):
    """An event, the browser that it came from as a heading (empty where it came from many), the time of day, and since
    when it repeated (empty where it did not)."""

    event: Event
    where: str
    time: str
    since: str

    @classmethod
    def of(cls, event: Event) -> "Row":
        device, is_same_day = event.device, format_date(event.first) == format_date(event.last)
        since = (format_time if is_same_day else format_datetime)(event.first) if event.count > 1 else ""
        where = entitle_device(device.browser, device.system) if device else ""
        return cls(event, where, format_time(event.last), since)


class Day(NamedTuple):
    """What happened on a day in the reader's time zone. `tries`: those that failed, if they are not among the rows."""

    id: str
    name: str
    rows: Sequence[Row]
    tries: Sequence[Row]

    @property
    def tries_count(self) -> int:
        return sum(row.event.count for row in self.tries)


def group_by_day(events: Iterable[Event]) -> list[Day]:
    """Group events, the newest of which comes first, by the days of the reader."""
    days = groupby(events, key=lambda event: current_locale.get().local(event.last).date().isoformat())
    return [_make_day(day, [Row.of(event) for event in found]) for day, found in days]


def _make_day(day: str, rows: Sequence[Row]) -> Day:
    tries = [row for row in rows if row.event.kind in TRIES]
    if len(tries) <= TRIES_SHOWN:
        tries = []
    others = [row for row in rows if row not in tries]
    return Day(day, format_date(rows[0].event.last), others, tries)
