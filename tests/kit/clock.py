"""A clock that moves only when a test moves it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@dataclass
class Clock:
    """Call it for the time."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class WallClock(Clock):
    """One that goes by itself, beside programs whose clock does."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)
