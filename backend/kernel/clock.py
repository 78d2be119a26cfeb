"""The clock, passed as an argument to everything that needs the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns an aware datetime in UTC."""


def utc_now() -> datetime:
    return datetime.now(UTC)
