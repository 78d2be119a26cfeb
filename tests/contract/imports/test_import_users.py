"""`python -m backend import-users FILE`: people of an application of Altogic's have their accounts here."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.kit import phones
from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.databases import databases
from tests.kit.people import PASSWORD
from tests.kit.serving import run_to_its_end

pytestmark = pytest.mark.both_databases

ADA: dict[str, Any] = {
    "_id": "65f0a1b2c3d4e5f60718293a",
    "provider": "altogic",
    "providerUserId": "65f0a1b2c3d4e5f60718293a",
    "email": "Ada@example.com",
    "emailVerified": True,
    "password": "$2b$10$abcdefghijklmnopqrstuv",
    "name": "Ada Lovelace",
    "profilePicture": "https://c1-na.altogic.com/_storage/a/b/c",
    "signUpAt": "2023-03-12T18:22:10.031Z",
    "lastLoginAt": "2024-03-12T18:25:44.902Z",
    "createdAt": "2023-03-12T18:22:10.031Z",
    "role": "editor",
    "tags": ["a", {"b": None}],
}
BOB = {"email": "bob@example.com", "emailVerified": False, "name": "Bob"}
GRACE = {"email": "grace@example.com", "provider": "google", "providerUserId": "1234567890", "name": ""}


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """The command has the clock of the computer, and the backend that runs meanwhile does, too."""
    async with run_backend(tmp_path, Clock(datetime.now(UTC))) as backend:
        yield backend


async def commands(folder: Path, *users: Any, options: tuple[str, ...] = ()) -> tuple[int, list[int], str]:
    """Run it beside the backend. Its status, how many users were added, here already and left out, and complaints."""
    file = folder / "users.jsonl"
    file.write_text("\n\n".join(user if isinstance(user, str) else json.dumps(user) for user in users), "utf-8")
    environ = {"DATA_DIR": str(folder), **databases.environ(folder)}
    ended = await asyncio.to_thread(run_to_its_end, "backend", environ, folder, ("import-users", *options, str(file)))
    return ended.returncode, [int(line.partition(": ")[2]) for line in ended.stdout.splitlines()], ended.stderr


async def test_people_keep_what_they_had_but_for_the_password_and_come_back_by_mail(
    backend: Backend, tmp_path: Path
) -> None:
    assert await commands(tmp_path, ADA) == (0, [1, 0, 0], "")
    assert await backend.mails() == []
    for password in (PASSWORD, ADA["password"]):
        assert (await backend.signs_in("ada@example.com", password)).code == "invalid_sign_in_credentials"
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    await backend.waits_for_mails()
    user = (await backend.grants((await backend.opens(await backend.newest_link())).token)).body["user"]
    kept = ("_id", "email", "emailVerified", "name", "profilePicture", "signUpAt", "role", "tags")
    assert {name: user[name] for name in kept} == {name: ADA[name] for name in kept}
    assert not {"password", "createdAt"} & set(user)

    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    await backend.waits_for_mails()
    token = (await backend.opens(await backend.newest_link())).token
    assert (await backend.post("/auth/reset-pwd", {"newPassword": PASSWORD}, params={"key": token})).status == 200
    assert (await backend.signs_in("ada@example.com")).status == 200


async def test_whose_address_nobody_confirmed_comes_only_where_that_is_asked_for(
    backend: Backend, tmp_path: Path
) -> None:
    assert await commands(tmp_path, ADA, BOB, GRACE) == (0, [1, 0, 2], "")
    assert await commands(tmp_path, ADA, BOB, GRACE, options=("--unconfirmed",)) == (0, [2, 1, 0], "")
    await backend.post("/auth/send-magic", params={"email": "bob@example.com"})
    await backend.waits_for_mails()
    user = (await backend.grants((await backend.opens(await backend.newest_link())).token)).body["user"]
    assert (user["name"], user["emailVerified"], user["provider"]) == ("Bob", True, "altogic")


async def test_a_phone_number_comes_along_and_its_owner_comes_back_by_a_code(tmp_path: Path) -> None:
    alone = {"phone": phones.ADA, "phoneVerified": True, "name": "Ada"}
    both = {**GRACE, "emailVerified": True, "phone": phones.GRACE, "phoneVerified": True}
    unproven = {**BOB, "emailVerified": True, "phone": "+43 660 1234567", "phoneVerified": False}
    taken = {"phone": phones.GRACE, "phoneVerified": True}
    wrong = {"phone": "0660 1", "phoneVerified": True}
    async with run_backend(tmp_path, Clock(datetime.now(UTC)), PHONE_SIGN_UP="on") as backend:
        status, counts, complaint = await commands(tmp_path, alone, both, unproven, taken, wrong)
        assert (status, counts) == (1, [3, 1, 0])
        assert complaint.startswith("line 9: phone: ")
        await phones.asks(backend, "send-code")
        user = (await phones.types(backend, "signin-code", await phones.read_code(backend))).body["user"]
        assert (user["name"], user["phone"], user["phoneVerified"]) == ("Ada", phones.ADA, True)
        await backend.post("/auth/send-magic", params={"email": "bob@example.com"})
        await backend.waits_for_mails()
        granted = await backend.grants((await backend.opens(await backend.newest_link("bob@example.com"))).token)
        assert "phone" not in granted.body["user"]


async def test_an_account_that_is_here_stays_as_it_is(backend: Backend, tmp_path: Path) -> None:
    here = (await backend.joins(name="Ada of here")).body["user"]
    other_address = {**ADA, "_id": here["_id"], "email": "other@example.com"}
    assert await commands(tmp_path, ADA, other_address, {**BOB, "emailVerified": True}) == (0, [1, 2, 0], "")
    assert (await backend.signs_in()).body["user"]["name"] == "Ada of here"


async def test_what_is_no_user_is_told_by_its_line_and_the_others_come(backend: Backend, tmp_path: Path) -> None:
    wrong = [
        *("[1]", "{secret", json.dumps({"emailVerified": True}), json.dumps({**ADA, "_id": "7", "email": "ada"})),
        *(json.dumps({**ADA, "name": "two\nlines"}), json.dumps({**ADA, "signUpAt": "yesterday"})),
        *(json.dumps({**ADA, "notes": "n" * 17_000}), json.dumps({**ADA, "role": "\0"}), '{"a": 1, "a": 2}'),
    ]
    status, counts, complaint = await commands(tmp_path, *wrong, ADA)
    assert (status, counts) == (1, [1, 0, 0])
    told = [line.split(": ")[:2] for line in complaint.splitlines()]
    assert told == [
        *(["line 1", "this is no JSON object"], ["line 3", "this is no JSON object"], ["line 5", "email"]),
        *(["line 7", "_id"], ["line 7", "email"], ["line 9", "name"], ["line 11", "signUpAt"], ["line 13", "role"]),
        *(["line 15", "role"], ["line 17", "this is no JSON object"]),
    ]
    assert "secret" not in complaint
    assert (await backend.signs_in()).code == "invalid_sign_in_credentials"


@pytest.mark.one_database
async def test_a_file_that_cannot_be_read_or_is_one_long_line_is_refused(backend: Backend, tmp_path: Path) -> None:
    status, counts, complaint = await commands(tmp_path, json.dumps([ADA] * 300))
    assert (status, counts) == (2, [])
    assert complaint == "line 1 has more than 65536 bytes: each user needs a line of their own\n"
    environ = {"DATA_DIR": str(tmp_path)}
    missing = await asyncio.to_thread(run_to_its_end, "backend", environ, tmp_path, ("import-users", "no-such-file"))
    assert (missing.returncode, missing.stderr) == (2, "no-such-file cannot be read: No such file or directory\n")
    assert (await backend.signs_in()).status == 401


@pytest.mark.one_database
def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text(json.dumps(ADA))
    folder = tmp_path / "elsewhere"
    ended = run_to_its_end("backend", {"DATA_DIR": str(folder)}, tmp_path, ("import-users", str(file)))
    assert ended.returncode == 2
    assert "there is no database" in ended.stderr
    assert not (folder / "accounts.db").exists()
