"""The number of one's own account: added, changed and removed."""

from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer, link_in
from tests.kit.email_changes import open_undo, undoes
from tests.kit.notices import disowns
from tests.kit.people import PASSWORD
from tests.kit.phones import ADA, GRACE, adds, asks, joins, list_sms, make_wrong, read_code, types
from tests.kit.phones import logs_in as logs_in_by_phone

pytestmark = pytest.mark.both_databases


async def changes(backend: Backend, session: str, phone: str = GRACE, password: str = PASSWORD) -> Answer:
    body = {"currentPassword": password, "newPhone": phone}
    return await backend.post("/auth/change-phone", body, session=session)


@pytest.fixture
async def session(backend: Backend) -> str:
    """Of somebody with an email address, who has just logged in with the password."""
    await backend.joins()
    return (await backend.signs_in()).token


# As Altogic has it


async def test_a_new_number_waits_for_its_code(backend: Backend) -> None:
    session = (await joins(backend)).token
    asked = await changes(backend, session)
    assert (asked.body["phone"], "session" in asked.body) == (ADA, False)
    confirmed = await types(backend, "verify-phone", await read_code(backend, GRACE), GRACE)
    assert (confirmed.body["user"]["phone"], confirmed.body["session"]) == (GRACE, None)
    assert (await backend.get("/auth/user", session=session)).body["phone"] == GRACE
    assert (await list_sms(backend, ADA))[0].startswith("Your account at Account pages has another phone number now")
    assert (await logs_in_by_phone(backend, ADA)).status == 401
    assert (await logs_in_by_phone(backend, GRACE)).status == 200


