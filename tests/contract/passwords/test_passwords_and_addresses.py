"""Logging in, and changing what one logs in with."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from argon2.low_level import Type, hash_secret

from tests.kit.backend import Backend, file_of, run_backend
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW = "another fine password"


async def test_a_person_logs_in_with_the_password(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(days=1)
    signed_in = await backend.signs_in(" ADA@Example.com ")
    assert signed_in.status == 200
    assert signed_in.body["session"]["method"] == "password"
    assert signed_in.body["user"]["lastLoginAt"].startswith("2026-03-15T09:26:53")


@pytest.mark.only_on("sqlite")
async def test_a_password_is_kept_by_argon2id_and_renewed_when_that_was_weaker(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PASSWORD_HASHING="owasp") as backend:
        await backend.joins()
        with closing(sqlite3.connect(file_of(backend.settings), isolation_level=None)) as database:
            (strong, salt) = database.execute("SELECT password_hash, password_salt FROM users").fetchone()
            weak = hash_secret(PASSWORD.encode(), salt, 1, 1024, 1, 32, Type.ID).decode()
            for kept, password, status in ((weak, "wrong", 401), (strong, PASSWORD, 200)):
                database.execute("UPDATE users SET password_hash = ?", (weak,))
                assert (await backend.signs_in(password=password)).status == status
                assert database.execute("SELECT password_hash FROM users").fetchone() == (kept,)
    assert strong.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.only_on("sqlite")
async def test_quick_hashes_are_made_where_they_are_asked_for_and_others_renewed(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PASSWORD_HASHING="quick") as backend:
        await backend.joins()
        with closing(sqlite3.connect(file_of(backend.settings), isolation_level=None)) as database:
            (quick, salt) = database.execute("SELECT password_hash, password_salt FROM users").fetchone()
            other = hash_secret(PASSWORD.encode(), salt, 2, 19 * 1024, 1, 32, Type.ID).decode()
            database.execute("UPDATE users SET password_hash = ?", (other,))
            assert (await backend.signs_in(password="another password")).status == 401
            assert (await backend.signs_in(password=PASSWORD)).status == 200
            assert database.execute("SELECT password_hash FROM users").fetchone() == (quick,)
    assert quick.startswith("$argon2id$v=19$m=8,t=1,p=1$")


async def test_unknown_addresses_and_wrong_passwords_look_the_same(backend: Backend) -> None:
    await backend.joins()
    await backend.signs_up("bob@example.com")
    answers = [
        await backend.signs_in("nobody@example.com"),
        await backend.signs_in(password="wrong"),
        await backend.signs_in("bob@example.com", password="wrong"),
    ]
    assert {answer.status for answer in answers} == {401}
    assert {answer.code for answer in answers} == {"invalid_sign_in_credentials"}
    assert len({answer.content for answer in answers}) == 1


async def test_only_the_right_password_learns_that_the_address_is_unconfirmed(backend: Backend) -> None:
    await backend.signs_up(password="first password")
    await backend.signs_up(password="second password")
    for password in ("first password", "second password"):
        answer = await backend.signs_in(password=password)
        assert (answer.status, answer.code) == (401, "email_not_verified")
        assert answer.body["errors"][0]["message"] == "The email address has not been verified yet."


async def test_missing_fields_are_named(backend: Backend) -> None:
    answer = await backend.post("/auth/signin-email", {})
    assert (answer.status, answer.params) == (400, ["email", "password"])


# --- login links


async def test_a_magic_link_logs_in(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(minutes=1)
    assert (await backend.post("/auth/send-magic", params={"email": "ADA@example.com"})).status == 200
    link = await backend.newest_link()
    landing = await backend.opens(link)
    assert landing.query["action"] == "magic-link"
    granted = await backend.grants(landing.token)
    assert granted.body["session"]["method"] == "magic-link"
    assert (await backend.opens(link)).query["code"] == "link_used"


async def test_using_one_login_link_spends_the_others(backend: Backend) -> None:
    await backend.joins()
    for _ in range(2):
        backend.clock.advance(minutes=1)
        await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    newer, older, _ = await backend.links()
    assert (await backend.grants((await backend.opens(older)).token)).status == 200
    assert (await backend.opens(newer)).query["code"] == "link_used"


@pytest.mark.parametrize("path", ["/auth/resend", "/auth/send-magic", "/auth/send-reset"])
async def test_mails_are_asked_for_with_one_answer_whoever_has_an_account(backend: Backend, path: str) -> None:
    await backend.joins("ada@example.com")
    await backend.signs_up("bob@example.com")
    before = len(await backend.mails())
    backend.clock.advance(minutes=1)
    for address in ("ada@example.com", "bob@example.com", "nobody@example.com"):
        for _ in range(2):
            answer = await backend.post(path, params={"email": address})
            assert (answer.status, list(answer.body)) == (200, ["reference"])
    assert len(await backend.mails()) == before + 1
    refused = await backend.post(path, params={"email": "nonsense"})
    assert (refused.status, refused.code, refused.params) == (400, "validation_error", ["email"])
    assert (await backend.post(path)).params == ["email"]


async def test_a_space_in_the_query_is_a_plus(backend: Backend) -> None:
    await backend.joins("ada+tag@example.com")
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic?email=ada+tag@example.com")
    assert (await backend.opens(await backend.newest_link())).query["action"] == "magic-link"


async def test_without_confirmation_links_are_mailed_to_everybody(unconfirming: Backend) -> None:
    await unconfirming.signs_up()
    await unconfirming.post("/auth/send-magic", params={"email": "ada@example.com"})
    granted = await unconfirming.grants((await unconfirming.opens(await unconfirming.newest_link())).token)
    assert granted.status == 200
    await unconfirming.post("/auth/resend", params={"email": "ada@example.com"})
    assert len(await unconfirming.mails()) == 1


# --- a new address


async def test_a_new_address_counts_once_its_link_is_pressed(backend: Backend) -> None:
    session = (await backend.joins()).token
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    asked = await backend.post("/auth/change-email", body, session=session)
    assert asked.body["email"] == "ada@example.com"
    link = await backend.newest_link(to="new@example.com")
    assert (await backend.http.get(link)).status_code == 200  # the button is always here
    assert (await backend.get("/auth/user", session=session)).body["email"] == "ada@example.com"

    landing = await backend.opens(link, "POST")
    assert landing.query == {"status": "200", "action": "change-email", "ref": landing.query["ref"]}
    assert (await backend.get("/auth/user", session=session)).body["email"] == "new@example.com"
    assert (await backend.signs_in("new@example.com")).status == 200
    assert (await backend.signs_in("ada@example.com")).status == 401
    assert (await backend.opens(link, "POST")).query["code"] == "link_used"


async def test_a_taken_address_is_refused_but_only_to_who_knows_the_password(backend: Backend) -> None:
    session = (await backend.joins()).token
    await backend.joins("bob@example.com")
    body = {"currentPassword": "wrong", "newEmail": "bob@example.com"}
    assert (await backend.post("/auth/change-email", body, session=session)).code == "invalid_credentials"
    body["currentPassword"] = PASSWORD
    assert (await backend.post("/auth/change-email", body, session=session)).code == "email_not_unique"
    bare = await backend.post("/auth/change-email", {}, session=session)
    assert bare.params == ["currentPassword", "newEmail"]


async def test_an_address_taken_meanwhile_is_not_taken_over(backend: Backend) -> None:
    session = (await backend.joins()).token
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    await backend.post("/auth/change-email", body, session=session)
    link = await backend.newest_link(to="new@example.com")
    backend.clock.advance(minutes=1)
    await backend.joins("new@example.com")
    landing = await backend.opens(link, "POST")
    assert (landing.query["status"], landing.query["action"]) == ("401", "change-email")
    assert (await backend.get("/auth/user", session=session)).body["email"] == "ada@example.com"


async def test_an_address_somebody_only_typed_does_not_stand_in_the_way(backend: Backend) -> None:
    session = (await backend.joins()).token
    await backend.signs_up("new@example.com", name="Mallory")
    backend.clock.advance(minutes=1)
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    await backend.post("/auth/change-email", body, session=session)
    assert (await backend.opens(await backend.newest_link(to="new@example.com"), "POST")).query["status"] == "200"


async def test_without_confirmation_the_address_changes_at_once(unconfirming: Backend) -> None:
    session = (await unconfirming.joins()).token
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    changed = await unconfirming.post("/auth/change-email", body, session=session)
    assert changed.body["email"] == "new@example.com"
    assert (await unconfirming.signs_in("new@example.com")).status == 200


async def test_a_login_link_for_the_old_address_dies_with_it(backend: Backend) -> None:
    session = (await backend.joins()).token
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    magic = await backend.newest_link()
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    backend.clock.advance(minutes=1)
    await backend.post("/auth/change-email", body, session=session)
    await backend.opens(await backend.newest_link(to="new@example.com"), "POST")
    landing = await backend.opens(magic)
    assert landing.query["code"] == "link_used"
    backend.clock.advance(minutes=1)
    await backend.post("/auth/resend", params={"key": landing.query["ref"]})
    assert len(await backend.links()) == 5  # nothing goes to an address that is not theirs any more
