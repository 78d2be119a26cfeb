"""Dates, times and durations in words, in the current locale: for pages and emails alike."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel import dates
from babel.units import format_unit

from translations import LANGUAGES, current_locale
from translations import gettext as _

FINEST_AGE = timedelta(minutes=5)
UNITS = (("day", 24 * 60), ("hour", 60), ("minute", 1))  # with their minutes


def format_duration(span: timedelta) -> str:
    """Format a duration, such as "2 days", "1 hour" or "90 minutes", in whole minutes and in at least one."""
    minutes = max(1, span // timedelta(minutes=1))
    unit, length = next((unit, length) for unit, length in UNITS if minutes % length == 0)
    return format_unit(minutes // length, f"duration-{unit}", locale=current_locale.get().language.locale)


def format_age(span: timedelta) -> str:
    """Format how long ago something was, such as "25 minutes ago", no finer than five minutes."""
    if span < FINEST_AGE:
        return _("just now")
    rounded = (span // FINEST_AGE) * FINEST_AGE
    return dates.format_timedelta(-rounded, add_direction=True, locale=current_locale.get().language.locale)


def format_datetime(instant: datetime) -> str:
    """Format an instant in the person's time zone, or in UTC, which is named: "14 March 2026 at 09:26 UTC". In a mail
    their own zone is said, too: "14 March 2026 at 10:26 UTC+1"."""
    locale = current_locale.get()
    local, code = locale.local(instant), locale.language.code
    values = {"date": _format_day(local.date(), code), "time": _format_minute(local.hour, local.minute, code)}
    if locale.names_utc:
        return _("%(date)s at %(time)s UTC") % values
    if locale.says_zone:
        return _("%(date)s at %(time)s UTC%(offset)s") % {**values, "offset": _format_offset(local)}
    return _("%(date)s at %(time)s") % values


def _format_offset(local: datetime) -> str:
    """Format how far a local time is from UTC, such as "+1" or "+5:30"; "" where it is UTC."""
    offset = local.utcoffset() or timedelta(0)
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    if offset == timedelta(0):
        return ""
    return f"{'−' if offset < timedelta(0) else '+'}{hours}{f':{minutes:02}' if minutes else ''}"


def format_date(instant: datetime) -> str:
    """Format the day of an instant in the person's time zone, such as "14 March 2026"."""
    locale = current_locale.get()
    return _format_day(locale.local(instant).date(), locale.language.code)


def format_time(instant: datetime) -> str:
    """Format the time of day of an instant in the person's time zone, or in UTC, which is named: "09:26 UTC"."""
    words = _("%(time)s UTC") if current_locale.get().names_utc else _("%(time)s")
    return words % {"time": _format_clock(instant)}


def _format_clock(instant: datetime) -> str:
    locale = current_locale.get()
    local = locale.local(instant)
    return _format_minute(local.hour, local.minute, locale.language.code)


# Most of forty sessions began on the same few days, and to format one takes longer than the rest of its row. By the
# language's code, for Babel's locales are slow to compare.
@lru_cache(maxsize=1024)
def _format_day(day: date, language: str) -> str:
    return dates.format_date(day, "long", locale=LANGUAGES[language].locale)


@lru_cache(maxsize=1024)
def _format_minute(hour: int, minute: int, language: str) -> str:
    return dates.format_skeleton("Hm", time(hour, minute), locale=LANGUAGES[language].locale)
