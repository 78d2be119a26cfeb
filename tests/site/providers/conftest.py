"""A site that offers providers."""

from collections.abc import Iterator

import pytest

from tests.kit.clock import Clock
from tests.kit.liar import Liar
from tests.kit.provider_steps import run_provider


@pytest.fixture
def liar(environ: dict[str, str], clock: Clock) -> Iterator[Liar]:
    """The provider, which the site of the test offers."""
    with run_provider(clock) as (liar, settings):
        environ |= settings
        yield liar


@pytest.fixture(autouse=True)
def offered(liar: Liar) -> Liar:
    return liar
