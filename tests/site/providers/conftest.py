"""A site that offers providers."""

import pytest

from tests.kit.clock import Clock
from tests.kit.liar import Liar
from tests.kit.provider_steps import lend_provider


@pytest.fixture(autouse=True)
def liar(environ: dict[str, str], clock: Clock) -> Liar:
    """The provider, which the site of the test offers."""
    liar, settings = lend_provider(clock)
    environ |= settings
    return liar
