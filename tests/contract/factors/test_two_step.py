"""Two-step verification: switched on and off, what it asks for, what its owner is told, and what a thief can do."""

from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.contract_sessions import is_open
from tests.kit.email_changes import asks, confirms_new, open_undo, takes_back
from tests.kit.history import list_kinds, load_events
from tests.kit.passwordless import asks_for_a_session_code, joins_without_a_password, types_session_code
from tests.kit.people import PASSWORD
from tests.kit.two_step import App, joins_with_an_app, logs_in_with, takes_second_step, ticket_of, turns_on_two_step

pytestmark = pytest.mark.both_databases

ADA = "ada@example.com"


async def switches(backend: Backend, token: str, *, on: object) -> Answer:
    return await backend.post("/account/factors/two-step", {"on": on}, session=token)


async def confirms(backend: Backend, token: str, **proof: str) -> Answer:
    return await backend.post("/account/confirm", proof, session=token)


async def is_on(backend: Backend, token: str) -> bool:
    return (await backend.get("/account/factors", session=token)).body["twoStepDtm"] is not None


async def disowns_mail(backend: Backend) -> Answer:
    """Says "This wasn't me" to the newest mail. The answer tells of its link."""
    token = (await backend.opens(await backend.newest_link())).token
    told = await backend.get("/auth/access-token", params={"key": token})
    assert (await backend.post("/auth/access-token/disown", params={"key": token})).status == 200
    return told


async def test_it_is_on_from_the_moment_on_at_which_it_can_be(backend: Backend) -> None:
    token, _ = await joins_with_an_app(backend)
    assert await is_on(backend, token)
    assert (await list_kinds(backend, token))[-3:] == ["recovery-codes.made", "factor.added", "two-step.on"]
    mail = await backend.newest_mail()
    assert "Two-step verification is on" in mail
    assert "This happened on" in mail


