"""Nobody removes the last way into their account, not in two tabs at once either."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.authenticator import PRESENT, Authenticator
from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.passkeys import adds, list_passkeys, logs_in

pytestmark = pytest.mark.both_databases


async def loses_the_password(backend: Backend, token: str) -> None:
    me = (await backend.get("/auth/user", session=token)).body
    await backend.services.store.write(lambda queries: queries.users.update(me["_id"], {"password_hash": None}))


async def removes_all(backend: Backend, token: str) -> list[Answer]:
    listed = await list_passkeys(backend, token)
    calls = (backend.post("/account/passkeys/remove", {"id": each["id"]}, session=token) for each in listed)
    return await asyncio.gather(*calls)


async def joins_with(backend: Backend, *authenticators: Authenticator) -> str:
    """A session of an account without a password, whose address was confirmed while mails still left."""
    token = (await backend.signs_up()).token
    me = (await backend.get("/auth/user", session=token)).body
    await backend.services.store.write(lambda queries: queries.users.update(me["_id"], {"email_verified": True}))
    token = (await backend.signs_in()).token
    for authenticator in authenticators:
        await adds(backend, token, authenticator)
    await loses_the_password(backend, token)
    return token


async def test_where_no_mail_leaves_one_passkey_stays(tmp_path: Path) -> None:
    async with run_backend(tmp_path, OUTBOX="off", EMAIL_CONFIRMATION="off") as backend:
        first, second, key = Authenticator(), Authenticator(), Authenticator(flags=PRESENT, is_discoverable=False)
        token = await joins_with(backend, first, second, key)
        answers = await removes_all(backend, token)
        assert sorted(answer.status for answer in answers) == [200, 200, 409]
        assert [answer.code for answer in answers if answer.status == 409] == ["last_way_in"]
        (left,) = await list_passkeys(backend, token)
        assert left["logsIn"]
        stays = first if left["credentialId"] == first.id else second
        assert (await logs_in(backend, stays)).status == 200


async def test_whoever_has_a_password_or_gets_mails_can_remove_all(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        token = await joins_with(backend, Authenticator())
        assert [answer.status for answer in await removes_all(backend, token)] == [200]
        await backend.joins("grace@example.com")
        token = (await backend.signs_in("grace@example.com")).token
        await adds(backend, token)
        assert [answer.status for answer in await removes_all(backend, token)] == [200]
