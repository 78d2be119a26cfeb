"""What somebody has begun who had a session for a moment: the owner never takes it over unknowingly."""

import pytest

from tests.kit.authenticator import Authenticator
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.passkeys import BROWSER, adds, asks, list_passkeys, sends_new
from tests.kit.people import PASSWORD
from tests.kit.recovery_codes import PATH, has_codes, keeps_codes, makes_codes
from tests.kit.two_step import App, adds_app, turns_on_two_step

pytestmark = pytest.mark.both_databases

BEGIN, FINISH = (f"/account/factors/totp/{act}" for act in ("begin", "finish"))


async def logs_in_twice(backend: Backend) -> tuple[str, str]:
    """A session of Eve's, who had the password for a moment, and one of Ada's."""
    await backend.joins()
    return (await backend.signs_in()).token, (await backend.signs_in()).token


def is_refused_for_want_of_a_factor(answer: Answer) -> bool:
    return answer.code == "confirmation_required" and answer.body["errors"][0]["details"] == {"strong": True}


async def test_an_app_that_another_session_has_set_up_is_never_taken_into_use(backend: Backend) -> None:
    eve, ada = await logs_in_twice(backend)
    await adds_app(backend, eve)
    await adds(backend, ada)
    assert (await backend.get("/account/factors", session=ada)).body["totp"] is None
    await has_codes(backend, ada)
    told = (await backend.get("/account/factors", session=ada)).body
    assert (told["totp"], told["twoStepDtm"]) == (None, None)
    assert (await backend.post("/account/factors/two-step", {"on": True}, session=ada)).status == 200
    refused = await backend.signs_in()
    assert refused.body["errors"][0]["details"]["factors"] == ["recovery-code", "passkey"]


async def test_the_first_code_of_an_app_counts_in_the_session_that_has_begun_with_it(backend: Backend) -> None:
    eve, ada = await logs_in_twice(backend)
    app = App((await backend.post(BEGIN, session=eve)).body["secret"], backend.clock)
    assert (await backend.post(FINISH, {"code": app.code()}, session=ada)).code == "nothing_pending"


async def test_recovery_codes_that_another_session_has_read_are_nobodys(backend: Backend) -> None:
    eve, ada = await logs_in_twice(backend)
    read = (await backend.post(PATH, session=eve)).body["pending"]
    assert (await backend.get(PATH, session=ada)).body["pending"] is None
    assert (await backend.get("/account/factors", session=ada)).body["recoveryCodes"] is None
    assert (await keeps_codes(backend, ada)).code == "recovery_codes_gone"
    assert (await keeps_codes(backend, ada, id=read["id"])).code == "recovery_codes_gone"
    assert not {*read["codes"]} & {*await makes_codes(backend, ada)}
    assert (await backend.get(PATH, session=eve)).body["pending"] is None
    assert (await keeps_codes(backend, eve, id=read["id"])).code == "recovery_codes_gone"


async def test_a_session_and_the_password_add_no_app_where_passkeys_are_the_second_step(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    await adds(backend, token)
    await has_codes(backend, token)
    assert (await backend.post("/account/factors/two-step", {"on": True}, session=token)).status == 200
    backend.clock.advance(minutes=16)
    eve = (await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=token)).token
    assert is_refused_for_want_of_a_factor(await backend.post(BEGIN, session=eve))
    assert is_refused_for_want_of_a_factor(await backend.post(FINISH, {"code": "123456"}, session=eve))


async def test_a_challenge_from_before_two_step_verification_adds_no_passkey(backend: Backend) -> None:
    eve, ada = await logs_in_twice(backend)
    made = Authenticator().creates(await asks(backend, "add", BROWSER, session=eve))
    await turns_on_two_step(backend, ada)
    assert is_refused_for_want_of_a_factor(await sends_new(backend, eve, made))
    assert not await list_passkeys(backend, ada)


async def test_an_app_that_waits_for_recovery_codes_is_forgotten_after_an_hour(backend: Backend) -> None:
    """Of it nobody is told: it may have been set up by whoever had this very session for a moment."""
    await backend.joins()
    token = (await backend.signs_in()).token
    await adds_app(backend, token)
    assert (await backend.get("/account/factors", session=token)).body["totp"]["pending"]
    backend.clock.advance(hours=1)
    token = (await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=token)).token
    assert (await backend.get("/account/factors", session=token)).body["totp"] is None
    await has_codes(backend, token)
    told = (await backend.get("/account/factors", session=token)).body
    assert (told["totp"], told["twoStepDtm"]) == (None, None)
