"""Deletes expired rows, now and then and in small batches, so that no writer waits long.

Several processes may do it at once: what one has deleted the other does not find.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from backend.rules.context import Services
from backend.rules.deletion import delete_left_accounts
from backend.rules.lost_factors import mail_those_who_wait
from backend.rules.retention import (
    KEEP_EVENTS,
    KEEP_LINKS,
    KEEP_MAILS,
    KEEP_PHONE_CODES,
    KEEP_REGISTRATIONS,
    KEEP_UNUSED_PHOTOS,
)
from backend.store import Queries, StoreUnavailableError
from backend.store.queries.expired_rows import ExpiredRows

log = logging.getLogger("backend.tasks.cleanup")

FIRST_AFTER_SECONDS, EVERY_SECONDS = 60.0, 3600.0
BATCH = 200  # rows
PAUSE_SECONDS = 0.05  # between two batches, for others who write

# What is deleted, and how long it is kept after it is over.
KEEP: tuple[tuple[Callable[[ExpiredRows, datetime, int], int], timedelta], ...] = (
    (ExpiredRows.delete_sessions, timedelta(0)),
    (ExpiredRows.delete_tickets, timedelta(0)),
    (ExpiredRows.delete_limits, timedelta(0)),
    (ExpiredRows.delete_devices, timedelta(0)),
    (ExpiredRows.delete_challenges, timedelta(0)),
    (ExpiredRows.delete_recovery_sets, timedelta(0)),
    (ExpiredRows.delete_phone_codes, KEEP_PHONE_CODES),
    (ExpiredRows.delete_proven_identities, timedelta(0)),
    (ExpiredRows.delete_links, KEEP_LINKS),
    (ExpiredRows.delete_mails, KEEP_MAILS),
    (ExpiredRows.delete_events, KEEP_EVENTS),
    (ExpiredRows.delete_registrations, KEEP_REGISTRATIONS),
    (ExpiredRows.delete_photos, KEEP_UNUSED_PHOTOS),
)


@asynccontextmanager
async def run_cleanup(services: Services) -> AsyncIterator[None]:
    """Delete expired rows every EVERY_SECONDS while the context lasts."""
    task = asyncio.create_task(_run(services))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def delete_expired_rows(services: Services) -> None:
    """Delete all rows that have expired by now."""
    now = services.clock()
    for delete, keep in KEEP:
        while await services.store.write(_delete_batch, delete, now - keep) == BATCH:  # noqa: ASYNC110 (rows give no sign)
            await asyncio.sleep(PAUSE_SECONDS)
    await delete_left_accounts(services)
    await mail_those_who_wait(services)
    await services.store.erase_deleted()


def _delete_batch(queries: Queries, delete: Callable[[ExpiredRows, datetime, int], int], before: datetime) -> int:
    return delete(queries.expired_rows, before, BATCH)


async def _run(services: Services) -> None:
    await asyncio.sleep(FIRST_AFTER_SECONDS)
    while True:
        try:
            await delete_expired_rows(services)
        except StoreUnavailableError:
            pass  # logged where it happened; there is a next time
        except Exception:
            log.exception("cleaning up failed")
        await asyncio.sleep(EVERY_SECONDS)