async def test_where_numbers_are_not_confirmed_one_is_changed_at_once(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", PHONE_CONFIRMATION="off") as backend:
        session = (await joins(backend)).token
        assert (await changes(backend, session)).body["phone"] == GRACE


async def test_a_wrong_password_and_a_number_that_is_taken_are_told(backend: Backend) -> None:
    session = (await joins(backend)).token
    refused = await changes(backend, session, password="wrong battery")
    assert (refused.status, refused.code) == (401, "invalid_credentials")
    await joins(backend, GRACE)
    refused = await changes(backend, session)
    assert (refused.status, refused.code, refused.params) == (400, "phone_not_unique", ["newPhone"])
    assert (await backend.post("/auth/change-phone", {})).code == "missing_session_token"
    missing = await backend.post("/auth/change-phone", {}, session=session)
    assert (missing.status, missing.params) == (400, ["currentPassword", "newPhone"])


async def test_a_number_that_is_taken_meanwhile_is_told_to_whoever_has_the_phone(backend: Backend) -> None:
    session = (await joins(backend)).token
    await changes(backend, session)
    code = await read_code(backend, GRACE)
    backend.clock.advance(minutes=1)
    assert (await joins(backend, GRACE, headers={"X-Device": "g" * 30})).status == 200
    refused = await types(backend, "verify-phone", code, GRACE)
    assert (refused.status, refused.code) == (400, "phone_not_unique")


# At a site of ours


async def test_a_number_is_added_by_its_code_in_the_session_that_asked(backend: Backend, session: str) -> None:
    other = (await backend.signs_in()).token
    asked = await backend.post("/account/phone", {"phone": "+49 151 12345678"}, session=session)
    assert (asked.body["phone"], asked.body["pending"]["phone"]) == (None, ADA)
    assert asked.body["pending"]["expiryDtm"] > asked.body["pending"]["sentDtm"]
    assert (await backend.get("/account/phone", session=other)).body["pending"]["expiryDtm"] is None
    code = {"code": await read_code(backend)}
    for refused in (
        await backend.post("/account/phone/code", code, session=other),
        await backend.post("/account/phone/code", {"code": make_wrong(code["code"])}, session=session),
    ):
        assert (refused.status, refused.code) == (401, "wrong_code")
    for _click in range(2):
        user = (await backend.post("/account/phone/code", code, session=session)).body
        assert (user["phone"], user["phoneVerified"], user["email"]) == (ADA, True, "ada@example.com")
    told = (await backend.get("/account/phone", session=session)).body
    assert told == {"phone": ADA, "phoneVerified": True, "pending": None, "isRemovable": True}
    await asks(backend, "send-code")
    logged_in = await types(backend, "signin-code", await read_code(backend))
    assert logged_in.body["user"]["_id"] == user["_id"]


async def test_another_code_can_be_sent_or_the_change_given_up(backend: Backend, session: str) -> None:
    assert (await backend.post("/account/phone/again", session=session)).code == "nothing_pending"
    await backend.post("/account/phone", {"phone": ADA}, session=session)
    first = await read_code(backend)
    backend.clock.advance(minutes=11)
    again = await backend.post("/account/phone/again", session=session)
    assert again.body["pending"]["sentDtm"] > again.body["pending"]["requestedDtm"]
    assert (await backend.post("/account/phone/code", {"code": first}, session=session)).code == "wrong_code"
    for is_cancelled in (True, False):
        answer = await backend.post("/account/phone/cancel", session=session)
        assert answer.body == {"cancelled": is_cancelled}
    assert (await backend.get("/account/phone", session=session)).body["pending"] is None


async def test_a_number_that_waits_ends_with_a_new_password(backend: Backend, session: str) -> None:
    await backend.post("/account/phone", {"phone": ADA}, session=session)
    body = {"oldPassword": PASSWORD, "newPassword": "a better battery"}
    assert (await backend.post("/auth/change-pwd", body, session=session)).status == 200
    assert (await backend.get("/account/phone", session=session)).body["pending"] is None


async def test_nobody_is_told_whose_a_number_is_but_its_owner(backend: Backend, session: str) -> None:
    await joins(backend, GRACE)
    backend.clock.advance(minutes=1)
    for phone in (GRACE, ADA):
        asked = await backend.post("/account/phone", {"phone": phone}, session=session)
        assert (asked.status, asked.body["pending"]["phone"]) == (200, phone)
        assert len(await list_sms(backend, phone)) == 1
        if phone == GRACE:
            code = {"code": await read_code(backend, GRACE)}
            refused = await backend.post("/account/phone/code", code, session=session)
            assert (refused.status, refused.code) == (400, "phone_not_unique")


async def test_it_takes_a_session_that_was_confirmed_lately(backend: Backend, session: str) -> None:
    backend.clock.advance(minutes=16)
    for path, body in (("/account/phone", {"phone": ADA}), ("/account/phone/remove", None)):
        assert (await backend.post(path, body, session=session)).code == "confirmation_required"
    wrong = {"phone": ADA, "currentPassword": "wrong battery"}
    assert (await backend.post("/account/phone", wrong, session=session)).code == "invalid_credentials"
    right = {"phone": ADA, "currentPassword": PASSWORD}
    assert (await backend.post("/account/phone", right, session=session)).status == 200


async def test_a_number_is_removed_but_for_the_last_way_in(backend: Backend, session: str) -> None:
    await adds(backend, session)
    removed = await backend.post("/account/phone/remove", session=session)
    assert "phone" not in removed.body
    await joins(backend, GRACE)
    only = (await logs_in_by_phone(backend, GRACE)).token
    assert (await backend.get("/account/phone", session=only)).body["isRemovable"] is False
    refused = await backend.post("/account/phone/remove", session=only)
    assert (refused.status, refused.code) == (409, "last_way_in")


async def test_the_mailbox_and_the_history_tell_of_a_number_and_its_end(backend: Backend, session: str) -> None:
    await adds(backend, session)
    await backend.post("/account/phone/remove", session=session)
    await backend.waits_for_mails()
    removed, added = [page for page in await backend.mails() if "phone number" in page.lower()]
    assert "was removed from your account" in removed
    assert "has a new phone number" in added
    kinds = [event["kind"] for event in (await backend.get("/account/events", session=session)).body["events"]]
    assert [kind for kind in kinds if kind.startswith("phone.")] == ["phone.removed", "phone.added", "phone.requested"]


@pytest.mark.parametrize("by", ["mail", "history"])
async def test_a_number_that_a_stranger_has_added_goes_with_this_was_not_me(
    backend: Backend, session: str, by: str
) -> None:
    await adds(backend, session)
    if by == "mail":
        await backend.waits_for_mails()
        page = next(page for page in await backend.mails() if "has a new phone number" in page)
        token = (await backend.opens(link_in(page))).token
        assert (await backend.post("/auth/access-token/disown", params={"key": token})).status == 200
    else:
        told = (await backend.get("/account/events", session=session)).body["events"]
        (event,) = [event for event in told if event["kind"] == "phone.added"]
        assert event["isDisownable"] is True
        disowned = await backend.post("/account/event/disown", params={"id": event["_id"]}, session=session)
        assert disowned.status == 200, disowned.body
    assert await backend.services.store.read(lambda queries: queries.users.find_by_phone(ADA)) is None


# Without an email address


async def test_somebody_without_an_address_can_do_everything_but_read_mail(backend: Backend) -> None:
    await joins(backend)
    session = (await logs_in_by_phone(backend)).token
    methods = (await backend.get("/account/confirm", session=session)).body["methods"]
    assert methods == ["password"]
    assert (await backend.post("/account/confirm/code", session=session)).code == "not_allowed"
    assert (await backend.post("/account/factors/totp/begin", session=session)).body["uri"].count("%2B49151") == 1
    options = await backend.post("/account/passkeys/options", {"purpose": "add", "browser": "b" * 30}, session=session)
    assert (options.body["user"]["name"], options.body["user"]["displayName"]) == (ADA, "Ada")
    assert (await backend.get("/account/passkeys", session=session)).body["userName"] == ADA
    left = await backend.post("/account/leave", session=session)
    assert left.status == 200
    session = (await logs_in_by_phone(backend)).token
    refused = await backend.post("/account/leave/now/code", session=session)
    assert (refused.status, refused.code) == (401, "email_not_verified")
    await backend.post("/account/leave/cancel", session=session)
    asked = await backend.post("/account/email/pending", {"newEmail": "ada@example.com"}, session=session)
    assert asked.status == 200, asked.body
    await backend.waits_for_mails()
    await backend.opens(await backend.newest_link("ada@example.com"), "POST")
    user = (await backend.get("/auth/user", session=session)).body
    assert (user["email"], user["emailVerified"], user["phone"]) == ("ada@example.com", True, ADA)


async def test_a_strangers_number_goes_with_what_is_taken_back_where_nobody_proves_addresses(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", EMAIL_CONFIRMATION="off") as backend:
        await backend.signs_up("ada@example.com")
        thief = (await backend.signs_in()).token
        body = {"currentPassword": PASSWORD, "newEmail": "thief@example.com"}
        assert (await backend.post("/auth/change-email", body, session=thief)).status == 200
        await adds(backend, thief)
        assert (await undoes(backend, await open_undo(backend))).status == 200
        assert await backend.services.store.read(lambda queries: queries.users.find_by_phone(ADA)) is None


async def test_this_was_not_me_takes_a_number_away_where_nobody_proves_addresses(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", EMAIL_CONFIRMATION="off") as backend:
        await backend.signs_up("ada@example.com")
        await adds(backend, (await backend.signs_in()).token)
        await backend.waits_for_mails()
        page = next(page for page in await backend.mails() if "has a new phone number" in page)
        assert await disowns(backend, (await backend.opens(link_in(page))).token) == 200
        assert await backend.services.store.read(lambda queries: queries.users.find_by_phone(ADA)) is None


async def test_a_first_proof_of_the_address_takes_away_a_number_of_before(tmp_path: Path) -> None:
    """Whoever typed the address before its owner may have put a number of their own beside it."""
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", EMAIL_CONFIRMATION="off") as backend:
        await backend.signs_up("ada@example.com")
        await adds(backend, (await backend.signs_in()).token)
        await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
        landing = await backend.opens(await backend.newest_link())
        chosen = {"newPassword": "words of the owner alone"}
        assert (await backend.post("/auth/reset-pwd", chosen, params={"key": landing.token})).status == 200
        ada = (await backend.signs_in(password=chosen["newPassword"])).token
        assert (await backend.get("/account/phone", session=ada)).body["phone"] is None
