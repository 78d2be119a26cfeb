"""The other sessions after a change of factors: they end in the same act where that was asked for (`endOthers`)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.contract_sessions import is_open
from tests.kit.email_changes import asks as asks_for_address
from tests.kit.email_changes import find_pending
from tests.kit.history import load_events
from tests.kit.passkeys import adds, list_passkeys
from tests.kit.people import PASSWORD
from tests.kit.two_step import App, joins_with_an_app, logs_in_with, takes_second_step, ticket_of

Act = Callable[..., Awaitable[Any]]


async def adds_an_app(backend: Backend, session: str, **others: Any) -> None:
    begun = await backend.post("/account/factors/totp/begin", session=session)
    code = App(begun.body["secret"], backend.clock).code()
    await does(backend, session, "/account/factors/totp/finish", code=code, **others)


async def removes_the_app(backend: Backend, session: str, **others: Any) -> None:
    await does(backend, session, "/account/factors/totp/remove", **others)


async def switches_off(backend: Backend, session: str, **others: Any) -> None:
    await does(backend, session, "/account/factors/two-step", on=False, **others)


async def adds_a_passkey(backend: Backend, session: str, **others: Any) -> None:
    await adds(backend, session, **others)


async def removes_a_passkey(backend: Backend, session: str, **others: Any) -> None:
    await adds(backend, session)
    [passkey] = await list_passkeys(backend, session)
    await does(backend, session, "/account/passkeys/remove", id=passkey["id"], **others)


async def does(backend: Backend, session: str, path: str, **body: Any) -> Answer:
    answer = await backend.post(path, body, session=session)
    assert answer.status == 200, answer.body
    return answer


ACTS = (adds_an_app, removes_the_app, switches_off, adds_a_passkey, removes_a_passkey)


async def logs_in_twice(backend: Backend) -> tuple[App, str, str]:
    """Somebody with an app, and two sessions besides those that are there already."""
    _, app = await joins_with_an_app(backend)
    return app, await logs_in_with(backend, app), await logs_in_with(backend, app)


@pytest.mark.parametrize("act", ACTS)
async def test_they_end_with_it(backend: Backend, act: Act) -> None:
    _, mine, other = await logs_in_twice(backend)
    await act(backend, mine, endOthers=True)
    assert await is_open(backend, mine)
    assert not await is_open(backend, other)
    newest = (await load_events(backend, mine))[0]
    assert (newest["kind"], newest["details"]) == ("sessions.ended", {"which": "others", "count": 3})


@pytest.mark.parametrize("others", [{}, {"endOthers": False}, {"endOthers": "yes"}])
@pytest.mark.parametrize("act", ACTS)
async def test_they_stay_where_nobody_asks_for_their_end(backend: Backend, act: Act, others: dict[str, Any]) -> None:
    _, mine, other = await logs_in_twice(backend)
    await act(backend, mine, **others)
    assert await is_open(backend, other)
    assert (await load_events(backend, mine))[0]["kind"] != "sessions.ended"


async def test_what_is_refused_ends_nobody(backend: Backend) -> None:
    _, mine, other = await logs_in_twice(backend)
    begun = await backend.post("/account/factors/totp/begin", session=mine)
    wrong = App(begun.body["secret"], backend.clock).wrong_code()
    body = {"code": wrong, "endOthers": True}
    assert (await backend.post("/account/factors/totp/finish", body, session=mine)).code == "wrong_code"
    body = {"id": "0" * 24, "endOthers": True}
    assert (await backend.post("/account/passkeys/remove", body, session=mine)).code == "passkey_not_found"
    assert await is_open(backend, other)


async def test_a_log_in_that_waits_for_its_second_step_ends_too(backend: Backend) -> None:
    app, mine, _other = await logs_in_twice(backend)
    ticket = ticket_of(await backend.signs_in())
    await adds_a_passkey(backend, mine, endOthers=True)
    assert (await takes_second_step(backend, ticket, app.next_code())).code == "invalid_ticket"


@pytest.mark.parametrize("is_own", [True, False])
async def test_a_new_address_stays_pending_for_the_session_alone_that_asked(backend: Backend, *, is_own: bool) -> None:
    """That of a thief would otherwise still take the account over."""
    _, mine, other = await logs_in_twice(backend)
    assert (await asks_for_address(backend, mine if is_own else other)).status == 200
    await adds_a_passkey(backend, mine, endOthers=True)
    assert ((await find_pending(backend, mine)) is not None) is is_own


async def test_a_new_password_tells_of_them_likewise(backend: Backend) -> None:
    _, mine, _other = await logs_in_twice(backend)
    await does(backend, mine, "/auth/change-pwd", oldPassword=PASSWORD, newPassword="words chosen anew")
    ended, changed, *_ = await load_events(backend, mine)
    assert (ended["kind"], ended["details"]) == ("sessions.ended", {"which": "others", "count": 3})
    assert changed["kind"] == "password.changed"
