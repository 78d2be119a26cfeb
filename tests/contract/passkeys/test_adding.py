"""Adding passkeys to one's own account, naming and removing them."""

import asyncio
from typing import Any

import pytest

from tests.kit.authenticator import ELIGIBLE, PRESENT, VERIFIED, Authenticator, encode
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.history import load_events
from tests.kit.passkeys import BROWSER, OTHER_BROWSER, adds, asks, list_passkeys, logs_in, sends, sends_new

pytestmark = pytest.mark.both_databases


async def joins(backend: Backend, email: str = "ada@example.com") -> str:
    """A session that was confirmed lately, by its password."""
    await backend.joins(email)
    return (await backend.signs_in(email)).token


async def removes(backend: Backend, token: str, passkey_id: str) -> Answer:
    return await backend.post("/account/passkeys/remove", {"id": passkey_id}, session=token)


async def renames(backend: Backend, token: str, passkey_id: str, name: Any) -> Answer:
    return await backend.post("/account/passkeys/rename", {"id": passkey_id, "name": name}, session=token)


async def test_it_stands_in_the_list_with_where_it_was_added_and_is_mailed(backend: Backend) -> None:
    token = await joins(backend)
    ada = await adds(backend, token, name=" My laptop ")
    listed = await list_passkeys(backend, token)
    created = listed[0].pop("createdDtm")
    passkey_id = listed[0].pop("id")
    assert (len(passkey_id), created[:10]) == (24, "2026-03-14")
    assert listed == [
        {
            "credentialId": ada.id,
            "name": "My laptop",
            "provider": None,
            "isSecurityKey": False,
            "isBackedUp": False,
            "logsIn": True,
            "userAgent": {"family": "Firefox", "os": {"family": "Windows"}},
            "lastUsedDtm": None,
            "suspectedDtm": None,
        }
    ]
    assert (await load_events(backend, token))[0]["kind"] == "passkey.added"
    await backend.waits_for_mails()
    mail = await backend.newest_mail()
    assert "Passkey added" in mail
    assert "My laptop" not in mail


async def test_the_options_ask_for_what_there_is_to_know_and_name_what_is_there(backend: Backend) -> None:
    token = await joins(backend)
    ada = await adds(backend, token)
    options = await asks(backend, "add", session=token)
    options.pop("challenge")
    assert options == {
        "rp": {"id": "localhost", "name": "Account pages"},
        "user": {"id": ada.handle, "name": "ada@example.com", "displayName": "Ada"},
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in (-8, -7, -257)],
        "timeout": 300_000,
        "excludeCredentials": [{"type": "public-key", "id": ada.id, "transports": ["internal"]}],
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"},
        "attestation": "none",
        "extensions": {"credProps": True},
    }


async def test_authenticators_know_an_account_by_one_handle_for_ever_that_tells_nothing(backend: Backend) -> None:
    token = await joins(backend)
    assert (await backend.get("/account/passkeys", session=token)).body["userHandle"] is None
    asked = await asyncio.gather(*(asks(backend, "add", session=token) for _ in range(3)))
    (handle,) = {options["user"]["id"] for options in asked}
    assert len(handle) == 43
    told = (await backend.get("/account/passkeys", session=token)).body
    assert (told["userHandle"], told["rpId"], told["userName"]) == (handle, "localhost", "ada@example.com")
    other = await asks(backend, "add", session=await joins(backend, "grace@example.com"))
    assert other["user"]["id"] != handle


async def test_what_it_is_is_told_by_a_name_that_people_know(backend: Backend) -> None:
    token = await joins(backend)
    kept = Authenticator(aaguid=bytes.fromhex("bada5566a7aa401fbd9645619a55120d"), flags=PRESENT | VERIFIED | ELIGIBLE)
    key = Authenticator(flags=PRESENT, transports=("usb", "nfc", "made up"), is_discoverable=False)
    unsaid = Authenticator(is_discoverable=None)
    for authenticator in (kept, key, unsaid):
        backend.clock.advance(seconds=1)
        await adds(backend, token, authenticator)
    told = [(each["provider"], each["isSecurityKey"], each["logsIn"]) for each in await list_passkeys(backend, token)]
    assert told == [("1Password", False, True), (None, True, False), (None, False, True)]
    options = await asks(backend, "confirm", session=token)
    assert [each["transports"] for each in options["allowCredentials"]] == [["internal"], ["nfc", "usb"], ["internal"]]


