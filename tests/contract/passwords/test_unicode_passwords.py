"""Passwords that keyboards compose differently: one password, whichever way it is typed."""

import sqlite3
from contextlib import closing
from unicodedata import normalize

import pytest
from argon2.low_level import Type, hash_secret

from tests.kit.backend import Backend

pytestmark = pytest.mark.both_databases

COMPOSED = "grüße aus köln"
TYPED_APART = normalize("NFD", COMPOSED)
WRONG = normalize("NFD", "grüße aus bönn")


@pytest.mark.parametrize(("first", "then"), [(COMPOSED, TYPED_APART), (TYPED_APART, COMPOSED)])
async def test_a_password_is_the_same_from_every_keyboard(backend: Backend, first: str, then: str) -> None:
    await backend.joins(password=first)
    for typed in (first, then):
        assert (await backend.signs_in(password=typed)).status == 200
    assert (await backend.signs_in(password=WRONG)).status == 401


async def test_a_new_password_is_the_same_from_every_keyboard(backend: Backend) -> None:
    session = (await backend.joins(password=COMPOSED)).token
    changed = {"oldPassword": TYPED_APART, "newPassword": normalize("NFD", "größere füße")}
    assert (await backend.post("/auth/change-pwd", changed, session=session)).status == 200
    assert (await backend.signs_in(password="größere füße")).status == 200
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    token = (await backend.opens(await backend.newest_link())).token
    reset = {"newPassword": TYPED_APART}
    assert (await backend.post("/auth/reset-pwd", reset, params={"key": token})).status == 200
    assert (await backend.signs_in(password=COMPOSED)).status == 200


async def test_the_password_is_asked_for_in_either_form_before_the_address_changes(backend: Backend) -> None:
    session = (await backend.joins(password=COMPOSED)).token
    body = {"currentPassword": TYPED_APART, "newEmail": "new@example.com"}
    assert (await backend.post("/auth/change-email", body, session=session)).status == 200


@pytest.mark.only_on("sqlite")
async def test_a_hash_from_before_is_tried_as_typed_and_renewed(backend: Backend) -> None:
    await backend.joins(password=COMPOSED)
    with closing(sqlite3.connect(backend.settings.data.folder / "accounts.db", isolation_level=None)) as database:
        new, salt = database.execute("SELECT password_hash, password_salt FROM users").fetchone()
        old = hash_secret(TYPED_APART.encode(), salt, 2, 19 * 1024, 1, 32, Type.ID).decode()
        database.execute("UPDATE users SET password_hash = ?", (old,))
        assert (await backend.signs_in(password=WRONG)).status == 401
        assert (await backend.signs_in(password=TYPED_APART)).status == 200
        assert database.execute("SELECT password_hash FROM users").fetchone() == (new,)
    assert (await backend.signs_in(password=COMPOSED)).status == 200


async def test_the_length_is_that_of_the_normal_form(backend: Backend) -> None:
    assert (await backend.signs_up(password=normalize("NFD", "üöä"))).params == ["password"]  # three, typed as six
    assert (await backend.signs_up(password=normalize("NFD", "ü" * 256))).status == 200
    assert (await backend.signs_up(password="u" + "\u0327\u0301" * 5000)).params == ["password"]
