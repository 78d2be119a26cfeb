"""How often a second factor can be guessed: over all log-ins, browsers and networks; and the owner, who is not locked
out by it, and is told."""

import asyncio
from itertools import pairwise

import pytest

from tests.kit.authenticator import Authenticator
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.passkeys import adds, logs_in
from tests.kit.people import PASSWORD
from tests.kit.two_step import joins_with_an_app, logs_in_with, takes_second_step, ticket_of, turns_on_two_step

pytestmark = pytest.mark.both_databases

LAPTOP = {"X-Device": "laptop" * 8}


def from_network(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"198.51.{number}.7"}


async def guesses(backend: Backend, code: str, number: int) -> Answer:
    """A stranger who knows the password begins a log-in anew, from another network."""
    elsewhere = from_network(number)
    return await takes_second_step(
        backend, ticket_of(await backend.signs_in(headers=elsewhere)), code, headers=elsewhere
    )


async def test_new_tickets_and_networks_give_no_new_attempts(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    backend.clock.advance(minutes=16)  # log-ins are counted as well
    outcomes = []
    for number in range(35):
        backend.clock.advance(minutes=1)
        outcomes.append((await guesses(backend, app.wrong_code(), number)).code)
    assert outcomes == ["wrong_code"] * 30 + ["rate_limit_exceeded"] * 5
    assert (await guesses(backend, app.next_code(), 40)).code == "rate_limit_exceeded", "nor is a right one compared"


async def test_the_owner_is_not_locked_out_of_a_browser_that_has_logged_in_before(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    logged_in = await takes_second_step(
        backend, ticket_of(await backend.signs_in(headers=LAPTOP)), app.next_code(), headers=LAPTOP
    )
    assert logged_in.status == 200
    for number in range(31):
        backend.clock.advance(minutes=1)
        await guesses(backend, app.wrong_code(), number)
    assert (await guesses(backend, app.next_code(), 40)).code == "rate_limit_exceeded"
    owner = await takes_second_step(
        backend, ticket_of(await backend.signs_in(headers=LAPTOP)), app.code(), headers=LAPTOP
    )
    assert owner.status == 200


async def test_browsers_from_before_two_step_verification_give_no_more_attempts(backend: Backend) -> None:
    """A stranger with the password has logged in from some, as long as that was enough."""
    await backend.joins()
    browsers = [{"X-Device": f"{number} a browser of the stranger"} for number in range(3)]
    for browser in browsers:
        assert (await backend.signs_in(headers=browser)).status == 200
    app = await turns_on_two_step(backend, (await backend.signs_in()).token)
    outcomes = []
    for number in range(36):
        backend.clock.advance(minutes=1)
        headers = {**browsers[number % 3], **from_network(number)}
        ticket = ticket_of(await backend.signs_in(headers=headers))
        outcomes.append((await takes_second_step(backend, ticket, app.wrong_code(), headers=headers)).code)
    assert outcomes == ["wrong_code"] * 30 + ["rate_limit_exceeded"] * 6


async def test_nor_by_the_right_password_again_and_again(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    await logs_in_with(backend, app, headers=LAPTOP)
    for number in range(30):
        await backend.signs_in(headers=from_network(number))
    assert (await backend.signs_in()).code == "rate_limit_exceeded"
    assert await logs_in_with(backend, app, headers=LAPTOP)


async def test_nor_of_a_passkey_by_the_right_password(backend: Backend) -> None:
    key, _ = Authenticator(), await backend.joins()
    token = (await backend.signs_in()).token
    await adds(backend, token, key)
    await turns_on_two_step(backend, token)
    for number in range(30):
        await backend.signs_in(headers=from_network(number))
    assert (await backend.signs_in()).code == "rate_limit_exceeded"
    assert (await logs_in(backend, key)).status == 200


async def test_right_ones_are_not_counted(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    for _time in range(32):
        backend.clock.advance(minutes=1)
        assert (await takes_second_step(backend, ticket_of(await backend.signs_in()), app.next_code())).status == 200


async def test_guesses_on_a_session_count_together_with_those_of_log_ins(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    for _time in range(30):
        assert (await backend.post("/account/confirm", {"totp": app.wrong_code()}, session=token)).code == "wrong_code"
    assert (await guesses(backend, app.next_code(), 1)).code == "rate_limit_exceeded"


async def test_many_guesses_at_once_with_many_tickets_are_compared_thirty_times(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    tickets = [ticket_of(await backend.signs_in(headers=from_network(number))) for number in range(10)]
    answers = await asyncio.gather(*(takes_second_step(backend, ticket, app.wrong_code()) for ticket in tickets * 5))
    assert [answer.code for answer in answers].count("wrong_code") <= 30


async def test_after_five_wrong_ones_the_owner_is_mailed_once(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    subject, before = "Login stopped at the second step", len(await backend.mails())
    for number in range(4):
        await guesses(backend, app.wrong_code(), number)
    assert not [mail for mail in await backend.mails() if subject in mail]
    for number in range(4, 12):
        await guesses(backend, app.wrong_code(), number)
    await backend.waits_for_mails()
    assert len([mail for mail in await backend.mails() if subject in mail]) == 1
    assert len(await backend.mails()) == before + 1


# Mails that nobody asks for


async def test_switching_it_again_and_again_floods_no_mailbox(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    token = (await backend.post("/account/confirm", {"totp": app.next_code()}, session=token)).token
    path, codes = "/account/factors/two-step", []
    for _time in range(40):
        switched = await backend.post(path, {"on": True}, session=token)
        codes.append("" if switched.status == 200 else switched.code)
        assert (await backend.post(path, {"on": False}, session=token)).status == 200, "off it is at any time"
    assert set(codes) == {"", "rate_limit_exceeded"}
    assert len(await backend.mails()) <= 2 * 30 + 3
    backend.clock.advance(hours=1)
    token = (await backend.post("/account/confirm", {"totp": app.code()}, session=token)).token
    assert (await backend.post(path, {"on": True}, session=token)).status == 200


async def test_nor_does_changing_the_password(backend: Backend) -> None:
    await backend.joins()
    token, passwords = (await backend.signs_in()).token, [PASSWORD, *(f"words number {number}" for number in range(40))]
    statuses = []
    for old, new in pairwise(passwords):
        backend.clock.advance(minutes=1)
        statuses.append(
            (await backend.post("/auth/change-pwd", {"oldPassword": old, "newPassword": new}, session=token)).status
        )
        if statuses[-1] != 200:
            break
    assert statuses == [200] * 30 + [429]
