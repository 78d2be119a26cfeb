"""`python -m backend backup` and `export`: what they give is used as a backend's database."""

import asyncio
import itertools
import json
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.mains import run_main
from tests.kit.postgres import address, server
from tests.kit.serving import run_to_its_end

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def empty() -> Iterator[URL]:
    url = server().new(empty=True)
    yield url
    server().drop(url)


async def commanded(folder: Path, *command: str) -> tuple[int, str, str]:
    """`python -m backend COMMAND`, while everything else goes on: its status and what it said."""
    ended = await asyncio.to_thread(run_to_its_end, "backend", {"DATA_DIR": str(folder)}, folder, command)
    return ended.returncode, ended.stdout, ended.stderr


def commanded_here(folder: Path, *command: str) -> tuple[int, str, str]:
    """The same without a process of its own, while nothing else goes on."""
    ended = run_main("backend", {"DATA_DIR": str(folder)}, folder, command)
    return ended.returncode, ended.stdout, ended.stderr


async def uploads(backend: Backend, token: str, content: bytes) -> Answer:
    query = {"bucket": "root", "fileName": "photo.png", "options": json.dumps({"tags": ["avatar"]})}
    path, files = "/storage/bucket/upload-formdata", {"file": ("photo.png", content, "image/png")}
    return await backend.calls("POST", path, params=query, files=files, session=token)


async def lives(backend: Backend) -> tuple[str, str, bytes]:
    """Somebody with a session, free fields and a photo, and somebody whose link waits. Token, photo, link."""
    token = (await backend.joins(name={"name": "Ada ⚙", "colour": "blue", "nested": {"deep": [1, None, "x"]}})).token
    await backend.signs_in()
    photo = (await uploads(backend, token, bytes(range(256)) * 1000)).body["publicPath"]
    await backend.signs_up("grace@example.com", name="Grace")
    return token, photo, (await backend.newest_link()).encode()


async def goes_on(backend: Backend, token: str, photo: str, link: bytes) -> None:
    """Everything is as it was, and everything works."""
    user = (await backend.get("/auth/user", session=token)).body
    assert (user["name"], user["colour"], user["nested"]) == ("Ada ⚙", "blue", {"deep": [1, None, "x"]})
    assert len((await backend.get("/auth/sessions", session=token)).body) == 2
    assert (await backend.http.get(photo)).content == bytes(range(256)) * 1000
    assert (await backend.grants((await backend.opens(link.decode())).token)).body["user"]["name"] == "Grace"
    assert (await backend.signs_in()).status == 200
    assert len(await backend.mails()) == 3


async def test_a_backup_of_a_backend_that_goes_on_writing_can_be_restored(tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    async with run_backend(tmp_path) as backend:
        known = await lives(backend)

        async def keeps_writing() -> None:
            for number in itertools.count():
                await backend.signs_up(f"ada{number}@example.org")

        writing = asyncio.create_task(keeps_writing())
        assert await commanded(tmp_path, "backup", str(file)) == (0, f"The database is copied to {file}\n", "")
        assert not writing.done(), writing
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    async with run_backend(tmp_path, DATABASE_URL=f"sqlite:///{file}") as restored:
        assert (await restored.get("/auth/user", session=known[0])).body["email"] == "ada@example.com"
        assert (await restored.http.get(known[1])).status_code == 200
        restored.clock.advance(minutes=10)  # until the lease is over of a mail that was on its way when it was copied
        assert (await restored.signs_in()).status == 200


async def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("precious")
    async with run_backend(tmp_path):
        status, _, complaint = commanded_here(tmp_path, "backup", str(file))
    assert (status, complaint) == (2, f"{file} cannot be made: it exists\n")
    assert file.read_text() == "precious"


async def test_a_backup_follows_no_link_and_touches_nothing_of_others(tmp_path: Path) -> None:
    file, precious = tmp_path / "copy.db", tmp_path / "precious"
    for planted in ("copy.db", "copy.db.part"):
        (tmp_path / planted).symlink_to(precious)
    async with run_backend(tmp_path):
        status, _, complaint = commanded_here(tmp_path, "backup", str(file))
        assert (status, complaint) == (2, f"{file} cannot be made: it exists\n")
        file.unlink()
        assert commanded_here(tmp_path, "backup", str(file))[0] == 0
    assert (tmp_path / "copy.db.part").is_symlink()
    assert not precious.exists()
    assert not file.is_symlink()


async def test_a_backup_that_was_killed_stands_in_no_ones_way(tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    (tmp_path / ".copy.db-0123456789abcdef").write_bytes(b"SQLite format 3\0 and not much more")
    async with run_backend(tmp_path) as backend:
        known = await lives(backend)
        assert commanded_here(tmp_path, "backup", str(file))[0] == 0
    async with run_backend(tmp_path, DATABASE_URL=f"sqlite:///{file}") as restored:
        await goes_on(restored, *known)


def test_a_backup_of_nothing_makes_nothing(tmp_path: Path) -> None:
    status, _, complaint = commanded_here(tmp_path, "backup", str(tmp_path / "copy"))
    assert (status, complaint) == (2, f"there is no database {tmp_path / 'accounts.db'}\n")
    assert not (tmp_path / "copy").exists()


async def test_everything_moves_to_postgresql(tmp_path: Path, empty: URL) -> None:
    async with run_backend(tmp_path) as backend:
        known = await lives(backend)
    moved = ("export", "--from", f"sqlite:///{tmp_path / 'accounts.db'}", "--to", address(empty))
    status, said, complaint = await commanded(tmp_path, *moved)
    assert (status, complaint) == (0, "")
    assert {"users: 2", "sessions: 2", "registrations: 1", "mails: 3", "files: 1", "meta: 5"} <= set(said.splitlines())
    async with run_backend(tmp_path, DATABASE_URL=address(empty)) as elsewhere:
        await goes_on(elsewhere, *known)

    status, _, complaint = commanded_here(tmp_path, *moved)
    assert (status, complaint) == (2, "the database to move to is not empty: it has rows in limits\n")


async def test_and_back_again(tmp_path: Path, empty: URL) -> None:
    async with run_backend(tmp_path, DATABASE_URL=address(empty)) as backend:
        known = await lives(backend)
    back = ("export", "--from", address(empty), "--to", f"sqlite:///{tmp_path / 'back.db'}")
    assert commanded_here(tmp_path, *back)[::2] == (0, "")
    async with run_backend(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'back.db'}") as elsewhere:
        await goes_on(elsewhere, *known)


def test_a_wrong_address_to_move_to_is_refused(tmp_path: Path) -> None:
    status, _, complaint = commanded_here(tmp_path, "export", "--from", "sqlite:///a.db", "--to", "mysql://x:y@z/a")
    assert (status, complaint.splitlines()) == (
        2,
        ["--to: must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME"],
    )
