"""The export: everything kept about a person in one ZIP, and nothing that would open the account."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.rules.running_exports import EXPORTS_AT_ONCE
from backend.store.queries.exports import TABLES, is_withheld
from backend.store.tables import metadata
from tests.kit.backend import IPHONE, Backend, run_backend
from tests.kit.contract import API, headers_of
from tests.kit.exports import exporting
from tests.kit.history import list_kinds
from tests.kit.people import PASSWORD
from tests.kit.two_step import joins_with_an_app, logs_in_with

pytestmark = pytest.mark.both_databases

PHOTO = b"RIFF of a photo" * 5000  # more than a piece
LETTER = b"Dear diary"


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """A backend whose people are in at once, by their password."""
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        yield backend


async def uploads(backend: Backend, session: str, name: str, content: bytes, **options: Any) -> str:
    files = {"file": (name, content, "image/webp" if "tags" in options else "text/plain")}
    params = {"bucket": "root", "fileName": name, "options": json.dumps(options)}
    answer = await backend.post("/storage/bucket/upload-formdata", params=params, files=files, session=session)
    assert answer.status == 200, answer.body
    return str(answer.body["publicPath"])


async def fetches(backend: Backend, session: str, language: str = "en") -> httpx.Response:
    headers = {**headers_of(session), "Accept-Language": language}
    return await backend.http.get(f"{API}/account/export", headers=headers)


async def unpacks(backend: Backend, session: str, language: str = "en") -> dict[str, bytes]:
    answer = await fetches(backend, session, language)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows(export: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(export[f"{name}.json"])
    return found


async def owns_a_lot(backend: Backend) -> str:
    """A person with a photo, a file of their own, and two sessions, one of which has a name."""
    me = await backend.joins()
    token = me.token
    photo = await uploads(backend, token, "photo", PHOTO, tags=["avatar"], isPublic=True)
    await uploads(backend, token, "../../diary: 1.txt", LETTER)
    body = {"values": {"profilePicture": photo, "team": "blue"}, "id": me.body["user"]["_id"], "model": "users"}
    assert (await backend.post("/db/object/update", body, session=token)).status == 200
    await backend.signs_in(headers={"User-Agent": IPHONE, "X-Device": "d" * 22})
    await backend.post("/auth/sessions/label", {"token": token, "label": "Work laptop"}, session=token)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    return token


async def test_everything_that_is_kept_about_a_person_is_in_it(backend: Backend) -> None:
    token = await owns_a_lot(backend)
    export = await unpacks(backend, token)

    [account] = rows(export, "account")
    assert (account["email"], account["name"], account["fields"]) == ("ada@example.com", "Ada", {"team": "blue"})
    assert account["sign_up_at"].startswith("2026-03-14T09:26")
    sessions = rows(export, "sessions")
    assert [session["label"] for session in sessions] == ["Work laptop", None]
    assert sessions[1]["device"]["family"] == "Mobile Safari"
    assert len(rows(export, "devices")) == 1
    assert "data.exported" in [event["kind"] for event in rows(export, "events")]
    assert {mail["recipient"] for mail in rows(export, "mails")} == {"ada@example.com"}
    assert "magic-link" in [mail["kind"] for mail in rows(export, "mails")]
    assert {file["mime_type"] for file in rows(export, "files")} == {"image/webp", "text/plain"}
    assert export["photo.webp"] == PHOTO
    [diary] = [name for name in export if name.startswith("files/")]
    assert export[diary] == LETTER
    assert diary.endswith("-__.._diary_ 1.txt"), "unpacked, it stays where it is unpacked"
    assert {f"{table}.json" for table in TABLES if table != "users"} <= export.keys()


async def test_each_session_says_by_what_it_was_opened(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    export = await unpacks(backend, await logs_in_with(backend, app))
    opened = [(session["method"], session["factor"]) for session in rows(export, "sessions")]
    assert opened[-1] == ("password", "totp")
    assert set(opened[:-1]) == {("password", None)}


async def test_nothing_in_it_opens_the_account(backend: Backend) -> None:
    token = await owns_a_lot(backend)
    export = await unpacks(backend, token)
    everything = b"\n".join(export.values()).decode()
    assert not re.search(r"\b[0-9a-f]{64}\b", everything), "every hash of ours has 64 digits"
    assert token not in everything
    assert "argon2" not in everything
    assert str((await backend.get("/auth/sessions", session=token)).body[1]["token"]) not in everything, "its handle"


@pytest.mark.one_database
def test_every_table_about_people_is_exported_and_every_secret_column_withheld() -> None:
    """Whoever adds a column looks here at whether people may read it."""
    withheld = {f"{name}.{column.name}" for name in TABLES for column in metadata.tables[name].c if is_withheld(column)}
    assert {name for name in withheld if not name.endswith(("_hash", ".user_id"))} == {
        "users.password_salt",
        "users.passkey_handle",
        "authenticators.secret",
        "passkeys.public_key",
        "sessions.handle",
        "links.reserved_key",
        "devices.id",
        "events.id",
    }
    assert set(metadata.tables) - set(TABLES) == {"meta", "limits", "file_pieces", "used_challenges", "recovery_codes"}


async def test_nobody_elses_is_in_it(backend: Backend) -> None:
    await backend.joins("grace@example.com", name="Grace")
    export = await unpacks(backend, (await backend.joins()).token)
    assert b"grace" not in b"\n".join(export.values()).lower()


async def test_more_rows_than_are_read_at_once_are_all_there_once(backend: Backend) -> None:
    token = (await backend.joins()).token
    for number in range(230):
        await uploads(backend, token, f"note {number}", b"words")
    export = await unpacks(backend, token)
    assert sorted(file["name"] for file in rows(export, "files")) == sorted(f"note {n}" for n in range(230))
    assert len([name for name in export if name.startswith("files/")]) == 230


async def test_the_text_beside_it_says_in_the_persons_language_what_is_kept_and_why(backend: Backend) -> None:
    token = (await backend.joins()).token
    english = (await unpacks(backend, token))["README.txt"].decode()
    assert "ada@example.com" in english
    assert "90 days after it happened last" in english
    german = (await unpacks(backend, token, "de"))["README.txt"].decode()
    assert "90 Tage" in german


async def test_it_is_in_the_history_and_five_an_hour(backend: Backend) -> None:
    token = (await backend.joins()).token
    statuses = [(await fetches(backend, token)).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert (await list_kinds(backend, token)).count("data.exported") == 1, "repeats are counted in one event"
    backend.clock.advance(hours=1, minutes=1)
    assert (await fetches(backend, (await backend.signs_in()).token)).status_code == 200


async def test_of_many_at_once_most_are_asked_to_come_again(backend: Backend) -> None:
    token = (await backend.joins()).token
    async with exporting(backend, token):
        again = await fetches(backend, token)
        assert (again.status_code, again.headers["retry-after"]) == (429, "10")
    places = [backend.services.running_exports.take() for _ in range(EXPORTS_AT_ONCE)]
    for place in places:
        place.__enter__()
    busy = await fetches(backend, token)
    assert (busy.status_code, busy.json()["errors"][0]["code"]) == (503, "server_busy")
    for place in places:
        place.__exit__(None, None, None)
    assert (await fetches(backend, token)).status_code == 200, "what was refused is not counted"


async def test_a_log_in_by_link_is_not_enough(backend: Backend) -> None:
    await backend.joins()
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    token = (await backend.grants((await backend.opens(await backend.newest_link())).token)).token
    assert (await fetches(backend, token)).status_code == 403
    confirmed = await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=token)
    assert (await fetches(backend, confirmed.token)).status_code == 200


async def test_without_a_session_there_is_none(backend: Backend) -> None:
    assert (await fetches(backend, "")).status_code == 401
