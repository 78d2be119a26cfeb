"""What becomes of passkeys when SECRET_KEY changes."""

from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.passkeys import adds, asks, logs_in, sends

pytestmark = pytest.mark.both_databases

OLD, NEW = "the secret key of yesterday", "the secret key of today"


async def joins(backend: Backend) -> str:
    await backend.joins()
    return (await backend.signs_in()).token


async def test_a_page_that_is_open_survives_a_new_key_and_passkeys_survive_its_loss(tmp_path: Path) -> None:
    async with run_backend(tmp_path, SECRET_KEY=OLD) as backend:
        ada = await adds(backend, await joins(backend))
        first, second = await asks(backend), await asks(backend)
    async with run_backend(tmp_path, SECRET_KEY=f"{NEW},{OLD}") as backend:
        assert (await sends(backend, ada.signs(first))).status == 200
    async with run_backend(tmp_path, SECRET_KEY=NEW) as backend:
        assert (await sends(backend, ada.signs(second))).code == "wrong_passkey"
        assert (await logs_in(backend, ada)).status == 200