async def test_it_can_be_off_while_the_app_stays_and_on_again(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    token = await logs_in_with(backend, app)
    off = await switches(backend, token, on=False)
    assert (off.body["twoStepDtm"], off.body["totp"]["pending"]) == (None, False)
    assert (await backend.signs_in()).status == 200
    assert "Two-step verification is off" in await backend.newest_mail()
    assert (await switches(backend, token, on=True)).body["twoStepDtm"] is not None
    ticket_of(await backend.signs_in())
    assert (await switches(backend, token, on=True)).status == 200, "it is on already"


async def test_without_a_factor_it_cannot_be_on(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    refused = await switches(backend, token, on=True)
    assert (refused.status, refused.code) == (409, "factor_missing")
    assert (await switches(backend, token, on="yes")).params == ["on"]
    assert (await switches(backend, token, on=False)).status == 200


# Proving who it is


async def test_to_switch_it_off_takes_a_factor_and_no_password_will_do(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    token = (await confirms(backend, token, currentPassword=PASSWORD)).token
    refused = await switches(backend, token, on=False)
    assert (refused.status, refused.code) == (403, "confirmation_required")
    assert refused.body["errors"][0]["details"] == {"strong": True}
    told = await backend.get("/account/confirm", params={"strong": "true"}, session=token)
    assert told.body == {"methods": ["totp", "recovery-code"], "confirmedUntil": None}
    told = await backend.get("/account/confirm", session=token)
    assert told.body["methods"] == ["totp", "password", "recovery-code"]
    assert told.body["confirmedUntil"] is not None
    token = (await confirms(backend, token, totp=app.next_code())).token
    told = await backend.get("/account/confirm", params={"strong": "true"}, session=token)
    assert told.body["confirmedUntil"] is not None
    assert (await switches(backend, token, on=False)).status == 200


async def test_a_code_of_the_app_confirms_whatever_a_password_does(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    backend.clock.advance(minutes=16)
    assert (await backend.get("/account/export", session=token)).code == "confirmation_required"
    confirmed = await confirms(backend, token, totp=app.code())
    assert (confirmed.status, confirmed.token != token) == (200, True)
    event = (await load_events(backend, confirmed.token))[0]
    assert (event["kind"], event["details"]) == ("session.confirmed", {"method": "totp"})
    leaving = await backend.post("/account/leave", {}, session=confirmed.token)
    assert leaving.status == 200


async def test_a_double_click_confirms_once_and_gets_the_same_token_twice(backend: Backend) -> None:
    token, app = await joins_with_an_app(backend)
    code = app.next_code()
    first, second = await confirms(backend, token, totp=code), await confirms(backend, token, totp=code)
    assert (first.status, second.status) == (200, 200)
    assert first.token == second.token
    assert (await confirms(backend, token, totp=app.wrong_code())).code == "wrong_code"


async def test_whoever_has_an_app_and_no_password_gets_no_mailed_code(backend: Backend) -> None:
    token = await joins_without_a_password(backend)
    confirmed = await types_session_code(backend, token, await asks_for_a_session_code(backend, token))
    await turns_on_two_step(backend, confirmed.token)
    told = await backend.get("/account/confirm", session=confirmed.token)
    assert told.body["methods"] == ["totp", "recovery-code"]
    assert (await backend.post("/account/confirm/code", session=confirmed.token)).code == "not_allowed"


async def _logs_in_by_link(backend: Backend) -> Answer:
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={"email": ADA})
    return await backend.grants((await backend.opens(await backend.newest_link())).token)


# What ends a log-in that waits for its second step


@pytest.mark.parametrize("act", ["password", "reset", "everywhere", "others", "disown", "leave"])
async def test_a_ticket_ends_with_what_ends_sessions(backend: Backend, act: str) -> None:
    _, app = await joins_with_an_app(backend)
    token = await logs_in_with(backend, app, headers={"User-Agent": "another browser"})
    ticket = ticket_of(await backend.signs_in())
    if act == "password":
        body = {"oldPassword": PASSWORD, "newPassword": "words chosen anew"}
        assert (await backend.post("/auth/change-pwd", body, session=token)).status == 200
    elif act == "reset":
        await backend.post("/auth/send-reset", params={"email": ADA})
        key = (await backend.opens(await backend.newest_link())).token
        reset = await backend.post("/auth/reset-pwd", {"newPassword": "words chosen anew"}, params={"key": key})
        assert reset.status == 200
    elif act in ("everywhere", "others"):
        path = "/auth/signout-all" if act == "everywhere" else "/auth/signout-all-except"
        assert (await backend.post(path, session=token)).status == 200
    elif act == "disown":
        await disowns_mail(backend)
    else:
        assert (await backend.post("/account/leave", {}, session=token)).status == 200
    assert (await takes_second_step(backend, ticket, app.next_code())).code == "invalid_ticket"


async def test_a_ticket_ends_with_an_address_that_changes_at_once(unconfirming: Backend) -> None:
    token = (await unconfirming.joins()).token
    app = await turns_on_two_step(unconfirming, token)
    token = (await confirms(unconfirming, token, totp=app.next_code())).token
    ticket = ticket_of(await unconfirming.signs_in())
    assert (await asks(unconfirming, token)).status == 200
    assert (await takes_second_step(unconfirming, ticket, app.next_code())).code == "invalid_ticket"


async def test_a_new_password_by_a_mailed_link_leaves_the_second_step_where_it_is(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    await backend.post("/auth/send-reset", params={"email": ADA})
    key = (await backend.opens(await backend.newest_link())).token
    reset = await backend.post("/auth/reset-pwd", {"newPassword": "words chosen anew"}, params={"key": key})
    assert (reset.status, reset.body) == (200, {})
    ticket = ticket_of(await backend.signs_in(password="words chosen anew"))
    assert (await takes_second_step(backend, ticket, app.next_code())).status == 200


# With a thief


async def test_the_owner_takes_back_by_the_mail_what_a_thief_has_added(backend: Backend) -> None:
    """Who holds a session and the password has switched it on: the owner could never log in again."""
    await backend.joins()
    thief = (await backend.signs_in()).token
    await turns_on_two_step(backend, thief)
    told = await disowns_mail(backend)
    assert (told.body["notice"], told.body["disowned"]) == ("two-step-on", False)
    assert not await is_open(backend, thief)
    owner = await _logs_in_by_link(backend)
    assert owner.status == 200
    assert not await is_on(backend, owner.token)


async def test_what_the_owner_had_before_stays(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    backend.clock.advance(days=3)
    await logs_in_with(backend, app, headers={"User-Agent": "another browser", "X-Device": "another " * 8})
    assert (await disowns_mail(backend)).body["notice"] == "new-login"
    ticket = ticket_of(await _logs_in_by_link(backend))
    assert (await takes_second_step(backend, ticket, app.next_code())).status == 200


async def test_the_owner_takes_it_back_in_the_history_by_a_factor_alone(backend: Backend) -> None:
    _, app = await joins_with_an_app(backend)
    token = await logs_in_with(backend, app)
    event = next(event for event in await load_events(backend, token) if event["kind"] == "two-step.on")
    assert event["isDisownable"]
    password = (await confirms(backend, token, currentPassword=PASSWORD)).token
    disown = {"params": {"id": event["_id"]}}
    assert (await backend.post("/account/event/disown", session=password, **disown)).code == "confirmation_required"
    token = (await confirms(backend, password, totp=app.next_code())).token
    assert (await backend.post("/account/event/disown", session=token, **disown)).status == 200
    assert not await is_on(backend, token)


async def test_undoing_a_change_of_address_takes_back_what_was_added_since(backend: Backend) -> None:
    await backend.joins()
    thief = (await backend.signs_in()).token
    await asks(backend, thief)
    await turns_on_two_step(backend, thief)
    await confirms_new(backend)
    owner = await takes_back(backend, await open_undo(backend))
    assert not await is_on(backend, owner)


# Addresses that nobody has confirmed


@pytest.mark.parametrize("way", ["link", "reset"])
async def test_whoever_proves_the_address_first_drops_what_was_added_before(unconfirming: Backend, way: str) -> None:
    """Eve has registered Ada's address, and an app of hers."""
    eve = (await unconfirming.joins()).token
    app = await turns_on_two_step(unconfirming, eve)
    if way == "link":
        ada = await _logs_in_by_link(unconfirming)
    else:
        await unconfirming.post("/auth/send-reset", params={"email": ADA})
        key = (await unconfirming.opens(await unconfirming.newest_link())).token
        await unconfirming.post("/auth/reset-pwd", {"newPassword": "chosen by Ada"}, params={"key": key})
        ada = await unconfirming.signs_in(password="chosen by Ada")
    assert ada.status == 200
    assert not await is_open(unconfirming, eve)
    assert not await is_on(unconfirming, ada.token)
    added = await _adds_her_own(unconfirming, app)
    ticket = ticket_of(await _logs_in_by_link(unconfirming))
    assert (await takes_second_step(unconfirming, ticket, added.next_code())).status == 200, "hers stays"


async def test_a_new_address_that_nobody_proves_takes_a_second_factor(unconfirming: Backend) -> None:
    """Or whoever has a session and the password would prove an address of theirs, and drop all factors by that."""
    token = (await unconfirming.joins()).token
    app = await turns_on_two_step(unconfirming, token)
    body = {"currentPassword": PASSWORD, "newEmail": "eve@example.com"}
    for path in ("/account/email/pending", "/auth/change-email"):
        refused = await unconfirming.post(path, body, session=token)
        assert (refused.code, refused.body["errors"][0]["details"]) == ("confirmation_required", {"strong": True})
    token = (await confirms(unconfirming, token, totp=app.next_code())).token
    changed = await unconfirming.post("/auth/change-email", body, session=token)
    assert (changed.status, changed.body["email"]) == (200, "eve@example.com")


async def _adds_her_own(backend: Backend, _eves: App) -> App:
    await backend.post("/auth/send-reset", params={"email": ADA})
    key = (await backend.opens(await backend.newest_link())).token
    await backend.post("/auth/reset-pwd", {"newPassword": "chosen by Ada again"}, params={"key": key})
    return await turns_on_two_step(backend, (await backend.signs_in(password="chosen by Ada again")).token)


async def test_confirmation_switched_on_later_drops_them_too(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        await turns_on_two_step(backend, (await backend.joins()).token)
    async with run_backend(tmp_path, backend.clock) as backend:
        await backend.post("/auth/resend", params={"email": ADA})
        confirmed = await backend.grants((await backend.opens(await backend.newest_link())).token)
        assert confirmed.status == 200
        assert not await is_on(backend, confirmed.token)
