"""Whoever a provider vouches for without an address: it is typed, and confirmed in the browser where it was."""

import pytest

from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.lying_provider import LyingProvider
from tests.kit.providers import BROWSER, OTHER_BROWSER, goes, hash_browser, list_identities

pytestmark = pytest.mark.both_databases

Offering = tuple[Backend, LyingProvider]
OURS, OTHERS = {"X-Registration": BROWSER}, {"X-Registration": OTHER_BROWSER}


async def types(backend: Backend, ref: str, email: str, headers: dict[str, str] = OURS) -> Answer:
    answer = await backend.post("/account/identities/address", {"ref": ref, "email": email}, headers=headers)
    await backend.waits_for_mails()
    return answer


async def needs_address(backend: Backend) -> str:
    return (await goes(backend, "p1", bind=hash_browser(BROWSER))).query["ref"]


async def test_the_address_is_confirmed_and_the_account_has_the_identity_and_no_password(offering: Offering) -> None:
    backend, _ = offering
    ref = await needs_address(backend)
    asked = (await backend.get("/account/identities/address", params={"ref": ref}, headers=OURS)).body
    assert asked | {"provider": {"id": "p1", "name": "Work"}, "name": "Ada", "email": "ada@example.com"} == asked
    assert (await types(backend, ref, "mistyped@example.com")).status == 200
    typed = await types(backend, ref, "ada@example.com")
    assert typed.body["reference"]
    landing = await backend.opens(await backend.newest_link("ada@example.com"))
    assert landing.query["action"] == "email-confirm"
    ada = await backend.grants(landing.token, headers=OURS)
    assert ada.body["user"] | {"name": "Ada", "emailVerified": True, "provider": "p1"} == ada.body["user"]
    assert (await backend.get("/account/confirm", session=ada.token)).body["methods"] == ["mail-code"]
    again = await goes(backend, "p1")
    assert (await backend.grants(again.token)).body["user"]["_id"] == ada.body["user"]["_id"]


async def test_whoever_owns_the_box_and_did_not_begin_gets_an_account_without_the_strangers_identity(
    offering: Offering,
) -> None:
    """Mallory logs in with his provider and types Ada's address: pre-hijacking."""
    backend, _ = offering
    await types(backend, await needs_address(backend), "ada@example.com")
    token = (await backend.opens(await backend.newest_link())).token
    described = (await backend.get("/auth/access-token", params={"key": token}, headers=OTHERS)).body
    assert described["passwordNeeded"] is True
    assert (await backend.grants(token, headers=OTHERS)).code == "password_required"
    chosen = {"newPassword": "words chosen by Ada", "name": "Ada"}
    params = {"key": token}
    ada = await backend.post("/account/registration/confirm", chosen, params=params, headers=OTHERS)
    assert ada.status == 200, ada.body
    assert await list_identities(backend, ada.token) == []
    assert (await goes(backend, "p1")).query["code"] == "email_needed"


@pytest.mark.one_database
async def test_without_the_header_of_a_browser_no_identity_is_connected(offering: Offering) -> None:
    """As Altogic's client, which has none: the link confirms the address, and nothing more."""
    backend, _ = offering
    await types(backend, await needs_address(backend), "ada@example.com")
    ada = await backend.grants((await backend.opens(await backend.newest_link())).token)
    assert ada.status == 200
    assert await list_identities(backend, ada.token) == []


async def test_the_answer_is_the_same_for_an_address_that_is_taken_and_its_owner_is_mailed(offering: Offering) -> None:
    backend, _ = offering
    await backend.joins()
    ref = await needs_address(backend)
    taken, free = await types(backend, ref, "ada@example.com"), await types(backend, ref, "free@example.com")
    assert (taken.status, taken.body.keys()) == (free.status, free.body.keys()) == (200, {"reference"})
    owners = next(mail for mail in await backend.mails() if "<bdi>ada@example.com</bdi>" in mail)
    assert "Connect your account" in owners
    token = (await backend.opens((await backend.links_to("ada@example.com"))[0])).token
    elsewhere = await backend.grants(token, headers=OTHERS)
    assert await list_identities(backend, elsewhere.token) == []
    backend.clock.advance(seconds=11)
    await types(backend, ref, "ada@example.com")
    token = (await backend.opens((await backend.links_to("ada@example.com"))[0])).token
    ada = await backend.grants(token, headers=OURS)
    assert len(await list_identities(backend, ada.token)) == 1


@pytest.mark.one_database
async def test_it_waits_an_hour_in_its_browser_and_for_no_other_purpose(offering: Offering) -> None:
    backend, _ = offering
    ref = await needs_address(backend)
    assert (await types(backend, ref, "ada@example.com", OTHERS)).code == "invalid_access_token"
    assert (await types(backend, ref, "ada@example.com", {})).params == ["X-Registration"]
    assert (await types(backend, ref, "no address")).params == ["email"]
    assert (await backend.grants(ref)).code == "invalid_token_type"
    assert (
        await backend.post("/account/identities/address", {"ref": "x" * 43, "email": "a@example.com"}, headers=OURS)
    ).code == ("invalid_access_token")
    backend.clock.advance(hours=1)
    assert (await types(backend, ref, "ada@example.com")).code == "invalid_access_token"


async def test_where_nobody_confirms_addresses_this_one_is(offering_unconfirming: Offering) -> None:
    backend, _ = offering_unconfirming
    squatter = (await backend.signs_up("ada@example.com", "a squatter's password")).token
    await types(backend, await needs_address(backend), "ada@example.com")
    ada = await backend.grants((await backend.opens(await backend.newest_link())).token, headers=OURS)
    assert ada.body["user"]["emailVerified"] is True
    assert (await backend.get("/auth/user", session=squatter)).code == "invalid_session_token"
    assert (await backend.signs_in("ada@example.com", "a squatter's password")).code == "invalid_sign_in_credentials"
    assert len(await list_identities(backend, ada.token)) == 1
