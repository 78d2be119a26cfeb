from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """With phones on; SMS stand in the outbox."""
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", LIMIT_FACTOR="1") as backend:
        yield backend