async def test_it_needs_a_session_that_was_confirmed_lately(backend: Backend) -> None:
    token = await joins(backend)
    backend.clock.advance(minutes=15)
    body = {"purpose": "add", "browser": BROWSER}
    assert (await backend.post("/account/passkeys/options", body, session=token)).code == "confirmation_required"
    assert (await backend.post("/account/passkeys/options", body)).code == "missing_session_token"
    assert (await sends_new(backend, token, "{}")).code == "confirmation_required"
    made = Authenticator().creates(
        {"user": {"id": "x"}, "rp": {"id": "localhost"}, "challenge": (await asks(backend))["challenge"]}
    )
    assert (await sends_new(backend, token, made)).code == "confirmation_required"


async def test_whoever_was_confirmed_when_they_began_may_end_it(backend: Backend) -> None:
    token, ada = await joins(backend), Authenticator()
    backend.clock.advance(minutes=14, seconds=59)
    made = ada.creates(await asks(backend, "add", session=token))
    backend.clock.advance(minutes=4)
    assert (await sends_new(backend, token, made)).status == 200


async def test_a_challenge_is_for_one_purpose_session_browser_and_five_minutes(backend: Backend) -> None:
    token, ada = await joins(backend), Authenticator()
    other = (await backend.signs_in()).token
    made = ada.creates(await asks(backend, "add", session=token))
    assert (await sends_new(backend, other, made)).code == "wrong_passkey"
    assert (await sends_new(backend, token, made, OTHER_BROWSER)).code == "wrong_passkey"
    backend.clock.advance(minutes=5)
    assert (await sends_new(backend, token, made)).code == "challenge_expired"
    await adds(backend, token)
    for purpose in ("signin", "confirm"):
        options = await asks(backend, purpose, session=token)
        user = {"user": {"id": "x"}, "rp": {"id": "localhost"}}
        assert (await sends_new(backend, token, ada.creates({**options, **user}))).code == "wrong_passkey", purpose
    await adds(backend, token, ada)
    for purpose in ("add", "confirm"):
        options = {"rpId": "localhost", **await asks(backend, purpose, session=token)}
        assert (await sends(backend, ada.signs(options))).code == "wrong_passkey", purpose


