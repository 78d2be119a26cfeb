from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.databases import Databases, choose_databases, databases
from tests.kit.mail_server import RefusingServer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "tmp_path" in metafunc.fixturenames:
        metafunc.parametrize("database", choose_databases(metafunc), indirect=True)


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[Databases]:
    databases.kind = getattr(request, "param", "sqlite")
    yield databases
    databases.drop()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    async with run_backend(tmp_path) as backend:
        yield backend


@pytest.fixture
async def unconfirming(tmp_path: Path) -> AsyncIterator[Backend]:
    """A backend with confirmation off."""
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        yield backend


@pytest.fixture
async def with_button(tmp_path: Path) -> AsyncIterator[Backend]:
    """A backend whose own page has the button of a mailed link."""
    async with run_backend(tmp_path, LINK_BUTTON="on") as backend:
        yield backend


@pytest.fixture
def smtp() -> Iterator[RefusingServer]:
    with RefusingServer() as server:
        yield server


@pytest.fixture
async def mailing(tmp_path: Path, smtp: RefusingServer) -> AsyncIterator[Backend]:
    async with run_backend(tmp_path, SMTP_URL=smtp.url, MAIL_FROM="Accounts <accounts@example.org>") as backend:
        yield backend
