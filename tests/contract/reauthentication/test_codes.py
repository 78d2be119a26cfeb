"""A person without a password proves who they are with a code of a mail, on the session that asked for it."""

import asyncio
from pathlib import Path

import pytest

from tests.contract.reauthentication.test_passwords import changes
from tests.kit.backend import Backend, run_backend
from tests.kit.history import load_events
from tests.kit.passwordless import asks_for_a_session_code, joins_without_a_password, types_session_code
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


async def test_the_code_confirms_the_session_that_asked_for_it(backend: Backend) -> None:
    token = await joins_without_a_password(backend)
    assert (await backend.get("/account/confirm", session=token)).body["methods"] == ["mail-code"]
    code = await asks_for_a_session_code(backend, token)
    confirmed = await types_session_code(backend, token, code.lower().replace("-", " "))
    assert (confirmed.status, confirmed.token != token) == (200, True)
    assert (await changes(backend, confirmed.token, None)).status == 200
    kinds = [(event["kind"], event["details"]) for event in await load_events(backend, confirmed.token)]
    assert ("session.confirmed", {"method": "mail-code"}) in kinds
    assert ("link.requested", {"letter": "confirm-session"}) in kinds


@pytest.mark.one_database
async def test_where_no_mail_leaves_none_is_offered(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off", OUTBOX="off") as backend:
        token = await joins_without_a_password(backend)
        assert (await backend.get("/account/confirm", session=token)).body["methods"] == []
        assert (await backend.post("/account/confirm/code", session=token)).code == "not_allowed"


async def test_it_confirms_no_other_session_and_not_twice(backend: Backend) -> None:
    thief = await joins_without_a_password(backend)
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    owner = (await backend.grants((await backend.opens(await backend.newest_link())).token)).token
    code = await asks_for_a_session_code(backend, thief)
    assert (await types_session_code(backend, owner, code)).code == "wrong_code"
    other = await asks_for_a_session_code(backend, owner)
    assert (await types_session_code(backend, thief, other)).code == "wrong_code"
    confirmed = await types_session_code(backend, owner, other)
    assert confirmed.status == 200
    assert (await types_session_code(backend, confirmed.token, other)).code == "wrong_code"


async def test_the_mail_has_no_link_that_somebody_could_press_for_a_thief(backend: Backend) -> None:
    token = await joins_without_a_password(backend)
    await asks_for_a_session_code(backend, token)
    assert "_auth/verify" not in await backend.newest_mail()


async def test_a_code_ends_after_ten_minutes_five_attempts_or_a_newer_one(backend: Backend) -> None:
    token = await joins_without_a_password(backend)
    late = await asks_for_a_session_code(backend, token)
    backend.clock.advance(minutes=10)
    assert (await types_session_code(backend, token, late)).code == "wrong_code"
    old, new = await asks_for_a_session_code(backend, token), await asks_for_a_session_code(backend, token)
    assert (await types_session_code(backend, token, old)).code == "wrong_code"
    for _ in range(4):
        assert (await types_session_code(backend, token, "BCDF-GHJK")).code == "wrong_code"
    assert (await types_session_code(backend, token, new)).code == "wrong_code"


async def test_of_many_at_once_one_confirms_and_all_get_its_new_token(backend: Backend) -> None:
    """So that of a double click neither click is told that the code was wrong."""
    token = await joins_without_a_password(backend)
    code = await asks_for_a_session_code(backend, token)
    answers = await asyncio.gather(*(types_session_code(backend, token, code) for _ in range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    (renewed,) = {answer.token for answer in answers}
    kinds = [event["kind"] for event in await load_events(backend, renewed)]
    assert kinds.count("session.confirmed") == 1
    backend.clock.advance(seconds=5)
    assert (await types_session_code(backend, token, code)).code == "wrong_code"


async def test_whoever_has_a_password_gets_no_code(backend: Backend) -> None:
    token = (await backend.joins()).token
    assert (await backend.post("/account/confirm/code", session=token)).code == "not_allowed"
    assert (await types_session_code(backend, token, "BCDF-GHJK")).code == "not_allowed"
    assert (await types_session_code(backend, token, "short")).params == ["code"]
    assert (await backend.post("/account/confirm/code")).code == "missing_session_token"


async def test_a_code_from_before_the_first_password_is_worth_nothing_after_it(backend: Backend) -> None:
    token = await joins_without_a_password(backend)
    confirmed = (await types_session_code(backend, token, await asks_for_a_session_code(backend, token))).token
    code = await asks_for_a_session_code(backend, confirmed)
    changed = await changes(backend, confirmed, None, new=PASSWORD)
    assert (await types_session_code(backend, changed.token, code)).code == "not_allowed"


async def test_mails_with_codes_are_limited_like_others(backend: Backend) -> None:
    token = await joins_without_a_password(backend)
    answers = []
    for _ in range(8):
        backend.clock.advance(seconds=20)
        answers.append((await backend.post("/account/confirm/code", session=token)).status)
    assert answers[-1] == 429
    assert answers.count(200) <= 5
