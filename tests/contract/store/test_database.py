"""The database: kept from start to start, refused when it cannot be used, whole after the power went."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from backend.operations.checking import check
from backend.settings import Settings
from backend.store import StoreError
from tests.kit.backend import file_of, run_backend
from tests.kit.backend_programs import run_backend_to_its_end, start_backend
from tests.kit.clock import Clock
from tests.kit.contract import API, headers_of
from tests.kit.people import PASSWORD
from tests.kit.spoiled_databases import cut, damaged, foreign, newer

pytestmark = pytest.mark.only_on("sqlite")


def settings(folder: Path, **environ: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(folder), **environ})


async def test_a_second_start_finds_everybody_again(tmp_path: Path) -> None:
    clock = Clock()
    async with run_backend(tmp_path, clock) as backend:
        before = await backend.joins()
        await backend.signs_up("bob@example.com")
        bobs = await backend.newest_link()
    async with run_backend(tmp_path, clock) as backend:
        assert (await backend.get("/auth/user", session=before.token)).body == before.body["user"]
        assert (await backend.signs_in()).status == 200
        assert (await backend.grants((await backend.opens(bobs)).token)).status == 200
        assert len(await backend.mails()) == 3, "and one about the new log-in"


async def test_two_processes_start_on_one_new_database(tmp_path: Path) -> None:
    clock = Clock()
    async with run_backend(tmp_path, clock) as one, run_backend(tmp_path, clock) as two:
        signed_up = await one.joins()
        assert (await two.get("/auth/user", session=signed_up.token)).body["email"] == "ada@example.com"
        await two.post("/auth/signout", session=signed_up.token)
        assert (await one.get("/auth/user", session=signed_up.token)).code == "invalid_session_token"


def test_many_processes_may_start_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    mine = settings(tmp_path)

    def start() -> None:
        try:
            check(mine)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_start_waits_for_another_one_that_writes_the_first_tables(tmp_path: Path) -> None:
    mine = settings(tmp_path)
    other = sqlite3.connect(tmp_path / "accounts.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    until_it_is_done = threading.Timer(0.2, other.rollback)
    until_it_is_done.start()
    check(mine)
    until_it_is_done.join()
    other.close()


async def test_the_database_is_where_it_is_told_to_be(tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where" / "people #1?.db"
    elsewhere.parent.mkdir()
    async with run_backend(tmp_path, DATABASE_URL=f"sqlite:///{elsewhere}") as backend:
        await backend.signs_up()
    assert elsewhere.exists()
    assert not (tmp_path / "accounts.db").exists()


# --- what cannot be used


def read_only(path: Path) -> None:
    """By the version that its header asks for: file permissions mean nothing to root."""
    content = bytearray(path.read_bytes())
    content[18] = 3
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (newer, "newer than this program"),
        (damaged, ""),
        (cut, ""),
        (foreign, "not a database"),
        (read_only, "readonly"),
    ],
)
def test_a_database_that_cannot_be_used_refuses_the_start(
    tmp_path: Path, spoil: Callable[[Path], None], expected: str
) -> None:
    mine = settings(tmp_path)
    check(mine)
    spoil(file_of(mine))
    before = file_of(mine).read_bytes()
    with pytest.raises(StoreError) as refused:
        check(mine)
    assert str(refused.value).startswith("DATABASE_URL: the database ")
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)
    assert file_of(mine).read_bytes() == before


@pytest.mark.parametrize("where", ["no/such/folder/a.db", "."])
def test_a_database_that_cannot_be_opened_refuses_the_start(tmp_path: Path, where: str) -> None:
    with pytest.raises(StoreError, match=r"^DATABASE_URL: the database "):
        check(settings(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / where}"))


def test_the_program_refuses_a_damaged_database_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    foreign(tmp_path / "var" / "accounts.db")
    program = run_backend_to_its_end(tmp_path)
    assert (program.returncode, program.stdout) == (2, "")
    assert program.stderr.startswith("DATABASE_URL: the database ")
    assert program.stderr.count("\n") == 1


# --- while it runs


async def test_a_locked_database_is_told_and_nobody_is_logged_out(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        session = (await backend.signs_up()).token
        with closing(sqlite3.connect(file_of(backend.settings), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = await backend.post("/auth/signout", session=session)
            assert (answer.status, answer.code) == (503, "service_unavailable")
            assert answer.headers["retry-after"]
            assert (await backend.get("/auth/user", session=session)).status == 200
            other.execute("ROLLBACK")
        assert (await backend.post("/auth/signout", session=session)).status == 200


def test_whoever_was_told_that_they_are_in_is_in_after_a_kill(tmp_path: Path) -> None:
    acknowledged: dict[str, str] = {}
    headers = headers_of()

    def signs_up(url: str, who: int) -> None:
        with httpx.Client(base_url=f"{url}{API}/auth", headers=headers, trust_env=False) as http:
            for number in range(1000):
                body = {"email": f"p{who}-{number}@example.com", "password": PASSWORD}
                try:
                    answer = http.post("/signup-email", json=body)
                except httpx.TransportError:
                    return
                acknowledged[body["email"]] = answer.json()["session"]["token"]

    with start_backend(tmp_path, EMAIL_CONFIRMATION="off") as (process, url):
        threads = [threading.Thread(target=signs_up, args=(url, who)) for who in range(4)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 10
        while len(acknowledged) < 12 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        for thread in threads:
            thread.join()

    assert len(acknowledged) >= 12
    with (
        start_backend(tmp_path, EMAIL_CONFIRMATION="off") as (_, url),
        httpx.Client(base_url=f"{url}{API}/auth", headers=headers, trust_env=False) as http,
    ):
        for email, token in acknowledged.items():
            assert http.get("/user", headers=headers_of(token)).json()["email"] == email
