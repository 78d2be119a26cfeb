"""The cache of what a provider publishes and seldom changes: fetched once an hour, and sooner where something in it is
not known.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from backend.kernel.clock import Clock
from backend.providers.interface import ProviderError

T = TypeVar("T")

GOOD_FOR = timedelta(hours=1)
PAUSE = timedelta(seconds=10)  # between two tries that fail, and between two that are made before their time


class Cache(Generic[T]):
    """One thing, fetched by one of those who ask at the same time. What is old is better than nothing."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._fetched_at: datetime | None = None
        self._failed_at: datetime | None = None
        self._forced_at: datetime | None = None

    async def get(self) -> T:
        """Return it, fetched anew if it is old. Raises ProviderError where there is none."""
        async with self._lock:
            if self._value is None or self._is_older(self._fetched_at, GOOD_FOR):
                await self._refresh()
            if self._value is None:
                raise ProviderError("provider_unavailable", "it failed a moment ago")
            return self._value

    async def get_anew(self) -> T:
        """Return it, fetched anew: at most once in PAUSE, whoever asks. The ordinary fetches do not count: keys may
        have changed right after one."""
        async with self._lock:
            if self._is_older(self._forced_at, PAUSE):
                self._forced_at = self._clock()
                self._failed_at = None
                await self._refresh()
        return await self.get()

    async def _refresh(self) -> None:
        if not self._is_older(self._failed_at, PAUSE):
            return
        try:
            self._value = await self._fetch()
        except ProviderError:
            self._failed_at = self._clock()
            if self._value is None:
                raise
        else:
            self._fetched_at, self._failed_at = self._clock(), None

    def _is_older(self, at: datetime | None, age: timedelta) -> bool:
        """Tell whether something was done longer ago than that, or never."""
        return at is None or self._clock() >= at + age
