"""Removes what is over, now and then and in small batches, so that no writer waits long. Several processes may do it
at once: what one has removed the other does not find."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from backend.rules.context import Services
from backend.store import Queries, StoreUnavailableError

log = logging.getLogger("backend.tasks.cleanup")

FIRST_AFTER, EVERY = 60.0, 3600.0  # seconds
BATCH = 200  # rows
KEEP_LINKS = timedelta(days=14)  # for so long a link that is over is told from one that never was
KEEP_REGISTRATIONS = timedelta(days=14)  # for so long a registration can be confirmed by a mail sent again
KEEP_UNUSED_PHOTOS = timedelta(days=1)  # a photo must be within a day of its upload, or of being left


@asynccontextmanager
async def run_cleanup(services: Services) -> AsyncIterator[None]:
    """Clears while the context lasts."""
    task = asyncio.create_task(_run(services))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def delete_expired_rows(services: Services) -> None:
    """All that is over now."""
    now = services.clock()
    await _in_batches(services, lambda queries: queries.expired_rows.delete_sessions(now, BATCH))
    await _in_batches(services, lambda queries: queries.expired_rows.delete_limits(now, BATCH))
    await _in_batches(services, lambda queries: queries.expired_rows.delete_devices(now, BATCH))
    await _in_batches(services, lambda queries: queries.expired_rows.delete_links(now - KEEP_LINKS, BATCH))
    await _in_batches(
        services, lambda queries: queries.expired_rows.delete_registrations(now - KEEP_REGISTRATIONS, BATCH)
    )
    await _in_batches(services, lambda queries: queries.expired_rows.delete_photos(now - KEEP_UNUSED_PHOTOS, BATCH))
    await services.store.erase_deleted()


async def _in_batches(services: Services, batch: Callable[[Queries], int]) -> None:
    while await services.store.write(batch) == BATCH:  # noqa: ASYNC110 (nothing tells when others have written)
        await asyncio.sleep(0.05)  # others write too


async def _run(services: Services) -> None:
    await asyncio.sleep(FIRST_AFTER)
    while True:
        try:
            await delete_expired_rows(services)
        except StoreUnavailableError:
            pass  # said where it happened; there is another time
        except Exception:
            log.exception("clearing failed")
        await asyncio.sleep(EVERY)
