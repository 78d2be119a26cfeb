"""A password that is changed, or set for the first time, on a session that stays."""

import asyncio
from typing import Any

import pytest

from backend.rules.context import ClientInfo
from backend.rules.reauthentication import confirm_session
from backend.rules.sessions import authenticate
from tests.kit.backend import FIREFOX, Backend
from tests.kit.contract import Answer
from tests.kit.history import list_kinds
from tests.kit.passwordless import joins_without_a_password
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW = "another fine password"
CLIENT = ClientInfo(FIREFOX, "127.0.0.1", "en")


async def changes(backend: Backend, token: str, old: str | None = PASSWORD, new: str = NEW, **rest: Any) -> Answer:
    typed = {"newPassword": new} | ({"oldPassword": old} if old is not None else {})
    return await backend.post("/auth/change-pwd", {**typed, "renew": True, **rest}, session=token)


async def confirmed_until(backend: Backend, token: str) -> Any:
    return (await backend.get("/account/confirm", session=token)).body["confirmedUntil"]


async def proves_the_mailbox(backend: Backend, token: str) -> str:
    """As a mailed code does."""
    services = backend.services
    me = await authenticate(services, token)
    renewed = await services.store.write(confirm_session, services, me, "code", CLIENT, backend.clock.now)
    return renewed.token


async def test_a_changed_password_gives_the_session_that_stays_a_new_token_and_confirms_it(backend: Backend) -> None:
    old = (await backend.joins()).token
    changed = await changes(backend, old)
    assert (changed.status, changed.body["user"]["email"]) == (200, "ada@example.com")
    assert changed.token != old
    assert await confirmed_until(backend, changed.token)
    assert await confirmed_until(backend, old) is None
    backend.clock.advance(seconds=60)
    assert (await backend.get("/auth/user", session=old)).code == "invalid_session_token"
    assert (await list_kinds(backend, changed.token))[-1] == "password.changed"


async def test_a_client_that_knows_nothing_of_it_keeps_its_token(backend: Backend) -> None:
    token = (await backend.joins()).token
    changed = await backend.post("/auth/change-pwd", {"newPassword": NEW, "oldPassword": PASSWORD}, session=token)
    assert (changed.status, changed.body) == (200, {})
    backend.clock.advance(minutes=2)
    assert (await backend.get("/auth/user", session=token)).status == 200


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_double_click_changes_the_password_once_and_gives_one_token(backend: Backend, at_once: bool) -> None:
    token = (await backend.joins()).token
    clicks = [changes(backend, token), changes(backend, token)]
    answers = await asyncio.gather(*clicks) if at_once else [await click for click in clicks]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].token == answers[1].token
    assert (await list_kinds(backend, answers[0].token)).count("password.changed") == 1
    assert sum("Your password was changed" in mail for mail in await backend.mails()) == 1


async def test_a_second_click_that_brings_the_new_token_changes_nothing_and_keeps_it(backend: Backend) -> None:
    """As it does where the answer to the first has just come."""
    token = (await changes(backend, (await backend.joins()).token)).token
    again = await changes(backend, token)
    assert (again.status, again.token) == (200, token)
    assert (await list_kinds(backend, token)).count("password.changed") == 1
    backend.clock.advance(seconds=5)
    assert (await changes(backend, token)).code == "invalid_credentials"


async def test_a_second_click_with_another_password_is_refused(backend: Backend) -> None:
    token = (await backend.joins()).token
    assert (await changes(backend, token)).status == 200
    assert (await changes(backend, token, new="a third fine password")).code == "invalid_credentials"
    assert (await backend.signs_in(password=NEW)).status == 200


async def test_a_first_password_needs_a_confirmed_session_and_no_password_that_does_not_exist(backend: Backend) -> None:
    token = await joins_without_a_password(backend)
    for old in (None, "", PASSWORD):
        refused = await changes(backend, token, old)
        assert (refused.status, refused.code) == (403, "confirmation_required")
    confirmed = await proves_the_mailbox(backend, token)
    until = await confirmed_until(backend, confirmed)
    backend.clock.advance(minutes=14)
    changed = await changes(backend, confirmed, None)
    assert changed.status == 200
    assert changed.token not in (token, confirmed)
    assert await confirmed_until(backend, changed.token) == until, "it proves nothing"
    assert (await backend.signs_in(password=NEW)).status == 200


async def test_a_confirmed_session_does_not_stand_for_the_password_that_there_is(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    assert await confirmed_until(backend, token)
    assert (await changes(backend, token, None)).params == ["oldPassword"]
    assert (await changes(backend, token, "a guess")).code == "invalid_credentials"


async def test_a_confirmed_session_is_none_any_more_after_15_minutes(backend: Backend) -> None:
    confirmed = await proves_the_mailbox(backend, await joins_without_a_password(backend))
    backend.clock.advance(minutes=15)
    assert (await changes(backend, confirmed, None)).code == "confirmation_required"
