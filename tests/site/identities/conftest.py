"""A site that offers providers."""

import pytest

from tests.kit.clock import Clock
from tests.kit.lying_provider import LyingProvider
from tests.kit.provider_steps import lend_provider


@pytest.fixture(autouse=True)
def lent_provider(environ: dict[str, str], clock: Clock) -> LyingProvider:
    """The provider, which the site of the test offers."""
    provider, settings = lend_provider(clock)
    environ |= settings
    return provider
