"""Where no browser offers passkeys, since the site is opened at a number by now, nobody is asked for one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import Answer
from tests.kit.lost_factors import LAPTOP, begins_waiting, looks
from tests.kit.passkeys import BROWSER, adds, list_passkeys, logs_in
from tests.kit.recovery_codes import has_codes
from tests.kit.two_step import logs_in_with, ticket_of, turns_on_two_step

pytestmark = pytest.mark.both_databases

AT_A_NUMBER = {"REDIRECT_URL": "https://192.0.2.7/auth-redirect"}
Move = Callable[[], AbstractAsyncContextManager[Backend]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def named(tmp_path: Path, clock: Clock) -> AsyncIterator[Backend]:
    async with run_backend(tmp_path, clock) as backend:
        yield backend


@pytest.fixture
def moves(tmp_path: Path, clock: Clock) -> Move:
    """The same accounts at a number."""

    @asynccontextmanager
    async def move() -> AsyncIterator[Backend]:
        async with run_backend(tmp_path, clock, **AT_A_NUMBER) as backend:
            yield backend

    return move


async def has_passkey_and_codes(backend: Backend) -> tuple[str, list[str]]:
    """Ada's second factor is a passkey. Returns a session of hers, and her recovery codes."""
    await backend.joins()
    token = (await backend.signs_in()).token
    await adds(backend, token)
    codes = await has_codes(backend, token)
    assert (await switches_on(backend, token)).status == 200
    return token, codes


async def switches_on(backend: Backend, token: str) -> Answer:
    return await backend.post("/account/factors/two-step", {"on": True}, session=token)


async def shows(backend: Backend, ticket: str, code: str) -> Answer:
    return await backend.post("/account/factors/sign-in", {"ticket": ticket, "recoveryCode": code}, headers=LAPTOP)


def factors_of(refused: Answer) -> list[str]:
    ticket_of(refused)
    found: list[str] = refused.body["errors"][0]["details"]["factors"]
    return found


async def test_a_recovery_code_is_asked_for_and_the_passkey_is_not(named: Backend, moves: Move) -> None:
    _, codes = await has_passkey_and_codes(named)
    assert factors_of(await named.signs_in()) == ["recovery-code", "passkey"]
    async with moves() as backend:
        refused = await backend.signs_in(headers=LAPTOP)
        assert factors_of(refused) == ["recovery-code"]
        body = {"purpose": "factor", "browser": BROWSER, "ticket": ticket_of(refused)}
        assert (await backend.post("/account/passkeys/options", body)).code == "invalid_ticket"
        opened = await shows(backend, ticket_of(refused), codes[0])
        assert opened.status == 200
        told = (await backend.get("/account/factors", session=opened.token)).body
        assert (told["passkeys"], told["twoStepDtm"] is None) == (0, False), "it is on, for it protects the account"


async def test_without_codes_nothing_is_asked_for_and_the_way_out_is_that_of_lost_factors(
    named: Backend, moves: Move
) -> None:
    _, codes = await has_passkey_and_codes(named)
    async with moves() as backend:
        for code in codes:
            backend.clock.advance(minutes=1)
            opened = await shows(backend, ticket_of(await backend.signs_in(headers=LAPTOP)), code)
            assert opened.status == 200
        refused = await backend.signs_in(headers=LAPTOP)
        assert factors_of(refused) == []
        assert (await looks(backend, ticket_of(refused)))["needs"] == "code"
        assert await begins_waiting(backend) > backend.clock.now


async def test_she_is_not_told_to_prove_who_she_is_by_what_does_not_work(named: Backend, moves: Move) -> None:
    token, codes = await has_passkey_and_codes(named)
    async with moves() as backend:
        backend.clock.advance(minutes=16)
        told = await backend.get("/account/confirm", session=token)
        assert told.body["methods"] == ["password", "recovery-code"]
        for code in codes:
            confirmed = await backend.post("/account/confirm", {"recoveryCode": code}, session=token)
            token = confirmed.token
        backend.clock.advance(minutes=16)
        told = await backend.get("/account/confirm", params={"strong": "true"}, session=token)
        assert told.body["methods"] == [], "a mailed code would prove too little, again and again"


async def test_a_passkey_is_nothing_to_switch_two_step_verification_on_with(named: Backend, moves: Move) -> None:
    await named.joins()
    token = (await named.signs_in()).token
    await adds(named, token)
    await has_codes(named, token)
    async with moves() as backend:
        assert (await switches_on(backend, token)).code == "factor_missing"


async def test_without_the_app_two_step_verification_is_off(named: Backend, moves: Move) -> None:
    await named.joins()
    token = (await named.signs_in()).token
    await adds(named, token)
    app = await turns_on_two_step(named, token)
    async with moves() as backend:
        app_token = await logs_in_with(backend, app)
        assert (await backend.post("/account/factors/totp/remove", session=app_token)).status == 200
        assert (await backend.signs_in()).status == 200


async def test_back_at_the_name_the_passkey_counts_again(named: Backend, moves: Move, tmp_path: Path) -> None:
    await named.joins()
    token = (await named.signs_in()).token
    passkey = await adds(named, token)
    await has_codes(named, token)
    assert (await switches_on(named, token)).status == 200
    async with moves() as backend:
        assert len(await list_passkeys(backend, token)) == 1
    async with run_backend(tmp_path, named.clock) as backend:
        assert (await logs_in(backend, passkey)).status == 200
