from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.client import Backend, running


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    async with running(tmp_path) as backend:
        yield backend


@pytest.fixture
async def unconfirming(tmp_path: Path) -> AsyncIterator[Backend]:
    """A backend with confirmation off."""
    async with running(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        yield backend


@pytest.fixture
async def with_button(tmp_path: Path) -> AsyncIterator[Backend]:
    """A backend whose own page has the button of a mailed link."""
    async with running(tmp_path, LINK_BUTTON="on") as backend:
        yield backend
