"""A new password: by a mailed link, and with the one before."""

import pytest

from tests.kit.backend import Backend
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW = "another fine password"


async def _reset_token(backend: Backend) -> str:
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    landing = await backend.opens(await backend.newest_link())
    assert landing.query["action"] == "reset-pwd"
    return landing.token


async def test_a_reset_sets_the_password_and_ends_every_session_and_link(backend: Backend) -> None:
    session = (await backend.joins()).token
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    magic = await backend.newest_link()
    token = await _reset_token(backend)
    assert (await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params={"key": token})).body == {}

    assert (await backend.get("/auth/user", session=session)).code == "invalid_session_token"
    assert (await backend.opens(magic)).query["code"] == "link_used"
    assert (await backend.signs_in(password=PASSWORD)).code == "invalid_sign_in_credentials"
    assert (await backend.signs_in(password=NEW)).status == 200
    again = await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params={"key": token})
    assert (again.status, again.code) == (403, "invalid_access_token")


async def test_a_reset_token_is_refused_by_grant_and_stays_good(backend: Backend) -> None:
    await backend.joins()
    token = await _reset_token(backend)
    refused = await backend.grants(token)
    assert (refused.status, refused.code) == (401, "invalid_token_type")
    assert (await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params={"key": token})).status == 200


async def test_a_reset_needs_a_token_of_its_own_kind_and_a_password(backend: Backend) -> None:
    await backend.joins()
    token = await _reset_token(backend)
    short = await backend.post("/auth/reset-pwd", {"newPassword": "short"}, params={"key": token})
    assert short.params == ["newPassword"]
    assert (await backend.post("/auth/reset-pwd", {"newPassword": NEW})).code == "missing_access_token"
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    magic = (await backend.opens(await backend.newest_link())).token
    wrong = await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params={"key": magic})
    assert (wrong.status, wrong.code) == (401, "invalid_token_type")


async def test_changing_the_password_ends_the_other_sessions(backend: Backend) -> None:
    mine, other = (await backend.joins()).token, (await backend.signs_in()).token
    wrong = await backend.post("/auth/change-pwd", {"newPassword": NEW, "oldPassword": "wrong"}, session=mine)
    assert (wrong.status, wrong.code) == (401, "invalid_credentials")
    changed = await backend.post("/auth/change-pwd", {"newPassword": NEW, "oldPassword": PASSWORD}, session=mine)
    assert changed.body == {}
    assert (await backend.get("/auth/user", session=mine)).status == 200
    assert (await backend.get("/auth/user", session=other)).code == "invalid_session_token"
    assert (await backend.signs_in(password=NEW)).status == 200
    bare = await backend.post("/auth/change-pwd", {}, session=mine)
    assert bare.params == ["newPassword", "oldPassword"]


async def test_the_others_may_stay_when_the_password_changes(backend: Backend) -> None:
    mine, other = (await backend.joins()).token, (await backend.signs_in()).token
    body = {"newPassword": NEW, "oldPassword": PASSWORD, "endOthers": False}
    assert (await backend.post("/auth/change-pwd", body, session=mine)).body == {}
    for session in (mine, other):
        assert (await backend.get("/auth/user", session=session)).status == 200


async def test_the_owner_is_mailed_that_the_password_was_changed_and_takes_it_back(backend: Backend) -> None:
    thief = (await backend.joins()).token
    backend.clock.advance(minutes=1)
    body = {"newPassword": NEW, "oldPassword": PASSWORD}
    assert (await backend.post("/auth/change-pwd", body, session=thief)).status == 200
    assert "Your password was changed" in await backend.newest_mail()
    backend.clock.advance(hours=23)
    landing = await backend.opens(await backend.newest_link())
    assert landing.query["action"] == "reset-pwd"

    mine = {"newPassword": "words of the owner"}
    assert (await backend.post("/auth/reset-pwd", mine, params={"key": landing.token})).status == 200
    assert (await backend.get("/auth/user", session=thief)).code == "invalid_session_token"
    assert (await backend.signs_in(password=NEW)).status == 401
    assert (await backend.signs_in(password="words of the owner")).status == 200


async def test_whoever_changes_it_again_and_again_cannot_end_what_the_owner_was_mailed(backend: Backend) -> None:
    session = (await backend.joins()).token
    for old, new in ((PASSWORD, NEW), (NEW, PASSWORD)):
        body = {"newPassword": new, "oldPassword": old}
        assert (await backend.post("/auth/change-pwd", body, session=session)).status == 200
    newest, before = (await backend.links())[:2]
    token = (await backend.opens(before)).token
    assert (await backend.opens(newest)).query["status"] == "200"
    mine = {"newPassword": "words of the owner"}
    assert (await backend.post("/auth/reset-pwd", mine, params={"key": token})).status == 200
    assert (await backend.opens(newest)).query["code"] == "link_used"


async def test_a_link_asked_for_right_after_a_change_is_mailed_too(backend: Backend) -> None:
    session = (await backend.joins()).token
    await backend.post("/auth/change-pwd", {"newPassword": NEW, "oldPassword": PASSWORD}, session=session)
    before = len(await backend.mails())
    for _click in ("a double", "click"):
        await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    newest, *older = await backend.mails()
    assert ("Choose a new password" in newest, len(older)) == (True, before)


async def test_after_a_reset_the_owner_is_mailed_too_and_nobody_is_without_a_password_changed(
    backend: Backend,
) -> None:
    await backend.joins()
    token = await _reset_token(backend)
    before = len(await backend.mails())
    made_up = await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params={"key": "made-up"})
    assert (made_up.status, len(await backend.mails())) == (403, before)
    assert (await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params={"key": token})).status == 200
    assert len(await backend.mails()) == before + 1
