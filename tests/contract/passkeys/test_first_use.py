"""The library that verifies passkeys takes memory and time, which a program whose people have none does not give."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.only_on("sqlite")

PROGRAM = """
import asyncio, sys
from pathlib import Path
from tests.kit.authenticator import Authenticator
from tests.kit.backend import run_backend
from tests.kit.passkeys import adds, asks, logs_in

def is_loaded():
    return "webauthn" in sys.modules

async def main():
    async with run_backend(Path(sys.argv[1])) as backend:
        await backend.joins()
        token = (await backend.signs_in()).token
        await asks(backend)
        await asks(backend, "add", session=token)
        assert not is_loaded()
        ada = await adds(backend, token)
        assert is_loaded()
        assert (await logs_in(backend, ada)).status == 200

asyncio.run(main())
"""


def test_it_is_loaded_when_the_first_passkey_is_verified(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], check=True)
