"""The outbox as it is in the database, and what makes the delivery look into it."""

import asyncio
import time
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from tests.kit.backend import Backend


async def wakes(backend: Backend) -> None:
    """The delivery looks again when a mail is asked for, were it by somebody unknown."""
    await backend.post("/auth/send-magic", params={"email": "nobody@example.com"})


def rows(backend: Backend) -> list[dict[str, Any]]:
    """The outbox as it is in the database, oldest first."""
    engine = create_engine(backend.settings.database.url, poolclass=NullPool)
    with engine.connect() as database:
        return [dict(row) for row in database.execute(text("SELECT * FROM mails ORDER BY created_at")).mappings()]


async def row_with(backend: Backend, patience: float = 10.0, **values: Any) -> dict[str, Any]:
    """The oldest row that has these values, as soon as there is one."""
    deadline = time.monotonic() + patience
    while not (found := [row for row in rows(backend) if values.items() <= row.items()]):
        assert time.monotonic() < deadline, rows(backend)
        await asyncio.sleep(0.02)
    return found[0]


async def has_no_row(backend: Backend, patience: float = 10.0) -> None:
    """Wait until the outbox is empty."""
    deadline = time.monotonic() + patience
    while left := rows(backend):
        assert time.monotonic() < deadline, left
        await asyncio.sleep(0.02)
