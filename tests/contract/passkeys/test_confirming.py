"""Confirming a session with a passkey: the person proves again who they are."""

import pytest

from tests.kit.authenticator import PRESENT, VERIFIED, Authenticator
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.passkeys import BROWSER, OTHER_BROWSER, adds, asks, joins_with_passkeys, list_passkeys, sends
from tests.kit.two_step import turns_on_two_step

pytestmark = pytest.mark.both_databases


async def confirms(backend: Backend, token: str, credential: str, browser: str = BROWSER) -> Answer:
    return await backend.post("/account/confirm", {"credential": credential, "browser": browser}, session=token)


async def test_it_confirms_this_session_and_gives_it_a_new_token(backend: Backend) -> None:
    ada = Authenticator()
    token = await joins_with_passkeys(backend, ada)
    backend.clock.advance(minutes=15)
    told = (await backend.get("/account/confirm", session=token)).body
    assert told == {"methods": ["passkey", "password"], "confirmedUntil": None}
    options = await asks(backend, "confirm", session=token)
    assert options["userVerification"] == "required"
    confirmed = await confirms(backend, token, ada.signs(options))
    assert (confirmed.status, confirmed.token != token) == (200, True)
    assert (await backend.get("/account/confirm", session=confirmed.token)).body["confirmedUntil"] is not None
    (listed,) = await list_passkeys(backend, confirmed.token)
    body = {"id": listed["id"]}
    assert (await backend.post("/account/passkeys/remove", body, session=confirmed.token)).status == 200


async def test_a_challenge_is_for_one_session_and_browser(backend: Backend) -> None:
    ada = Authenticator()
    token = await joins_with_passkeys(backend, ada)
    other = (await backend.signs_in()).token
    answer = ada.signs(await asks(backend, "confirm", session=token))
    assert (await confirms(backend, other, answer)).code == "wrong_passkey"
    assert (await confirms(backend, token, answer, OTHER_BROWSER)).code == "wrong_passkey"
    assert (await sends(backend, answer)).code == "wrong_passkey"
    assert (await confirms(backend, token, ada.signs(await asks(backend)))).code == "wrong_passkey"
    confirmed = await confirms(backend, token, answer)
    assert confirmed.status == 200
    backend.clock.advance(seconds=6)  # longer than a double click
    assert (await confirms(backend, confirmed.token, answer)).code == "wrong_passkey"


async def test_whoever_has_no_passkey_is_asked_for_none(backend: Backend) -> None:
    token = await joins_with_passkeys(backend)
    body = {"purpose": "confirm", "browser": BROWSER}
    assert (await backend.post("/account/passkeys/options", body, session=token)).code == "not_allowed"


async def test_a_double_click_gets_the_same_token(backend: Backend) -> None:
    ada = Authenticator()
    token = await joins_with_passkeys(backend, ada)
    answer = ada.signs(await asks(backend, "confirm", session=token))
    first, second = await confirms(backend, token, answer), await confirms(backend, token, answer)
    assert (first.status, second.status, second.token) == (200, 200, first.token)


async def test_somebody_elses_passkey_confirms_nothing(backend: Backend) -> None:
    token = await joins_with_passkeys(backend, Authenticator())
    await backend.joins("eve@example.com")
    eve = await adds(backend, (await backend.signs_in("eve@example.com")).token)
    assert (await confirms(backend, token, eve.signs(await asks(backend, "confirm", session=token)))).code == (
        "wrong_passkey"
    )


async def test_one_that_checks_nobody_confirms_only_beside_two_step_verification(backend: Backend) -> None:
    key = Authenticator(flags=PRESENT)
    token = await joins_with_passkeys(backend, key)
    assert (await backend.get("/account/confirm", session=token)).body["methods"] == ["password"]
    answer = key.signs(await asks(backend, "confirm", session=token))
    assert (await confirms(backend, token, answer)).code == "wrong_passkey"
    await turns_on_two_step(backend, token)
    told = (await backend.get("/account/confirm", params={"strong": "true"}, session=token)).body
    assert told["methods"][0] == "passkey"
    options = await asks(backend, "confirm", session=token)
    assert options["userVerification"] == "preferred"
    assert (await confirms(backend, token, key.signs(options))).status == 200


async def test_wrong_ones_are_counted(backend: Backend) -> None:
    ada = Authenticator(flags=PRESENT | VERIFIED)
    token = await joins_with_passkeys(backend, ada)
    options = await asks(backend, "confirm", session=token)
    forger = Authenticator(credential_id=ada.credential_id, handle=ada.handle)
    answers = [(await confirms(backend, token, forger.signs(options))).status for _ in range(40)]
    assert (answers[0], answers[-1]) == (401, 429)
