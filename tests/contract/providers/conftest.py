from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.backend import Backend
from tests.kit.lying_provider import LyingProvider
from tests.kit.providers import run_with_provider

LIES = ("plain", "not verified")  # p0 vouches for addresses, p1 does not


@pytest.fixture
async def offering(tmp_path: Path) -> AsyncIterator[tuple[Backend, LyingProvider]]:
    """A backend with two providers."""
    async with run_with_provider(tmp_path, LIES) as both:
        yield both


@pytest.fixture
async def offering_unconfirming(tmp_path: Path) -> AsyncIterator[tuple[Backend, LyingProvider]]:
    """The same, where nobody confirms an address."""
    async with run_with_provider(tmp_path, LIES, EMAIL_CONFIRMATION="off") as both:
        yield both
