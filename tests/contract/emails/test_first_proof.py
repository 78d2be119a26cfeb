"""Where nobody has to confirm an address: which account its first proof opens, when somebody else has typed it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.contract_sessions import is_open
from tests.kit.email_changes import OWN, asks, find_email, open_undo, takes_back, undoes
from tests.kit.history import load_events
from tests.kit.lying_provider import LyingProvider
from tests.kit.passkeys import adds as adds_passkey
from tests.kit.passkeys import logs_in as logs_in_with_passkey
from tests.kit.phones import adds as adds_phone
from tests.kit.phones import logs_in as logs_in_by_phone
from tests.kit.providers import BROWSER, connects, goes, hash_browser, list_identities, logs_in, run_with_provider

ADA, EVE = "ada@example.com", "eve@example.com"
HERS = {"X-Device": "the browser of ada, where she has logged in"}

pytestmark = pytest.mark.both_databases


@pytest.fixture
async def unconfirming(tmp_path: Path) -> AsyncIterator[tuple[Backend, LyingProvider]]:
    environ = {"EMAIL_CONFIRMATION": "off", "PHONE_SIGN_UP": "on"}
    async with run_with_provider(tmp_path, ["plain", "not verified"], **environ) as both:
        yield both


async def comes_in(backend: Backend, way: str, **rest: dict[str, str]) -> str:
    """Ada comes in by her address for the first time. Returns the token of her session."""
    if way == "provider":
        return str((await logs_in(backend, **rest.get("headers", {}))).token)
    if way == "password":
        await backend.post("/auth/send-reset", params={"email": ADA})
        key = {"key": (await backend.opens(await backend.newest_link(to=ADA), "POST")).token}
        assert (await backend.post("/auth/reset-pwd", {"newPassword": OWN}, params=key, **rest)).status == 200
        return (await backend.signs_in(ADA, OWN, **rest)).token
    await backend.post("/auth/send-magic", params={"email": ADA})
    return (await grants(backend, await backend.newest_link(to=ADA), **rest)).token


async def grants(backend: Backend, link: str, **rest: dict[str, str]) -> Answer:
    return await backend.grants((await backend.opens(link, "POST")).token, **rest)


@pytest.mark.parametrize("way", ["provider", "password", "link"])
async def test_eve_cannot_take_back_an_account_by_the_address_she_had_before(
    unconfirming: tuple[Backend, LyingProvider], way: str
) -> None:
    """She registers an address of her own, and changes it to Ada's: the way back is in her box."""
    backend, _ = unconfirming
    eve = (await backend.signs_up(EVE)).token
    assert (await asks(backend, eve, ADA)).status == 200
    hers = await open_undo(backend, EVE)
    ada = await comes_in(backend, way)
    assert (await undoes(backend, hers)).status != 200
    assert await is_open(backend, ada)
    assert await find_email(backend, ada) == ADA
    assert await find_email(backend, eve) == EVE  # which had none of Ada's
    told = next(event for event in await load_events(backend, eve) if event["kind"] == "email.taken")
    assert (told["ip"], told["userAgent"]["family"]) == ("", "Other")  # where Ada is tells Eve nobody


async def test_a_thief_who_proves_the_new_address_keeps_nobody_from_taking_it_back(
    unconfirming: tuple[Backend, LyingProvider],
) -> None:
    backend, _ = unconfirming
    thief = (await backend.signs_up(ADA)).token
    assert (await asks(backend, thief, EVE)).status == 200
    await backend.post("/auth/send-magic", params={"email": EVE})
    await grants(backend, await backend.newest_link(to=EVE))
    ada = await backend.signs_in(ADA)  # it is her address again
    assert await find_email(backend, ada.token) == ADA


async def test_a_thief_who_proves_it_in_a_known_browser_does_not_either(
    unconfirming: tuple[Backend, LyingProvider],
) -> None:
    backend, _ = unconfirming
    await backend.signs_up(ADA)
    thief = (await backend.signs_in(ADA, headers=HERS)).token
    assert (await asks(backend, thief, EVE, headers=HERS)).status == 200
    await backend.post("/auth/send-magic", params={"email": EVE})
    await grants(backend, await backend.newest_link(to=EVE), headers=HERS)
    assert await find_email(backend, await takes_back(backend, await open_undo(backend, ADA))) == ADA


