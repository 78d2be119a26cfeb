"""The backend of those who leave: it mails them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.backend import Backend
from tests.kit.leaving import run_mailing_backend
from tests.kit.mail_server import RefusingServer


@pytest.fixture
async def backend(tmp_path: Path, smtp: RefusingServer) -> AsyncIterator[Backend]:
    async with run_mailing_backend(tmp_path, smtp) as backend:
        yield backend