async def test_the_same_answer_adds_one_and_one_passkey_is_of_one_account(backend: Backend) -> None:
    token, ada = await joins(backend), Authenticator()
    made = ada.creates(await asks(backend, "add", session=token))
    answers = await asyncio.gather(*(sends_new(backend, token, made) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [200, 401, 401]
    assert len(await list_passkeys(backend, token)) == 1
    grace = await joins(backend, "grace@example.com")
    for session in (token, grace):
        options = await asks(backend, "add", session=session)
        assert (await sends_new(backend, session, ada.creates(options))).code == "passkey_known"
    ada.handle = (await backend.get("/account/passkeys", session=token)).body["userHandle"]
    assert (await logs_in(backend, ada)).body["user"]["email"] == "ada@example.com"


async def test_the_id_is_the_one_that_was_signed(backend: Backend) -> None:
    """Whatever the JSON around it says."""
    token, ada = await joins(backend), Authenticator()
    made = ada.creates(await asks(backend, "add", session=token)).replace(ada.id, encode(b"the id of somebody else"))
    answer = await sends_new(backend, token, made)
    assert answer.status in (200, 401)
    assert [each["credentialId"] for each in await list_passkeys(backend, token)] in ([], [ada.id])


async def test_there_are_twenty_at_most_at_once_too(backend: Backend) -> None:
    token = await joins(backend)
    made = [Authenticator().creates(await asks(backend, "add", session=token)) for _ in range(22)]
    answers = [await sends_new(backend, token, each) for each in made[:18]]
    answers += await asyncio.gather(*(sends_new(backend, token, each) for each in made[18:]))
    assert [answer.status for answer in answers[:18]] == [200] * 18
    assert sorted(answer.status for answer in answers[18:]) == [200, 200, 409, 409]
    assert {answer.code for answer in answers if answer.status == 409} == {"too_many_passkeys"}
    assert len(await list_passkeys(backend, token)) == 20


async def test_an_address_that_nobody_has_confirmed_gets_no_passkey(backend: Backend) -> None:
    token = await joins(backend)
    made = Authenticator().creates(await asks(backend, "add", session=token))
    (listed,) = (await backend.get("/auth/sessions", session=token)).body[-1:]
    await backend.services.store.write(
        lambda queries: queries.users.update(listed["userId"], {"email_verified": False})
    )
    assert (await sends_new(backend, token, made)).code == "not_allowed"


async def test_names_are_the_owners_own(backend: Backend) -> None:
    token = await joins(backend)
    await adds(backend, token)
    (listed,) = await list_passkeys(backend, token)
    assert (await renames(backend, token, listed["id"], "Work")).status == 200
    assert [each["name"] for each in await list_passkeys(backend, token)] == ["Work"]
    assert (await renames(backend, token, listed["id"], "")).status == 200
    assert [each["name"] for each in await list_passkeys(backend, token)] == [None]
    assert (await renames(backend, token, listed["id"], "x" * 61)).params == ["name"]
    assert (await renames(backend, token, listed["id"], "two\nlines")).params == ["name"]
    grace = await joins(backend, "grace@example.com")
    assert (await renames(backend, grace, listed["id"], "Mine")).code == "passkey_not_found"
    assert (await removes(backend, grace, listed["id"])).code == "passkey_not_found"
    assert "passkey.renamed" in [event["kind"] for event in await load_events(backend, token)]


async def test_removing_one_needs_a_confirmation_is_mailed_and_ends_it(backend: Backend) -> None:
    token = await joins(backend)
    ada = await adds(backend, token)
    (listed,) = await list_passkeys(backend, token)
    backend.clock.advance(minutes=15)
    assert (await removes(backend, token, listed["id"])).code == "confirmation_required"
    token = (await backend.signs_in()).token
    assert (await removes(backend, token, listed["id"])).status == 200
    assert (await removes(backend, token, listed["id"])).code == "passkey_not_found"
    await backend.waits_for_mails()
    assert "Passkey removed" in await backend.newest_mail()
    assert (await logs_in(backend, ada)).code == "unknown_passkey"
    assert (await load_events(backend, token))[0]["kind"] == "passkey.removed"


async def test_it_is_in_the_export_and_goes_with_the_account(backend: Backend) -> None:
    token = await joins(backend)
    ada = await adds(backend, token, name="Work")
    exported = await backend.http.get(
        "/_api/rest/v1/account/export", headers={"X-Client-Key": backend.settings.secrets.client_key, "Session": token}
    )
    assert b"passkeys.json" in exported.content
    await backend.post("/account/leave", session=token)
    backend.clock.advance(days=14, hours=2)
    assert (await logs_in(backend, ada)).status == 401


async def test_what_is_made_up_is_verified_so_often_and_no_more(backend: Backend) -> None:
    token, ada = await joins(backend), Authenticator()
    options = await asks(backend, "add", session=token)
    answers = [await sends_new(backend, token, ada.creates(options, origin="https://evil.example")) for _ in range(12)]
    assert (answers[0].code, answers[-1].code) == ("wrong_passkey", "rate_limit_exceeded")
    backend.clock.advance(minutes=15)
    await adds(backend, (await backend.signs_in()).token, ada)
