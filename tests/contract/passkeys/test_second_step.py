"""A passkey where two-step verification is on: enough by itself, or the second step of another log-in."""

import asyncio

import pytest

from tests.kit.authenticator import PRESENT, VERIFIED, Authenticator
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.history import load_events
from tests.kit.passkeys import BROWSER, OTHER_BROWSER, adds, asks, joins_with_passkeys, list_passkeys, logs_in, sends
from tests.kit.people import PASSWORD
from tests.kit.two_step import App, takes_second_step, ticket_of, turns_on_two_step

pytestmark = pytest.mark.both_databases


async def has_two_step(backend: Backend, *authenticators: Authenticator) -> App:
    """Ada with passkeys and an app; not logged in anywhere that matters."""
    return await turns_on_two_step(backend, await joins_with_passkeys(backend, *authenticators))


async def shows(backend: Backend, ticket: str, credential: str, browser: str = BROWSER) -> Answer:
    body = {"ticket": ticket, "credential": credential, "browser": browser}
    return await backend.post("/account/factors/sign-in", body)


async def test_one_that_checks_who_holds_it_is_enough_by_itself(backend: Backend) -> None:
    ada = Authenticator()
    await has_two_step(backend, ada)
    opened = await logs_in(backend, ada)
    assert (opened.status, opened.body["session"]["factors"]) == (200, ["passkey"])
    told = (await backend.get("/account/confirm", params={"strong": "true"}, session=opened.token)).body
    assert told["confirmedUntil"] is not None
    assert "passkey" in told["methods"]


async def test_one_that_does_not_meets_the_second_step_and_is_no_factor_there(backend: Backend) -> None:
    key = Authenticator(flags=PRESENT)
    app = await has_two_step(backend, key)
    refused = await logs_in(backend, key)
    ticket = ticket_of(refused)
    assert "passkey" not in refused.body["errors"][0]["details"]["factors"]
    body = {"purpose": "factor", "browser": BROWSER, "ticket": ticket}
    assert (await backend.post("/account/passkeys/options", body)).code == "invalid_ticket"
    opened = await takes_second_step(backend, ticket, app.next_code())
    assert (opened.status, opened.body["session"]["method"]) == (200, "passkey")


async def test_the_second_step_of_a_password_takes_a_passkey_that_checks_nobody(backend: Backend) -> None:
    key = Authenticator(flags=PRESENT, is_discoverable=False, transports=("usb",))
    await has_two_step(backend, key)
    ticket = ticket_of(await backend.signs_in())
    options = await asks(backend, "factor", ticket=ticket)
    assert options["allowCredentials"] == [{"type": "public-key", "id": key.id, "transports": ["usb"]}]
    assert options["userVerification"] == "discouraged"
    key.handle = None  # as a key says that was named
    opened = await shows(backend, ticket, key.signs(options))
    assert opened.status == 200, opened.body
    session = opened.body["session"]
    assert (session["method"], session["factors"]) == ("password", ["passkey"])
    event = next(each for each in await load_events(backend, opened.token) if each["kind"] == "session.opened")
    assert event["details"] == {"method": "password", "factor": "passkey"}


async def test_a_challenge_is_for_one_ticket_and_browser(backend: Backend) -> None:
    key = Authenticator()
    await has_two_step(backend, key)
    first, second = [ticket_of(await backend.signs_in()) for _ in range(2)]
    answer = key.signs(await asks(backend, "factor", ticket=first))
    assert (await shows(backend, second, answer)).code == "wrong_passkey"
    assert (await shows(backend, first, answer, OTHER_BROWSER)).code == "wrong_passkey"
    assert (await shows(backend, first, key.signs(await asks(backend)))).code == "wrong_passkey"
    assert (await sends(backend, answer)).code == "wrong_passkey"
    assert (await shows(backend, first, answer)).status == 200
    assert (await shows(backend, second, answer)).code == "wrong_passkey"


