"""Logging in with a passkey, by its own device and no other way."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.authenticator import ELIGIBLE, PRESENT, VERIFIED, Authenticator
from tests.kit.backend import IPHONE, Backend, run_backend
from tests.kit.history import load_events
from tests.kit.passkeys import BROWSER, OTHER_BROWSER, adds, asks, list_passkeys, logs_in, sends

pytestmark = pytest.mark.both_databases


async def joins_and_adds(backend: Backend, **about: object) -> Authenticator:
    await backend.joins()
    token = (await backend.signs_in()).token
    return await adds(backend, token, Authenticator(**about))  # type: ignore[arg-type]


async def test_a_passkey_opens_a_session_and_nothing_else_is_asked(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    backend.clock.advance(minutes=1)
    opened = await logs_in(backend, ada)
    assert (opened.status, opened.body["user"]["email"]) == (200, "ada@example.com")
    assert opened.body["session"]["method"] == "passkey"
    event = (await load_events(backend, opened.token))[0]
    assert (event["kind"], event["details"]["method"]) == ("session.opened", "passkey")
    (listed,) = await list_passkeys(backend, opened.token)
    assert listed["lastUsedDtm"] > listed["createdDtm"]


async def test_the_options_tell_nothing_of_anybody(backend: Backend) -> None:
    before = await asks(backend)
    await joins_and_adds(backend)
    after = await asks(backend)
    assert before.pop("challenge") != after.pop("challenge")
    assert before == after
    assert after == {
        "rpId": "localhost",
        "timeout": 300_000,
        "allowCredentials": [],
        "userVerification": "required",
    }


async def test_an_answer_counts_once(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    answer = ada.signs(await asks(backend))
    assert (await sends(backend, answer)).status == 200
    assert (await sends(backend, answer)).code == "wrong_passkey"


async def test_of_the_same_answer_many_times_at_once_one_counts(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    answer = ada.signs(await asks(backend))
    answers = await asyncio.gather(*(sends(backend, answer) for _ in range(5)))
    assert sorted(each.status for each in answers) == [200, 401, 401, 401, 401]


async def test_two_tabs_of_a_browser_do_not_get_in_each_others_way(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    first, second = await asks(backend), await asks(backend)
    assert (await sends(backend, ada.signs(second))).status == 200
    assert (await sends(backend, ada.signs(first))).status == 200


async def test_an_answer_is_worth_nothing_in_another_browser(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    assert (await sends(backend, ada.signs(await asks(backend)), OTHER_BROWSER)).code == "wrong_passkey"


async def test_a_page_may_be_open_for_an_hour(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    early, late = await asks(backend), await asks(backend)
    backend.clock.advance(minutes=59, seconds=59)
    assert (await sends(backend, ada.signs(early))).status == 200
    backend.clock.advance(seconds=1)
    assert (await sends(backend, ada.signs(late))).code == "challenge_expired"


async def test_without_two_step_verification_a_passkey_that_checks_nobody_is_not_enough(backend: Backend) -> None:
    key = await joins_and_adds(backend, flags=PRESENT, is_discoverable=False)
    assert (await logs_in(backend, key)).code == "wrong_passkey"
    key.flags = PRESENT | VERIFIED  # as soon as it has a PIN
    assert (await logs_in(backend, key)).status == 200


async def test_a_passkey_that_was_removed_is_unknown_so_that_its_device_can_forget_it(backend: Backend) -> None:
    await backend.joins()
    token = (await backend.signs_in()).token
    ada = await adds(backend, token)
    (listed,) = await list_passkeys(backend, token)
    left = await backend.post("/account/passkeys/remove", {"id": listed["id"]}, session=token)
    assert (left.status, left.body["passkeys"], left.body["userHandle"]) == (200, [], ada.handle)
    refused = await logs_in(backend, ada)
    assert (refused.status, refused.code) == (401, "unknown_passkey")
    assert refused.body["errors"][0]["details"]["credentialId"] == ada.id


async def test_wrong_answers_are_counted_and_stand_in_the_history_of_their_owner(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    stranger = Authenticator(credential_id=ada.credential_id, handle=ada.handle)
    answers = [(await logs_in(backend, stranger)).status for _ in range(12)]
    assert (answers[0], answers[-1]) == (401, 429)
    token = (await backend.signs_in()).token  # the password is counted apart
    (event,) = [each for each in await load_events(backend, token) if each["kind"] == "session.refused"]
    assert (event["details"], event["count"]) == ({"method": "passkey"}, answers.count(401))


async def test_the_owners_own_browser_is_counted_by_itself(backend: Backend) -> None:
    ada, own = await joins_and_adds(backend), {"X-Device": "the laptop of ada, of 128 bits"}
    assert (await sends(backend, ada.signs(await asks(backend)), headers=own)).status == 200
    stranger = Authenticator(credential_id=ada.credential_id, handle=ada.handle)
    while (await logs_in(backend, stranger)).status == 401:
        pass
    assert (await logs_in(backend, ada)).status == 429
    assert (await sends(backend, ada.signs(await asks(backend)), headers=own)).status == 200


async def test_an_owner_is_told_of_a_log_in_from_a_new_browser(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    backend.clock.advance(minutes=5)
    answer = ada.signs(await asks(backend))
    phone = {"User-Agent": IPHONE, "X-Device": "a phone, of 128 bits as well"}
    assert (await sends(backend, answer, headers=phone)).status == 200
    await backend.waits_for_mails()
    assert "New login" in await backend.newest_mail()


async def test_whoever_is_about_to_be_deleted_for_good_is_not_let_in(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    token = (await backend.signs_in()).token
    assert (await backend.post("/account/leave", session=token)).status == 200
    backend.clock.advance(days=14)
    assert (await logs_in(backend, ada)).code == "wrong_passkey"


async def test_a_counter_that_goes_back_lets_the_owner_in_and_tells_them(backend: Backend) -> None:
    key = await joins_and_adds(backend, step=1, count=5)
    copy = Authenticator(key=key.key, credential_id=key.credential_id, handle=key.handle, step=1, count=5)
    for _ in range(2):
        assert (await logs_in(backend, copy)).status == 200
    opened = await logs_in(backend, key)
    assert opened.status == 200
    (listed,) = await list_passkeys(backend, opened.token)
    assert listed["suspectedDtm"] is not None
    assert "passkey.suspected" in [event["kind"] for event in await load_events(backend, opened.token)]
    await backend.waits_for_mails()
    assert len([mail for mail in await backend.mails() if "Check your security key" in mail]) == 1
    key.count = copy.count + 1
    assert (await logs_in(backend, key)).status == 200
    assert (await logs_in(backend, copy)).status == 200
    await backend.waits_for_mails()
    assert len([mail for mail in await backend.mails() if "Check your security key" in mail]) == 1


async def test_the_counter_of_a_synchronized_passkey_says_nothing(backend: Backend) -> None:
    ada = await joins_and_adds(backend, flags=PRESENT | VERIFIED | ELIGIBLE, count=9)
    ada.count = 3
    opened = await logs_in(backend, ada)
    assert opened.status == 200
    (listed,) = await list_passkeys(backend, opened.token)
    assert listed["suspectedDtm"] is None


async def test_a_forgery_raises_no_alarm(backend: Backend) -> None:
    key = await joins_and_adds(backend, step=1, count=5)
    forger = Authenticator(credential_id=key.credential_id, handle=key.handle, count=1)
    assert (await logs_in(backend, forger)).code == "wrong_passkey"
    opened = await logs_in(backend, key)
    (listed,) = await list_passkeys(backend, opened.token)
    assert listed["suspectedDtm"] is None


async def test_what_the_browser_is_known_by_has_to_be_long(backend: Backend) -> None:
    ada = await joins_and_adds(backend)
    answer = ada.signs(await asks(backend))
    for browser in ("short", "x" * 201, "", None, [BROWSER]):
        refused = await backend.post("/account/passkeys/sign-in", {"credential": answer, "browser": browser})
        assert (refused.status, refused.params) == (400, ["browser"])
        refused = await backend.post("/account/passkeys/options", {"purpose": "signin", "browser": browser})
        assert (refused.status, refused.params) == (400, ["browser"])


async def test_whoever_asks_for_options_again_and_again_keeps_their_own_network_from_them_alone(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LIMIT_FACTOR="0.01", TRUSTED_PROXIES="127.0.0.1") as backend:
        await backend.joins()
        path, body = "/account/passkeys/options", {"purpose": "signin", "browser": BROWSER}
        assert [(await backend.post(path, body)).status for _ in range(12)] == [200] * 10 + [429] * 2
        assert (await backend.post(path, body, headers={"X-Forwarded-For": "203.0.113.7"})).status == 200
        assert (await backend.signs_in()).status == 200