async def test_whoever_takes_an_unproven_address_back_shares_it_with_nobody(
    unconfirming: tuple[Backend, LyingProvider],
) -> None:
    """Eve has registered Ada's address, added ways in of her own, and given it up."""
    backend, provider = unconfirming
    eve = (await backend.signs_up(ADA)).token
    provider.person |= {"email": EVE, "sub": "eve"}
    assert (await connects(backend, eve)).status == 200
    passkey = await adds_passkey(backend, eve)
    await adds_phone(backend, eve)
    backend.clock.advance(hours=1)
    eve = (await backend.signs_in(ADA)).token
    assert (await asks(backend, eve, EVE)).status == 200
    ada = await takes_back(backend, await open_undo(backend, ADA))
    assert await list_identities(backend, ada) == []
    assert (await logs_in_with_passkey(backend, passkey)).status != 200
    assert (await logs_in_by_phone(backend, password=OWN)).status != 200


@pytest.mark.parametrize("way", ["provider", "password", "link"])
async def test_an_account_with_a_proven_number_is_not_given_away_for_a_mistyped_address(
    unconfirming: tuple[Backend, LyingProvider], way: str
) -> None:
    backend, _ = unconfirming
    grace = (await backend.signs_up(ADA, name="Grace")).token
    await adds_phone(backend, grace)
    ada = await comes_in(backend, way)
    own = (await backend.get("/auth/user", session=ada)).body
    assert (own["email"], own.get("name")) != (ADA, "Grace")
    assert (await backend.get("/account/phone", session=ada)).body["phone"] is None
    assert "email" not in (await backend.get("/auth/user", session=grace)).body
    assert (await logs_in_by_phone(backend)).status == 200


@pytest.mark.parametrize("chooses", [True, False])
async def test_nor_for_one_that_is_typed_after_a_log_in_with_a_provider(
    unconfirming: tuple[Backend, LyingProvider], chooses: bool
) -> None:
    """Also where the mail is opened in another browser, and a password is chosen there."""
    backend, _ = unconfirming
    grace = (await backend.signs_up(ADA, name="Grace")).token
    await adds_phone(backend, grace)
    ref = (await goes(backend, "p1", bind=hash_browser(BROWSER))).query["ref"]
    hers = {"X-Registration": BROWSER}
    typed = await backend.post("/account/identities/address", {"ref": ref, "email": ADA}, headers=hers)
    assert typed.status == 200
    token = (await backend.opens(await backend.newest_link(to=ADA), "POST")).token
    if chooses:
        chosen, elsewhere = {"newPassword": OWN, "name": "Ada"}, {"X-Registration": "another browser of hers"}
        params = {"key": token}
        ada = await backend.post("/account/registration/confirm", chosen, params=params, headers=elsewhere)
    else:
        ada = await backend.grants(token, headers=hers)
    assert ada.status == 200, ada.body
    assert ada.body["user"]["name"] == "Ada"
    assert await is_open(backend, grace)
    assert (await logs_in_by_phone(backend)).status == 200


async def test_in_a_browser_where_its_owner_has_logged_in_it_is_the_owners(
    unconfirming: tuple[Backend, LyingProvider],
) -> None:
    backend, _ = unconfirming
    await backend.signs_up(ADA, name="Grace")
    await adds_phone(backend, (await backend.signs_in(ADA, headers=HERS)).token)
    ada = await comes_in(backend, "link", headers=HERS)
    assert (await backend.get("/auth/user", session=ada)).body["name"] == "Grace"


async def test_both_clicks_of_a_double_click_open_the_same_new_account(
    unconfirming: tuple[Backend, LyingProvider],
) -> None:
    backend, _ = unconfirming
    await adds_phone(backend, (await backend.signs_up(ADA)).token)
    await backend.post("/auth/send-magic", params={"email": ADA})
    token = (await backend.opens(await backend.newest_link(to=ADA), "POST")).token
    first, second = [await backend.grants(token, headers=HERS) for _ in range(2)]
    assert first.body["user"]["_id"] == second.body["user"]["_id"]
