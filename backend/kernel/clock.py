"""The clock, passed as an argument to everything that needs the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns an aware datetime in UTC."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def format_timestamp(value: datetime) -> str:
    """Format a time in UTC as ISO 8601 with milliseconds, such as 2026-01-31T12:00:00.000Z."""
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
