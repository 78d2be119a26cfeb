"""Both clicks of a double click on the button of a mailed link: the browser shows the answer to the second alone."""

import asyncio

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.people import PASSWORD
from tests.kit.two_step import joins_with_an_app, takes_second_step, ticket_of

pytestmark = pytest.mark.both_databases

OWN, OTHER = {"X-Device": "the browser of the owner"}, {"X-Device": "some other browser"}
NEW = "words chosen anew today"


async def open_login_link(backend: Backend) -> str:
    await backend.joins()
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    return (await backend.opens(await backend.newest_link())).token


async def test_both_get_the_one_session(backend: Backend) -> None:
    token = await open_login_link(backend)
    clicks = await asyncio.gather(*(backend.grants(token, headers=OWN) for _click in range(2)))
    assert [click.status for click in clicks] == [200, 200]
    (session,) = {click.token for click in clicks}
    assert len((await backend.get("/auth/sessions", session=session)).body) == 2, "one, and that of joining"


async def test_another_browser_gets_none_nor_does_a_click_after_five_seconds(backend: Backend) -> None:
    token = await open_login_link(backend)
    assert (await backend.grants(token, headers=OWN)).status == 200
    assert (await backend.grants(token, headers=OTHER)).code == "invalid_access_token"
    assert (await backend.grants(token)).code == "invalid_access_token"
    backend.clock.advance(seconds=5)
    assert (await backend.grants(token, headers=OWN)).code == "invalid_access_token"


async def test_a_session_that_was_ended_meanwhile_is_not_given_again(backend: Backend) -> None:
    token = await open_login_link(backend)
    session = (await backend.grants(token, headers=OWN)).token
    await backend.post("/auth/signout", session=session)
    assert (await backend.grants(token, headers=OWN)).code == "invalid_access_token"


async def test_with_two_step_verification_both_lead_to_the_second_step(backend: Backend) -> None:
    _session, app = await joins_with_an_app(backend)
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    token = (await backend.opens(await backend.newest_link())).token
    _first, second = await asyncio.gather(*(backend.grants(token, headers=OWN) for _click in range(2)))
    assert (await backend.grants(token, headers=OTHER)).code == "invalid_access_token"
    assert (await takes_second_step(backend, ticket_of(second), app.next_code(), headers=OWN)).status == 200
    assert (await backend.grants(token, headers=OWN)).code == "invalid_access_token", "that was five seconds later"


async def test_an_address_confirmed_with_a_password_lets_in_by_both(backend: Backend) -> None:
    await backend.signs_up(headers={"X-Registration": "where it was typed"})
    token = (await backend.opens(await backend.newest_link())).token
    typed = {"newPassword": NEW, "name": "Ada"}
    elsewhere = {**OWN, "X-Registration": "where it is confirmed"}

    async def confirms() -> str:
        path = "/account/registration/confirm"
        answer = await backend.post(path, typed, params={"key": token}, headers=elsewhere)
        assert answer.status == 200, answer.body
        return answer.token

    assert len({await confirms(), await confirms()}) == 1


async def test_a_new_password_is_saved_once_and_both_are_told_so(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    key = {"key": (await backend.opens(await backend.newest_link())).token}
    first, second, elsewhere = [await saves(backend, key, NEW, headers) for headers in (OWN, OWN, OTHER)]
    assert (first.status, second.status, elsewhere.code) == (200, 200, "invalid_access_token")
    await backend.waits_for_mails()
    assert len([mail for mail in await backend.mails() if "Your password was changed" in mail]) == 1

    another = await saves(backend, key, "some other words", OWN)
    assert another.code == "invalid_access_token", "another password is no second click"
    backend.clock.advance(seconds=5)
    assert (await saves(backend, key, NEW, OWN)).code == "invalid_access_token"
    assert (await backend.signs_in(password=NEW)).status == 200
    assert (await backend.signs_in(password=PASSWORD)).code == "invalid_sign_in_credentials"


async def saves(backend: Backend, key: dict[str, str], password: str, headers: dict[str, str]) -> Answer:
    return await backend.post("/auth/reset-pwd", {"newPassword": password}, params=key, headers=headers)
