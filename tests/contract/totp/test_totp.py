"""An authenticator app: added, read from, and each of its codes taken once."""

import asyncio
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract import API, Answer, headers_of
from tests.kit.contract_sessions import sessions
from tests.kit.history import list_kinds
from tests.kit.two_step import App, adds_app, joins_with_an_app, takes_second_step, ticket_of

pytestmark = pytest.mark.both_databases

BEGIN, FINISH, REMOVE = (f"/account/factors/totp/{act}" for act in ("begin", "finish", "remove"))


async def confirms(backend: Backend, token: str, code: str) -> Answer:
    return await backend.post("/account/confirm", {"totp": code}, session=token)


# Adding one


async def test_an_app_is_given_a_secret_that_is_told_once(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    begun = await backend.post(BEGIN, session=token)
    assert (begun.status, set(begun.body), len(begun.body["secret"])) == (200, {"secret", "uri"}, 32)
    read = pyotp.parse_uri(begun.body["uri"])
    assert (read.secret, read.name, read.issuer) == (begun.body["secret"], "ada@example.com", "Account pages")
    assert (await backend.get("/account/factors", session=token)).body["totp"] is None
    assert begun.body["secret"] not in (await backend.get("/account/factors", session=token)).text


async def test_adding_one_needs_a_recent_confirmation(backend: Backend) -> None:
    token = (await backend.joins()).token
    assert (await backend.post(BEGIN, session=token)).code == "confirmation_required"
    assert (await backend.post(FINISH, {"code": "123456"}, session=token)).code == "confirmation_required"
    assert (await backend.post(BEGIN)).code == "missing_session_token"


async def test_it_counts_once_it_has_shown_a_right_code(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    assert (await backend.post(FINISH, {"code": "123456"}, session=token)).code == "nothing_pending"
    app = App((await backend.post(BEGIN, session=token)).body["secret"], backend.clock)
    wrong = await backend.post(FINISH, {"code": app.wrong_code()}, session=token)
    assert (wrong.status, wrong.code) == (401, "wrong_code")
    assert (await backend.signs_in()).status == 200, "nothing is on yet"
    finished = await backend.post(FINISH, {"code": app.code()}, session=token)
    assert (finished.status, finished.body) == (200, {"active": False}), "there are no recovery codes yet"
    told = (await backend.get("/account/factors", session=token)).body
    assert (told["totp"]["pending"], told["twoStepDtm"]) == (True, None)
    assert (await backend.signs_in()).status == 200


async def test_one_that_was_begun_before_is_forgotten(backend: Backend) -> None:
    await backend.joins()
    thief, token = (await backend.signs_in()).token, (await backend.signs_in()).token
    first = App((await backend.post(BEGIN, session=thief)).body["secret"], backend.clock)
    second = App((await backend.post(BEGIN, session=token)).body["secret"], backend.clock)
    again = await backend.post(BEGIN, session=token)
    assert again.body["secret"] == second.secret != first.secret, "a page that is loaded again shows the same"
    assert (await backend.post(FINISH, {"code": first.code()}, session=token)).code == "wrong_code"
    assert (await backend.post(FINISH, {"code": second.code()}, session=token)).status == 200


async def test_a_new_app_takes_the_place_of_the_one_before(backend: Backend) -> None:
    token, old = await joins_with_an_app(backend)
    assert (await backend.post(BEGIN, session=token)).code == "confirmation_required", "a password is not enough now"
    new = await adds_app(backend, (await confirms(backend, token, old.next_code())).token)
    ticket = ticket_of(await backend.signs_in())
    assert (await takes_second_step(backend, ticket, old.next_code())).code == "wrong_code"
    assert (await takes_second_step(backend, ticket, new.code())).status == 200


async def test_the_clock_of_the_phone_is_explained_while_it_is_added(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    secret = (await backend.post(BEGIN, session=token)).body["secret"]
    for minutes in (-4, -2, 2, 4):
        refused = await backend.post(FINISH, {"code": App(secret, backend.clock, 60 * minutes).code()}, session=token)
        assert (refused.code, refused.body["errors"][0]["details"]["minutesOff"]) == ("wrong_code", abs(minutes))
    far = await backend.post(FINISH, {"code": App(secret, backend.clock, 3600).code()}, session=token)
    assert "minutesOff" not in far.body["errors"][0]["details"]


# Its codes

STEP = datetime(2026, 3, 14, 10, 0, 0, tzinfo=UTC)


@pytest.mark.one_database
@pytest.mark.parametrize("seconds", [-61, -60, -31, -30, -1, 0, 29, 30, 59, 60, 61])
async def test_a_code_is_good_from_a_step_before_its_own_to_a_step_after(backend: Backend, seconds: int) -> None:
    token, app = await joins_with_an_app(backend)
    code = pyotp.TOTP(app.secret).at(STEP)
    backend.clock.now = STEP + timedelta(seconds=seconds)
    answer = await confirms(backend, token, code)
    assert (answer.status == 200) is (-30 <= seconds < 60)


async def test_a_code_is_taken_once_and_none_of_before_it(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    older = app.next_code()
    code = app.next_code()
    assert (await takes_second_step(backend, ticket_of(await backend.signs_in()), code)).status == 200
    for used in (code, older):
        again = await takes_second_step(backend, ticket_of(await backend.signs_in()), used)
        assert (again.status, again.code) == (401, "code_used")
    assert (await confirms(backend, token, code)).code == "code_used"
    assert (await confirms(backend, token, app.next_code())).status == 200


async def test_of_fifty_log_ins_at_once_with_one_code_one_gets_in(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    before = len(await sessions(backend, token))
    tickets = [ticket_of(await backend.signs_in()) for _ in range(10)]
    code = app.next_code()
    answers = await asyncio.gather(*(takes_second_step(backend, ticket, code) for ticket in tickets * 5))
    assert {answer.token for answer in answers if answer.status == 200} != set()
    assert len({answer.token for answer in answers if answer.status == 200}) == 1
    assert len(await sessions(backend, token)) == before + 1


@pytest.mark.one_database
@pytest.mark.parametrize("write", ["{} {}", " {}-{} ", "{}\u2009{}", "{}.{}"])
async def test_a_code_is_read_however_it_is_typed(backend: Backend, write: str) -> None:
    token, app = await joins_with_an_app(backend)
    code = app.next_code()
    assert (await confirms(backend, token, write.format(code[:3], code[3:]))).status == 200


async def test_digits_of_another_script_are_digits(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    for zero in ("０", "٠"):
        code = "".join(chr(ord(zero) + int(digit)) for digit in app.next_code())
        token = (await confirms(backend, token, code)).token


@pytest.mark.one_database
@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "😀" * 6, "1" * 10_000, None, 123456, ["1"] * 6])
async def test_what_are_not_six_digits_is_no_try(backend: Backend, typed: Any) -> None:
    token, app = await joins_with_an_app(backend)
    ticket = ticket_of(await backend.signs_in())
    for _time in range(6):
        refused = await backend.post("/account/factors/sign-in", {"ticket": ticket, "code": typed})
        assert (refused.status, refused.code, refused.params) == (400, "validation_error", ["code"])
    assert (await takes_second_step(backend, ticket, app.next_code())).status == 200
    assert (await backend.post("/account/confirm", {"totp": typed}, session=token)).params == ["totp"]


async def test_a_guesser_is_told_no_code_of_the_minutes_to_come(backend: Backend) -> None:
    """Whose clock is behind is told, for those codes are over."""
    _, app = await joins_with_an_app(backend)
    backend.clock.advance(minutes=10)
    ticket = ticket_of(await backend.signs_in())
    ahead, behind = (App(app.secret, backend.clock, seconds).code() for seconds in (180, -180))
    assert "minutesOff" not in (await takes_second_step(backend, ticket, ahead)).body["errors"][0]["details"]
    refused = await takes_second_step(backend, ticket, behind)
    assert refused.body["errors"][0]["details"] == {"param": "code", "minutesOff": 3}


# Removing it


async def test_without_its_app_two_step_verification_is_off(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    backend.clock.advance(minutes=16)
    refused = await backend.post(REMOVE, session=token)
    assert (refused.code, refused.body["errors"][0]["details"]) == ("confirmation_required", {"strong": True})
    token = (await confirms(backend, token, app.code())).token
    assert (await backend.post(REMOVE, session=token)).status == 200
    assert (await backend.get("/account/factors", session=token)).body["twoStepDtm"] is None
    assert (await backend.signs_in()).status == 200
    assert (await list_kinds(backend, token))[-3:-1] == ["factor.removed", "two-step.off"]
    assert "Two-step verification is off" in await backend.newest_mail()
    assert (await backend.post(REMOVE, session=token)).status == 200, "it is gone already"


# The secret


async def test_the_secret_is_stored_encrypted_and_is_in_no_export(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    owner = (await backend.get("/auth/user", session=token)).body["_id"]
    (stored,) = await backend.services.store.read(_read_secrets, owner)
    assert app.secret not in stored
    export = await backend.http.get(f"{API}/account/export", headers=headers_of(token))
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        everything = b"".join(map(archive.read, archive.namelist())).decode()
        (known,) = json.loads(archive.read("authenticators.json"))
    assert known["active_at"]
    assert not [secret for secret in (app.secret, stored) if secret in everything]


def _read_secrets(queries: Any, user_id: str) -> list[str]:
    found = queries.authenticators.find_active(user_id)
    return [found.secret] if found else []


async def test_it_survives_another_secret_key_and_then_needs_the_old_one_no_more(tmp_path: Path) -> None:
    old, new = "an old secret key of this program", "a new secret key of this program"
    async with run_backend(tmp_path, SECRET_KEY=old) as backend:
        token, app = await joins_with_an_app(backend)
    async with run_backend(tmp_path, backend.clock, SECRET_KEY=f"{new},{old}") as backend:
        token = (await confirms(backend, token, app.next_code())).token
    async with run_backend(tmp_path, backend.clock, SECRET_KEY=new) as backend:
        assert (await confirms(backend, token, app.next_code())).status == 200


async def test_without_its_secret_key_no_code_is_right(tmp_path: Path) -> None:
    async with run_backend(tmp_path, SECRET_KEY="a secret key that will be lost soon") as backend:
        token, app = await joins_with_an_app(backend)
    async with run_backend(tmp_path, backend.clock, SECRET_KEY="and another one in its place now") as backend:
        refused = await confirms(backend, token, app.next_code())
        assert (refused.status, refused.code) == (401, "wrong_code")
