"""What is written to disk is for the program's own user, and what is discarded is gone from it."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from backend.store import StoreError, check_database
from backend.tasks.cleanup import delete_expired_rows
from serving.stored_secrets import load_or_create_secret
from tests.kit.backend import Backend, run_backend
from tests.kit.backend_programs import start_backend
from tests.kit.serving import serve_site

pytestmark = pytest.mark.only_on("sqlite")


@contextmanager
def careless() -> Iterator[None]:
    """Somebody whose files can be read and written by all, unless a program sees to it."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> set[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077}


def test_in_a_folder_that_is_there_already_all_files_are_for_their_owner(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    data.mkdir(mode=0o755)
    elsewhere.mkdir(mode=0o755)
    with careless():
        with serve_site({"DATA_DIR": str(data)}, tmp_path):
            assert {path.name for path in data.iterdir()} >= {"accounts.db", "accounts.db-wal", "secret-key"}
            assert not open_to_others(data)
        other = f"sqlite:///{elsewhere / 'other.db'}"
        with start_backend(tmp_path, DATA_DIR=str(data), DATABASE_URL=other, ALTOGIC_CLIENT_KEY=""):
            assert {path.name for path in elsewhere.iterdir()} >= {"other.db", "other.db-wal"}
            assert not open_to_others(elsewhere)


def test_files_that_others_could_read_are_taken_away_from_them(tmp_path: Path) -> None:
    data, database = tmp_path / "data", make_url(f"sqlite:///{tmp_path / 'data' / 'accounts.db'}")
    data.mkdir()
    check_database(database)
    key = load_or_create_secret(data / "secret-key")
    for name in ("accounts.db", "secret-key"):
        (data / name).chmod(0o644)
    check_database(database)
    assert load_or_create_secret(data / "secret-key") == key
    assert not open_to_others(data)
    (data / "accounts.db").chmod(0o444)
    with suppress(StoreError):  # root may write to it all the same
        check_database(database)
    assert stat.S_IMODE((data / "accounts.db").stat().st_mode) == 0o400


async def test_an_address_that_was_discarded_is_gone_from_disk_after_the_next_clearing(tmp_path: Path) -> None:
    addresses = [f"discarded{number}@stranger.example" for number in range(40)]
    async with run_backend(tmp_path, LINK_BUTTON="on", LIMIT_FACTOR="1000") as backend:
        await backend.signs_up("stays@example.com")
        for address in addresses:
            await backend.signs_up(address, name=f"Name of {address}")
            await discards(backend)
        await backend.signs_in("stays@example.com")
        assert on_disk(tmp_path, b"@stranger.example")
        await delete_expired_rows(backend.services)
        assert not on_disk(tmp_path, b"@stranger.example")
        assert on_disk(tmp_path, b"stays@example.com")
        assert (tmp_path / "accounts.db-wal").stat().st_size == 0
        await backend.signs_up("afterwards@example.com")
        assert len(await backend.mails()) == 2


async def discards(backend: Backend) -> None:
    page = (await backend.http.get(await backend.newest_link())).text
    disowned = re.search(r'action="(/_auth/disown[^"]+)"', page)
    assert disowned
    assert (await backend.http.post(disowned[1].replace("&amp;", "&"))).status_code == 200


def on_disk(folder: Path, text: bytes) -> bool:
    return any(text in path.read_bytes() for path in folder.glob("accounts.db*"))