async def test_the_passkey_of_somebody_else_is_no_second_factor(backend: Backend) -> None:
    key, eve = Authenticator(), Authenticator()
    await has_two_step(backend, key)
    await backend.joins("eve@example.com")
    await adds(backend, (await backend.signs_in("eve@example.com")).token, eve)
    ticket = ticket_of(await backend.signs_in())
    options = await asks(backend, "factor", ticket=ticket)
    assert (await shows(backend, ticket, eve.signs(options))).code == "wrong_passkey"
    eve.handle = key.handle
    assert (await shows(backend, ticket, eve.signs(options))).code == "wrong_passkey"


async def test_wrong_ones_use_up_the_ticket(backend: Backend) -> None:
    key = Authenticator()
    await has_two_step(backend, key)
    ticket = ticket_of(await backend.signs_in())
    options = await asks(backend, "factor", ticket=ticket)
    forger = Authenticator(credential_id=key.credential_id, handle=key.handle)
    for _ in range(5):
        assert (await shows(backend, ticket, forger.signs(options))).code == "wrong_passkey"
    assert (await shows(backend, ticket, key.signs(options))).code == "invalid_ticket"


async def test_of_many_at_once_one_session_comes(backend: Backend) -> None:
    key = Authenticator()
    await has_two_step(backend, key)
    ticket = ticket_of(await backend.signs_in())
    answer = key.signs(await asks(backend, "factor", ticket=ticket))
    answers = await asyncio.gather(*(shows(backend, ticket, answer) for _ in range(3)))
    assert len({each.token for each in answers if each.status == 200}) == 1


async def test_a_key_whose_counter_went_back_is_not_enough_while_something_else_is_there(backend: Backend) -> None:
    key = Authenticator(step=1, count=9)
    app = await has_two_step(backend, key)
    copy = Authenticator(key=key.key, credential_id=key.credential_id, handle=key.handle, count=2)
    ticket = ticket_of(await logs_in(backend, copy))
    opened = await takes_second_step(backend, ticket, app.next_code())
    assert opened.status == 200
    assert [each["suspectedDtm"] is not None for each in await list_passkeys(backend, opened.token)] == [True]
    other = ticket_of(await backend.signs_in())
    copied = copy.signs(await asks(backend, "factor", ticket=other))
    assert (await shows(backend, other, copied)).code == "wrong_passkey"


async def test_adding_a_passkey_switches_nothing_on(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    await adds(backend, token)
    told = (await backend.get("/account/factors", session=token)).body
    assert (told["twoStepDtm"], told["passkeys"]) == (None, 1)
    assert (await backend.signs_in()).status == 200


async def test_removing_one_takes_a_second_factor_while_two_step_verification_is_on(backend: Backend) -> None:
    ada = Authenticator(flags=PRESENT | VERIFIED)
    app = await has_two_step(backend, ada)
    token = (await takes_second_step(backend, ticket_of(await backend.signs_in()), app.next_code())).token
    (listed,) = await list_passkeys(backend, token)
    backend.clock.advance(minutes=15)
    token = (await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=token)).token
    removed = await backend.post("/account/passkeys/remove", {"id": listed["id"]}, session=token)
    assert removed.code == "confirmation_required"
    confirmed = await backend.post("/account/confirm", {"totp": app.next_code()}, session=token)
    assert confirmed.status == 200, confirmed.body
    removed = await backend.post("/account/passkeys/remove", {"id": listed["id"]}, session=confirmed.token)
    assert removed.status == 200
    assert (await backend.get("/account/factors", session=confirmed.token)).body["twoStepDtm"] is not None


async def test_adding_one_takes_a_second_factor_while_two_step_verification_is_on(backend: Backend) -> None:
    """For it would go past it."""
    app = await has_two_step(backend)
    token = (await takes_second_step(backend, ticket_of(await backend.signs_in()), app.next_code())).token
    await adds(backend, token)
    backend.clock.advance(minutes=15)
    token = (await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=token)).token
    body = {"purpose": "add", "browser": BROWSER}
    refused = await backend.post("/account/passkeys/options", body, session=token)
    assert (refused.code, refused.body["errors"][0]["details"]) == ("confirmation_required", {"strong": True})
