"""Choosing a new password with a code by SMS."""

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.people import PASSWORD
from tests.kit.phones import adds, asks, joins, logs_in, make_wrong, read_code, types
from tests.kit.two_step import turns_on_two_step

pytestmark = pytest.mark.both_databases

NEW = "a better battery"


async def resets(backend: Backend, code: str) -> Answer:
    return await types(backend, "reset-pwd-code", code, json={"newPassword": NEW})


async def test_a_code_sets_a_password_logs_nobody_in_and_ends_all_sessions(backend: Backend) -> None:
    session = (await joins(backend)).token
    await asks(backend, "send-reset-code")
    code = await read_code(backend)
    assert (await resets(backend, make_wrong(code))).code == "invalid_access_token"
    assert (await types(backend, "reset-pwd-code", code, json={"newPassword": "short"})).params == ["newPassword"]
    answer = await resets(backend, code)
    assert (answer.status, answer.body) == (200, {})
    assert (await backend.get("/auth/user", session=session)).code == "invalid_session_token"
    assert (await logs_in(backend, password=PASSWORD)).status == 401
    assert (await logs_in(backend, password=NEW)).status == 200


async def test_a_new_password_touches_no_second_factor(backend: Backend) -> None:
    """A phone alone recovers nothing."""
    await joins(backend)
    app = await turns_on_two_step(backend, (await logs_in(backend)).token)
    await asks(backend, "send-reset-code")
    assert (await resets(backend, await read_code(backend))).status == 200
    refused = await logs_in(backend, password=NEW)
    assert refused.code == "second_factor_required"
    body = {"ticket": refused.body["errors"][0]["details"]["ticket"], "code": app.next_code()}
    assert (await backend.post("/account/factors/sign-in", body)).status == 200


async def test_the_mailbox_is_told_of_a_new_password(backend: Backend) -> None:
    await adds(backend, (await Backend.joins(backend)).token and (await backend.signs_in()).token)
    await asks(backend, "send-reset-code")
    assert (await resets(backend, await read_code(backend))).status == 200
    await backend.waits_for_mails()
    assert "Your password was changed" in await backend.newest_mail()
