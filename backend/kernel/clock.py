"""The time, as an argument: everything that needs it is given a Clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers an aware datetime in UTC."""


def utc_now() -> datetime:
    return datetime.now(UTC)
