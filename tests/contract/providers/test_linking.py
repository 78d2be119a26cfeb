"""Whose account an identity opens: the rules that keep one person's provider out of another person's account."""

import asyncio
from pathlib import Path

import pytest

from backend.tasks.cleanup import delete_expired_rows
from tests.kit import phones
from tests.kit.backend import Backend
from tests.kit.history import load_events
from tests.kit.lying_provider import LyingProvider
from tests.kit.mailbox import code_in
from tests.kit.people import PASSWORD
from tests.kit.providers import (
    BROWSER,
    OTHER_BROWSER,
    begins,
    connects,
    goes,
    hash_browser,
    list_identities,
    logs_in,
    run_with_provider,
)

pytestmark = pytest.mark.both_databases

Offering = tuple[Backend, LyingProvider]


async def test_an_identity_is_known_by_its_key_whatever_becomes_of_its_address(offering: Offering) -> None:
    backend, provider = offering
    first = await logs_in(backend)
    assert first.body["user"] | {"name": "Ada", "emailVerified": True, "provider": "p0"} == first.body["user"]
    assert first.body["user"]["providerUserId"] == "ada-1"
    provider.person |= {"email": "renamed@example.com", "name": "Ada L."}
    again = await logs_in(backend)
    assert (again.body["user"]["_id"], again.body["user"]["email"]) == (first.body["user"]["_id"], "ada@example.com")
    (identity,) = await list_identities(backend, again.token)
    assert (identity["email"], identity["name"]) == ("renamed@example.com", "Ada L.")
    assert again.body["session"]["method"] == "oauth-p0"


async def test_the_same_id_at_another_provider_is_somebody_else(offering: Offering) -> None:
    backend, provider = offering
    ada = await logs_in(backend)
    provider.person |= {"email": "grace@example.com"}
    assert (await goes(backend, "p1")).query["code"] == "email_needed"
    assert [each["provider"] for each in await list_identities(backend, ada.token)] == [{"id": "p0", "name": "Work"}]


async def test_a_verified_address_makes_an_account_and_ends_what_waits_for_it(offering: Offering) -> None:
    backend, _ = offering
    await backend.signs_up("ada@example.com", "a squatter's password")
    squatters = await backend.newest_link()
    ada = await logs_in(backend)
    assert ada.body["user"]["name"] == "Ada"
    assert (await backend.signs_in("ada@example.com", "a squatter's password")).code == "invalid_sign_in_credentials"
    landing = await backend.opens(squatters)
    granted = await backend.grants(landing.token) if "access_token" in landing.query else None
    assert granted is None or granted.status != 200
    kinds = {event["kind"] for event in await load_events(backend, ada.token)}
    assert {"identity.connected", "session.opened"} <= kinds


async def test_an_account_with_the_address_is_not_opened_but_mailed(offering: Offering) -> None:
    backend, _ = offering
    await backend.joins()
    landing = await goes(backend, bind=hash_browser(BROWSER))
    assert landing.query["code"] == "email_not_unique"
    assert "access_token" not in landing.query
    await backend.waits_for_mails()
    mail = (await backend.mails())[0]
    assert "Connect your account" in mail
    assert "Work" in mail


async def test_the_mailed_link_logs_in_and_connects_in_the_browser_where_it_began(offering: Offering) -> None:
    backend, _ = offering
    await backend.joins()
    await goes(backend, bind=hash_browser(BROWSER))
    token = (await backend.opens(await backend.newest_link())).token
    ours = {"X-Registration": BROWSER, "X-Device": "a browser of Ada's own, as a site knows it"}
    described = await backend.get("/auth/access-token", params={"key": token}, headers=ours)
    assert described.body["provider"] == {"id": "p0", "name": "Work"}
    ada, again = [await backend.grants(token, headers=ours) for _ in range(2)]  # a double click
    assert (ada.body["connected"], again.body["connected"]) == ("p0", "p0")
    assert len(await list_identities(backend, ada.token)) == 1
    assert (await logs_in(backend)).body["user"]["_id"] == ada.body["user"]["_id"]


async def test_in_another_browser_it_logs_in_and_connects_nothing(offering: Offering) -> None:
    """Or whoever has a provider that vouches for anything would wait for the owner's click."""
    backend, _ = offering
    await backend.joins()
    await goes(backend, bind=hash_browser(BROWSER))
    token, other = (await backend.opens(await backend.newest_link())).token, {"X-Registration": OTHER_BROWSER}
    assert (await backend.get("/auth/access-token", params={"key": token}, headers=other)).body["provider"] is None
    ada = await backend.grants(token, headers=other)
    assert (ada.status, sorted(ada.body)) == (200, ["session", "user"])
    assert await list_identities(backend, ada.token) == []
    assert (await goes(backend)).query["code"] == "email_not_unique"


