from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.backend import Backend
from tests.kit.liar import Liar
from tests.kit.providers import run_with_liar

LIES = ("plain", "not verified")  # p0 vouches for addresses, p1 does not


@pytest.fixture
async def offering(tmp_path: Path) -> AsyncIterator[tuple[Backend, Liar]]:
    """A backend with two providers."""
    async with run_with_liar(tmp_path, LIES) as both:
        yield both


@pytest.fixture
async def offering_unconfirming(tmp_path: Path) -> AsyncIterator[tuple[Backend, Liar]]:
    """The same, where nobody confirms an address."""
    async with run_with_liar(tmp_path, LIES, EMAIL_CONFIRMATION="off") as both:
        yield both
