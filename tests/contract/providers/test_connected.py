"""One's own accounts at providers: connected by a session that proved lately whose it is, and removed again."""

import asyncio

import pytest

from backend.tasks.cleanup import delete_expired_rows
from tests.kit.backend import Backend
from tests.kit.history import load_events
from tests.kit.lying_provider import LyingProvider
from tests.kit.passwordless import asks_for_a_session_code, types_session_code
from tests.kit.people import PASSWORD
from tests.kit.providers import (
    BROWSER,
    connects,
    gets_ticket,
    goes,
    hash_browser,
    list_identities,
    logs_in,
)

pytestmark = pytest.mark.both_databases

Offering = tuple[Backend, LyingProvider]


async def joins(backend: Backend, email: str = "ada@example.com") -> str:
    """A session that was confirmed lately, by its password."""
    await backend.joins(email)
    return (await backend.signs_in(email)).token


async def removes(backend: Backend, session: str, identity_id: object) -> list[str]:
    answer = await backend.post("/account/identities/remove", {"id": identity_id}, session=session)
    return [] if answer.status == 200 else answer.codes


async def test_it_is_connected_mailed_and_logs_in_from_then_on(offering: Offering) -> None:
    backend, _ = offering
    ada = await joins(backend)
    landing = await goes(backend, connect=await gets_ticket(backend, ada))
    assert landing.query | {"action": "oauth-connect", "bind": hash_browser(BROWSER)} == landing.query
    described = (await backend.get("/auth/access-token", params={"key": landing.token})).body
    assert (described["action"], described["email"], described["state"]) == (
        "oauth-connect",
        "ada@example.com",
        "valid",
    )
    for _ in range(2):  # a double click
        connected = await backend.post("/account/identities", {"key": landing.token}, session=ada)
    (identity,) = connected.body["identities"]
    expected = {
        "provider": {"id": "p0", "name": "Work"},
        "name": "Ada",
        "email": "ada@example.com",
        "lastUsedDtm": None,
    }
    assert identity | expected == identity
    await backend.waits_for_mails()
    told = [mail for mail in await backend.mails() if "Account connected" in mail]
    assert len(told) == 1
    assert "Work" in told[0]
    events = [event for event in await load_events(backend, ada) if event["kind"] == "identity.connected"]
    assert [(event["details"], event["count"], event["isDisownable"]) for event in events] == [
        ({"provider": "p0"}, 1, True)
    ]
    again = await logs_in(backend)
    assert (again.body["user"]["email"], again.body["user"]["provider"]) == ("ada@example.com", "altogic")


@pytest.mark.one_database
async def test_it_takes_a_confirmation_a_session_and_a_provider_that_is_set(offering: Offering) -> None:
    backend, _ = offering
    ada = await joins(backend)
    body = {"provider": "p0", "bind": hash_browser(BROWSER)}
    assert (await backend.post("/account/identities/begin", body)).code == "missing_session_token"
    unset = await backend.post("/account/identities/begin", body | {"provider": "google"}, session=ada)
    assert unset.code == "not_allowed"
    assert (await backend.post("/account/identities/begin", {}, session=ada)).params == ["provider", "bind"]
    backend.clock.advance(minutes=15)
    assert (await backend.post("/account/identities/begin", body, session=ada)).code == "confirmation_required"


@pytest.mark.one_database
async def test_a_ticket_is_for_one_provider_and_ten_minutes(offering: Offering) -> None:
    backend, _ = offering
    ada = await joins(backend)
    ticket = await gets_ticket(backend, ada)
    assert (await goes(backend, "p1", connect=ticket)).query["code"] == "not_allowed"
    assert (await goes(backend, connect=f"{ticket}x")).query["code"] == "not_allowed"
    assert (await goes(backend, connect=ticket)).query["status"] == "200"
    assert (await goes(backend, connect=ticket)).query["status"] == "200"  # a page leads there by itself, and by a link
    backend.clock.advance(minutes=10)
    landing = await goes(backend, connect=ticket)
    assert (landing.query["code"], landing.query["action"]) == ("not_allowed", "oauth-connect")


async def test_what_one_session_has_begun_no_other_ends(offering: Offering) -> None:
    """Neither somebody else, who would get their account connected with hers, nor another session of her own."""
    backend, _ = offering
    ada, grace = await joins(backend), await joins(backend, "grace@example.com")
    hers = await goes(backend, connect=await gets_ticket(backend, ada))
    for session in (grace, (await backend.signs_in()).token):
        assert (await backend.post("/account/identities", {"key": hers.token}, session=session)).code == (
            "invalid_access_token"
        )
    assert (await backend.post("/account/identities", {"key": hers.token}, session=ada)).status == 200


async def test_a_log_in_connects_nothing_and_what_connects_logs_nobody_in(offering: Offering) -> None:
    backend, provider = offering
    ada = await joins(backend)
    provider.person |= {"email": "other@example.com"}
    login, connection = await goes(backend), await goes(backend, connect=await gets_ticket(backend, ada))
    assert (await backend.post("/account/identities", {"key": login.token}, session=ada)).code == "invalid_token_type"
    assert (await backend.grants(connection.token)).code == "invalid_token_type"
    assert (await backend.grants(login.token)).status == 200