async def test_a_log_in_that_was_bound_to_no_browser_is_connected_by_no_site_of_ours(offering: Offering) -> None:
    """Mallory leaves `bind` out, as Altogic's client does. A client that names no browser connects it as before."""
    backend, _ = offering
    await backend.joins()
    await goes(backend)
    token, ours = (await backend.opens(await backend.newest_link())).token, {"X-Registration": BROWSER}
    assert (await backend.get("/auth/access-token", params={"key": token}, headers=ours)).body["provider"] is None
    ada = await backend.grants(token, headers=ours)
    assert await list_identities(backend, ada.token) == []
    backend.clock.advance(minutes=1)
    await goes(backend)
    ada = await backend.grants((await backend.opens(await backend.newest_link())).token)
    assert len(await list_identities(backend, ada.token)) == 1


@pytest.mark.parametrize("by", ["link", "code"])
async def test_the_mailbox_alone_connects_nothing_before_the_second_step(offering: Offering, by: str) -> None:
    """Mallory reads Ada's mail, and comes from a provider that believes him to be her."""
    backend, _ = offering
    user_id, now = (await backend.joins()).body["user"]["_id"], backend.clock.now
    await backend.services.store.write(lambda queries: queries.users.update(user_id, {"two_step_at": now}))
    landing, ours = await goes(backend, bind=hash_browser(BROWSER)), {"X-Registration": BROWSER}
    assert "the email alone connects nothing" in await backend.newest_mail()
    token = (await backend.opens(await backend.newest_link())).token
    if by == "link":
        described = await backend.get("/auth/access-token", params={"key": token}, headers=ours)
        assert described.body["provider"] is None
        refused = await backend.grants(token, headers=ours)
    else:
        code = next(word for word in (await backend.mails())[0].split() if len(word) == 9 and word[4] == "-")
        refused = await backend.post(
            "/account/codes", {"reference": landing.query["reference"], "code": code}, headers=ours
        )
    assert refused.code == "second_factor_required"
    assert await backend.services.store.read(lambda queries: queries.identities.list_for_user(user_id)) == []


@pytest.mark.one_database
async def test_the_code_of_that_mail_connects_too(offering: Offering) -> None:
    backend, _ = offering
    await backend.joins()
    landing = await goes(backend, bind=hash_browser(BROWSER))
    await backend.waits_for_mails()
    body, ours = (
        {"reference": landing.query["reference"], "code": code_in(await backend.newest_mail())},
        {"X-Registration": BROWSER},
    )
    ada = await backend.post("/account/codes", body, headers=ours)
    assert ada.status == 200, ada.body
    assert len(await list_identities(backend, ada.token)) == 1


@pytest.mark.one_database
async def test_so_many_mails_to_an_owner_and_no_more(offering: Offering) -> None:
    backend, provider = offering
    await backend.joins()
    codes = []
    for number in range(6):
        provider.person["sub"] = f"ada-{number}"
        codes.append((await goes(backend)).query["code"])
        backend.clock.advance(seconds=11)
    assert codes[-1] == "rate_limit_exceeded"
    assert set(codes[:-1]) <= {"email_not_unique", "rate_limit_exceeded"}


async def test_an_account_whose_address_nobody_has_proven_gives_way(offering_unconfirming: Offering) -> None:
    backend, provider = offering_unconfirming
    squatter = (await backend.signs_up("ada@example.com", "a squatter's password")).token
    await backend.signs_in("ada@example.com", "a squatter's password")
    provider.person |= {"email": "mallory@example.com", "sub": "mallory"}
    squatter = (await backend.signs_in("ada@example.com", "a squatter's password")).token
    assert (await connects(backend, squatter)).status == 200
    provider.person |= {"email": "ada@example.com", "sub": "ada-1"}
    ada = await logs_in(backend)
    assert (await backend.get("/auth/user", session=squatter)).code == "invalid_session_token"
    assert (await backend.signs_in("ada@example.com", "a squatter's password")).code == "invalid_sign_in_credentials"
    assert [each["name"] for each in await list_identities(backend, ada.token)] == ["Ada"]
    provider.person |= {"email": "mallory@example.com", "sub": "mallory"}
    assert (await logs_in(backend)).body["user"]["email"] == "mallory@example.com"


async def test_two_step_verification_applies(offering: Offering) -> None:
    backend, _ = offering
    ada = await logs_in(backend)
    user_id, now = ada.body["user"]["_id"], backend.clock.now
    await backend.services.store.write(lambda queries: queries.users.update(user_id, {"two_step_at": now}))
    landing = await goes(backend)
    assert (await backend.grants(landing.token)).code == "second_factor_required"
    assert (await backend.grants(landing.token)).codes != []
    assert "session" not in (await backend.grants(landing.token)).body


async def test_what_was_proven_ends_with_a_new_password(offering: Offering) -> None:
    backend, _ = offering
    await backend.joins()
    ada = (await backend.signs_in()).token
    await connects(backend, ada)
    waiting = await goes(backend)
    changed = {"oldPassword": "three unrelated words", "newPassword": "words chosen anew today"}
    assert (await backend.post("/auth/change-pwd", changed, session=ada)).status == 200
    assert (await backend.grants(waiting.token)).code == "invalid_access_token"


