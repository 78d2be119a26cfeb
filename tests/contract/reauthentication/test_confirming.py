"""Re-authentication: a person proves again who they are, on the session that they have."""

import asyncio
from datetime import datetime, timedelta

import pytest

from backend.kernel.refusals import RefusalError
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.sessions import authenticate
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.history import load_events
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


async def confirms(backend: Backend, token: str, password: str = PASSWORD, **rest: object) -> Answer:
    return await backend.post("/account/confirm", {"currentPassword": password}, session=token, **rest)


async def is_confirmed(backend: Backend, token: str) -> bool:
    """Whether this token may do what needs a recent confirmation."""
    try:
        require_recent_confirmation(backend.services, await authenticate(backend.services, token))
    except RefusalError as refused:
        return [problem.code for problem in refused.problems] != ["confirmation_required"]
    return True


async def logs_in_by_link(backend: Backend) -> str:
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    landing = await backend.opens(await backend.newest_link())
    return (await backend.grants(landing.token)).token


async def test_a_log_in_with_the_password_is_fresh_for_15_minutes_however_much_it_is_used(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    for _ in range(14):
        backend.clock.advance(minutes=1)
        assert (await backend.get("/auth/user", session=token)).status == 200
        assert await is_confirmed(backend, token)
    backend.clock.advance(minutes=1)
    assert not await is_confirmed(backend, token)
    assert (await backend.get("/auth/user", session=token)).status == 200


async def test_a_log_in_by_a_mailed_link_is_not_fresh(backend: Backend) -> None:
    assert not await is_confirmed(backend, (await backend.joins()).token)
    token = await logs_in_by_link(backend)
    assert not await is_confirmed(backend, token)
    told = await backend.get("/account/confirm", session=token)
    assert told.body == {"methods": ["password"], "confirmedUntil": None}


async def test_the_password_confirms_this_session_alone(backend: Backend) -> None:
    other = (await backend.joins()).token
    token = await logs_in_by_link(backend)
    confirmed = await confirms(backend, token)
    assert (confirmed.status, confirmed.body["user"]["email"]) == (200, "ada@example.com")
    assert await is_confirmed(backend, confirmed.token)
    assert not await is_confirmed(backend, other)
    told = (await backend.get("/account/confirm", session=confirmed.token)).body
    until = datetime.fromisoformat(told["confirmedUntil"])
    assert timedelta(minutes=14, seconds=59) < until - backend.clock.now < timedelta(minutes=15)
    event = (await load_events(backend, confirmed.token))[0]
    assert (event["kind"], event["details"]) == ("session.confirmed", {"method": "password"})


async def test_the_old_token_opens_for_60_seconds_what_it_opened_before_and_no_more(backend: Backend) -> None:
    await backend.joins()
    old = await logs_in_by_link(backend)
    new = (await confirms(backend, old)).token
    assert new != old
    backend.clock.advance(seconds=59)
    assert (await backend.get("/auth/user", session=old)).status == 200
    assert not await is_confirmed(backend, old)
    backend.clock.advance(seconds=1)
    assert (await backend.get("/auth/user", session=old)).code == "invalid_session_token"
    assert (await confirms(backend, old)).code == "invalid_session_token"
    assert await is_confirmed(backend, new)


async def test_a_running_log_out_with_the_old_token_ends_the_session(backend: Backend) -> None:
    await backend.joins()
    for body in ({}, {"token": "its own"}):
        old = await logs_in_by_link(backend)
        new = (await confirms(backend, old)).token
        await backend.post("/auth/signout", {"token": old} if body else {}, session=old)
        assert (await backend.get("/auth/user", session=new)).code == "invalid_session_token"


async def test_the_session_is_the_same_one_in_the_list(backend: Backend) -> None:
    await backend.joins()
    old = await logs_in_by_link(backend)
    await backend.post("/auth/sessions/label", {"token": old, "label": "Work"}, session=old)
    new = (await confirms(backend, old)).token
    for token in (old, new):
        listed = (await backend.get("/auth/sessions", params={"order": "own"}, session=token)).body
        assert (listed[0]["token"], listed[0]["label"], len(listed)) == (token, "Work", 2)


async def test_a_double_click_gives_one_new_token_and_one_event(backend: Backend) -> None:
    await backend.joins()
    old = await logs_in_by_link(backend)
    answers = await asyncio.gather(*(confirms(backend, old) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.token for answer in answers}) == 1
    event = (await load_events(backend, answers[0].token))[0]
    assert (event["kind"], event["count"]) == ("session.confirmed", 1)


async def test_each_confirmation_renews_the_token(backend: Backend) -> None:
    await backend.joins()
    tokens = [await logs_in_by_link(backend)]
    for _ in range(3):
        backend.clock.advance(minutes=20)
        tokens.append((await confirms(backend, tokens[-1])).token)
        assert await is_confirmed(backend, tokens[-1])
    assert len(set(tokens)) == 4
    assert (await backend.get("/auth/user", session=tokens[1])).code == "invalid_session_token"


async def test_wrong_passwords_are_counted_together_with_those_of_the_log_in(backend: Backend) -> None:
    token = (await backend.joins()).token
    for number in range(5):
        assert (await confirms(backend, token, f"guess {number}")).code == "invalid_credentials"
        assert (await backend.signs_in(password=f"guess {number}")).code == "invalid_sign_in_credentials"
    for refused in (await confirms(backend, token), await backend.signs_in()):
        assert (refused.status, refused.code) == (429, "rate_limit_exceeded")
        assert 0 < int(refused.headers["retry-after"]) <= 900
    assert not await is_confirmed(backend, token)
    refusals = [event for event in await load_events(backend, token) if event["kind"] == "password.refused"]
    assert [event["count"] for event in refusals] == [5]


async def test_nothing_else_than_ones_own_password_confirms(backend: Backend) -> None:
    token = (await backend.joins()).token
    await backend.joins("grace@example.com", password="the password of grace")
    assert (await confirms(backend, token, "the password of grace")).code == "invalid_credentials"
    assert (await backend.post("/account/confirm", {}, session=token)).params == ["currentPassword"]
    assert (await backend.post("/account/confirm", {"currentPassword": [PASSWORD]}, session=token)).status == 400
    assert (await confirms(backend, "")).code == "missing_session_token"
    assert (await backend.get("/account/confirm")).code == "missing_session_token"
    assert not await is_confirmed(backend, token)