async def test_what_is_somebody_elses_is_not_moved(offering: Offering) -> None:
    backend, _ = offering
    ada, grace = await joins(backend), await joins(backend, "grace@example.com")
    await connects(backend, ada)
    assert (await connects(backend, grace)).code == "identity_taken"
    assert [len(await list_identities(backend, session)) for session in (ada, grace)] == [1, 0]
    assert (await connects(backend, ada)).status == 200  # hers already
    backend.clock.advance(seconds=1)
    await backend.waits_for_mails()
    assert len([mail for mail in await backend.mails() if "Account connected" in mail]) == 1


async def test_removing_one_takes_a_confirmation_and_is_mailed(offering: Offering) -> None:
    backend, _ = offering
    ada, grace = await joins(backend), await joins(backend, "grace@example.com")
    await connects(backend, ada)
    (identity,) = await list_identities(backend, ada)
    assert await removes(backend, grace, identity["id"]) == ["identity_not_found"]
    backend.clock.advance(minutes=15)
    assert await removes(backend, ada, identity["id"]) == ["confirmation_required"]
    ada = (await backend.signs_in()).token
    assert await removes(backend, ada, identity["id"]) == []
    assert await removes(backend, ada, identity["id"]) == ["identity_not_found"]
    await backend.waits_for_mails()
    assert any("Account disconnected" in mail for mail in await backend.mails())
    assert (await load_events(backend, ada))[0]["kind"] == "identity.removed"
    assert (await goes(backend)).query["code"] == "email_not_unique"  # not known any more


async def test_the_last_way_in_stays_for_two_tabs_at_once_too(offering: Offering) -> None:
    backend, _ = offering
    ada = await joins(backend)
    await connects(backend, ada)
    await connects(backend, ada, "p1")
    both = await list_identities(backend, ada)
    user_id = (await backend.get("/auth/user", session=ada)).body["_id"]
    nothing_else = {"password_hash": None, "email_verified": False}  # no mail reaches her, either
    await backend.services.store.write(lambda queries: queries.users.update(user_id, nothing_else))
    answers = await asyncio.gather(*(removes(backend, ada, each["id"]) for each in both))
    assert sorted(answers) == [[], ["last_way_in"]]
    assert len(await list_identities(backend, ada)) == 1


async def test_whoever_only_has_a_provider_confirms_by_mail_and_may_choose_a_password(offering: Offering) -> None:
    backend, _ = offering
    ada = await logs_in(backend)
    (identity,) = await list_identities(backend, ada.token)
    assert await removes(backend, ada.token, identity["id"]) == ["confirmation_required"]  # no log-in of theirs counts
    methods = (await backend.get("/account/confirm", session=ada.token)).body["methods"]
    assert methods == ["mail-code"]
    code = await asks_for_a_session_code(backend, ada.token)
    token = (await types_session_code(backend, ada.token, code)).token
    chosen = {"newPassword": PASSWORD}
    assert (await backend.post("/auth/change-pwd", chosen, session=token)).status == 200
    assert (await backend.signs_in()).status == 200
    assert await removes(backend, token, identity["id"]) == []
    user = (await backend.get("/auth/user", session=token)).body
    assert (user["provider"], user["providerUserId"]) == ("altogic", user["_id"])


async def test_this_was_not_me_takes_back_what_was_connected_since(offering: Offering) -> None:
    backend, provider = offering
    ada = await joins(backend)
    await connects(backend, ada)
    backend.clock.advance(minutes=5)
    thief = (await backend.signs_in()).token
    provider.person |= {"sub": "mallory"}
    await connects(backend, thief, "p1")
    backend.clock.advance(minutes=1)
    ada = (await backend.signs_in()).token
    kept = {"sub": "ada-1"}
    event = next(event for event in await load_events(backend, ada) if event["details"] == {"provider": "p1"})
    disowned = await backend.post("/account/event/disown", params={"id": event["_id"]}, session=ada)
    assert disowned.status == 200, disowned.body
    assert [each["provider"] for each in await list_identities(backend, ada)] == [{"id": "p0", "name": "Work"}]
    provider.person |= kept
    assert (await logs_in(backend)).status == 200


async def test_it_is_in_the_export_without_secrets_and_goes_with_the_account(offering: Offering) -> None:
    backend, _ = offering
    ada = await joins(backend)
    await connects(backend, ada)
    headers = {"X-Client-Key": backend.settings.secrets.client_key, "Session": ada}
    exported = await backend.http.get("/_api/rest/v1/account/export", headers=headers)
    assert b"identities.json" in exported.content
    await backend.post("/account/leave", session=ada)
    backend.clock.advance(days=14, hours=2)
    await delete_expired_rows(backend.services)
    newcomer = await logs_in(backend)
    assert newcomer.status == 200
    assert newcomer.body["user"]["provider"] == "p0"


async def test_with_two_step_verification_the_password_alone_connects_and_removes_nothing(offering: Offering) -> None:
    """Whoever has the password and a session would keep a way in that outlives a new password."""
    backend, _ = offering
    ada = await joins(backend)
    await connects(backend, ada)
    (identity,) = await list_identities(backend, ada)
    user_id, now = (await backend.get("/auth/user", session=ada)).body["_id"], backend.clock.now
    await backend.services.store.write(lambda queries: queries.users.update(user_id, {"two_step_at": now}))
    body = {"provider": "p1", "bind": hash_browser(BROWSER)}
    refused = await backend.post("/account/identities/begin", body, session=ada)
    assert refused.body["errors"][0]["details"] == {"strong": True}
    assert await removes(backend, ada, identity["id"]) == ["confirmation_required"]