async def test_an_account_whose_time_is_over_is_opened_by_nothing(offering: Offering) -> None:
    backend, _ = offering
    await backend.joins()
    ada = (await backend.signs_in()).token
    await connects(backend, ada)
    waiting = await goes(backend)
    await backend.post("/account/leave", session=ada)
    assert (await backend.grants(waiting.token)).code == "invalid_access_token"
    leaving = await logs_in(backend)  # until then it can be kept
    assert leaving.body["user"]["leavingDtm"]
    waiting = await goes(backend)
    backend.clock.advance(days=14)
    assert (await goes(backend)).query["code"] == "user_not_found"
    assert (await backend.grants(waiting.token)).codes in (["invalid_access_token"], ["user_not_found"])


async def test_one_token_opens_one_session_also_for_two_at_once(offering: Offering) -> None:
    backend, _ = offering
    landing = await goes(backend)
    answers = await asyncio.gather(*(backend.grants(landing.token) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [200, 403, 403]
    backend.clock.advance(minutes=1)
    late = await goes(backend)
    backend.clock.advance(minutes=10)
    assert (await backend.grants(late.token)).code == "invalid_access_token"


async def test_a_double_click_gets_the_same_session_and_two_tabs_one_account(offering: Offering) -> None:
    backend, _ = offering
    first, second = await goes(backend), await goes(backend)
    device = {"X-Device": "a browser of Ada's own, as a site knows it"}
    opened = [await backend.grants(first.token, headers=device) for _ in range(2)]
    assert opened[0].token == opened[1].token
    assert (await backend.grants(second.token)).body["user"]["_id"] == opened[0].body["user"]["_id"]


async def test_an_address_that_is_taken_meanwhile_is_not_joined(offering: Offering) -> None:
    backend, _ = offering
    waiting = await goes(backend)
    await backend.joins()
    assert (await backend.grants(waiting.token)).code == "email_not_unique"


@pytest.mark.one_database
async def test_a_provider_that_is_not_set_is_told_apart(offering: Offering) -> None:
    backend, _ = offering
    response = await begins(backend, "google")
    assert "status=401&action=oauth-signin&error=Logging+in" in response.headers["location"]
    assert "code=not_allowed" in response.headers["location"]


@pytest.mark.one_database
async def test_an_address_that_is_to_be_confirmed_is_first(offering: Offering) -> None:
    """As for passkeys: confirmation was off when the account was made, and is on now."""
    backend, _ = offering
    ada = await logs_in(backend)
    user_id = ada.body["user"]["_id"]
    await backend.services.store.write(lambda queries: queries.users.update(user_id, {"email_verified": False}))
    waiting = await goes(backend)
    assert (await backend.grants(waiting.token)).code == "email_not_verified"


async def test_a_number_that_is_confirmed_ends_identities_of_before(tmp_path: Path) -> None:
    """Mallory had typed Ada's number where none was confirmed."""
    async with run_with_provider(tmp_path, ("plain",), PHONE_SIGN_UP="on") as (backend, _):
        user_id = (await phones.joins(backend)).body["user"]["_id"]
        mallory = (await phones.logs_in(backend)).token
        assert (await connects(backend, mallory)).status == 200
        unproven = {"phone_verified": False}
        await backend.services.store.write(lambda queries: queries.users.update(user_id, unproven))
        backend.clock.advance(minutes=1)
        await phones.asks(backend, "resend-code")
        ada = await phones.types(backend, "verify-phone", await phones.read_code(backend))
        assert ada.status == 200, ada.body
        assert await list_identities(backend, ada.token) == []


async def test_an_account_without_a_password_is_one_also_where_nobody_has_proven_its_new_address(
    offering_unconfirming: Offering,
) -> None:
    """Else whoever gave themselves that address would delete it, as something typed that was never confirmed."""
    backend, provider = offering_unconfirming
    ada = (await logs_in(backend)).token
    user_id = (await backend.get("/auth/user", session=ada)).body["_id"]
    changed = {"email": "new@example.com", "email_key": "new@example.com", "email_verified": False}
    await backend.services.store.write(lambda queries: queries.users.update(user_id, changed))
    await backend.signs_up("mallory@example.com")
    mallory = (await backend.signs_in("mallory@example.com")).token
    body = {"currentPassword": PASSWORD, "newEmail": "new@example.com"}
    refused = await backend.post("/auth/change-email", body, session=mallory)
    assert refused.code == "email_not_unique"
    assert (await backend.get("/auth/user", session=ada)).status == 200
    provider.person |= {"sub": "mallory"}
    ref = (await goes(backend, "p1", bind=hash_browser(BROWSER))).query["ref"]
    typed = {"ref": ref, "email": "new@example.com"}
    await backend.post("/account/identities/address", typed, headers={"X-Registration": BROWSER})
    backend.clock.advance(days=15)
    await delete_expired_rows(backend.services)
    assert await backend.services.store.read(lambda queries: queries.users.find_by_id(user_id))
