"""Undoing a change of address from the old box: for seven days, without a session."""

import asyncio

import pytest

from tests.kit.backend import Backend
from tests.kit.contract_sessions import is_open
from tests.kit.email_changes import (
    NEW,
    NEWER,
    OLD,
    asks,
    changes,
    confirms_new,
    find_email,
    find_pending,
    find_undo_link,
    open_undo,
    takes_back,
    undoes,
)
from tests.kit.history import list_kinds
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases
OTHER_PASSWORD = "words of a thief alone"
DEVICE = {"X-Device": "the browser of a thief, known"}


async def test_the_old_box_gets_the_address_back_and_everybody_is_logged_out(backend: Backend) -> None:
    owner = (await backend.joins()).token
    thief = (await backend.signs_in(headers=DEVICE)).token
    await changes(backend, thief)
    session = await takes_back(backend, await open_undo(backend))
    assert not await is_open(backend, thief)
    assert not await is_open(backend, owner)
    assert (await backend.signs_in(NEW)).code == "invalid_sign_in_credentials"
    assert await find_email(backend, session) == OLD
    assert (await list_kinds(backend, session))[-3:] == ["email.undone", "password.reset", "session.opened"]


async def test_whoever_knew_the_password_is_not_back_before_there_is_a_new_one(backend: Backend) -> None:
    """They would end the owner's link to choose one, or delete the account."""
    await backend.joins()
    thief = (await backend.signs_in(headers=DEVICE)).token
    await changes(backend, thief)
    token = await open_undo(backend)
    assert (await undoes(backend, token)).status == 200
    for box in (OLD, NEW):
        assert (await backend.signs_in(box, headers=DEVICE)).code == "invalid_sign_in_credentials"


async def test_an_account_cannot_be_deleted_at_once_while_the_old_box_can_take_it_back(backend: Backend) -> None:
    await backend.joins()
    thief = (await backend.signs_in()).token
    await changes(backend, thief)
    link = await find_undo_link(backend)
    await changes(backend, thief, NEWER)
    assert (await backend.post("/account/leave", session=thief)).status == 200
    thief = (await backend.signs_in(NEWER)).token
    assert (await backend.post("/account/leave/now/code", session=thief)).code == "email_can_be_undone"
    session = await takes_back(backend, (await backend.opens(link)).token)
    assert await find_email(backend, session) == OLD


async def test_a_week_after_a_change_it_can(backend: Backend) -> None:
    session = (await backend.joins()).token
    await changes(backend, session)
    await backend.waits_for_mails()
    backend.clock.advance(days=7)
    await backend.post("/account/leave", session=(await backend.signs_in(NEW)).token)
    session = (await backend.signs_in(NEW)).token
    assert (await backend.post("/account/leave/now/code", session=session)).status == 200


async def test_what_was_only_asked_for_keeps_nobody_from_going_at_once(backend: Backend) -> None:
    await backend.joins()
    session = (await backend.signs_in()).token
    await asks(backend, session)
    await backend.post("/account/leave", session=session)
    session = (await backend.signs_in()).token
    assert (await backend.post("/account/leave/now/code", session=session)).status == 200


async def test_the_device_of_a_thief_is_known_no_more(backend: Backend) -> None:
    await backend.joins()
    await changes(backend, (await backend.signs_in()).token)
    await backend.signs_in(NEW, headers=DEVICE)
    await undoes(backend, await open_undo(backend))
    for _ in range(10):
        await backend.signs_in(OLD, "wrong")
    assert (await backend.signs_in(OLD, "wrong", headers=DEVICE)).status == 429


async def test_at_the_request_already_the_old_box_ends_it(backend: Backend) -> None:
    thief = (await backend.joins()).token
    await asks(backend, thief)
    token = await open_undo(backend)
    described = await backend.get("/auth/access-token", params={"key": token})
    assert (described.body["inForce"], described.body["otherEmail"]) == (True, "n…@…")
    session = await takes_back(backend, token)
    assert not await is_open(backend, thief)
    assert (await confirms_new(backend)).query["code"] == "link_used"
    assert (await list_kinds(backend, session))[-3:] == ["email.cancelled", "password.reset", "session.opened"]


async def test_for_seven_days_and_no_longer(backend: Backend) -> None:
    await changes(backend, (await backend.joins()).token)
    link = await find_undo_link(backend)
    backend.clock.advance(days=7, minutes=-1)
    assert (await backend.opens(link)).query["status"] == "200"
    backend.clock.advance(minutes=1)
    assert (await backend.opens(link)).query["code"] == "link_expired"


async def test_opened_it_changes_nothing(backend: Backend) -> None:
    session = (await backend.joins()).token
    await changes(backend, session)
    for _ in range(3):
        await open_undo(backend)
    assert await find_email(backend, session) == NEW


async def test_it_survives_whatever_a_thief_does(backend: Backend) -> None:
    """More changes, new passwords, log-outs, a reset at the new address."""
    await backend.joins()
    thief = (await backend.signs_in()).token
    await changes(backend, thief)
    link = await find_undo_link(backend)
    body = {"oldPassword": PASSWORD, "newPassword": OTHER_PASSWORD}
    assert (await backend.post("/auth/change-pwd", body, session=thief)).status == 200
    assert (await backend.post("/auth/signout-all", session=thief)).status == 200
    await backend.post("/auth/send-reset", params={"email": NEW})
    key = {"key": (await backend.opens(await backend.newest_link(to=NEW))).token}
    assert (await backend.post("/auth/reset-pwd", {"newPassword": PASSWORD}, params=key)).status == 200
    thief = (await backend.signs_in(NEW)).token
    await changes(backend, thief, NEWER)
    await asks(backend, thief, "newest@example.com")

    session = await takes_back(backend, (await backend.opens(link)).token)
    assert not await is_open(backend, thief)
    assert await find_email(backend, session) == OLD
    assert await find_pending(backend, session) is None


async def test_an_account_that_a_thief_has_left_is_kept(backend: Backend) -> None:
    await backend.joins()
    thief = (await backend.signs_in()).token
    await changes(backend, thief)
    assert (await backend.post("/account/leave", session=thief)).status == 200
    session = await takes_back(backend, await open_undo(backend))
    assert (await backend.get("/auth/user", session=session)).body.get("leavingDtm") is None
    assert "account.kept" in await list_kinds(backend, session)


async def test_the_new_box_cannot_undo_that_the_address_came_back(backend: Backend) -> None:
    """Whoever has it got a link of the same kind when the thief went on to a third address."""
    thief = (await backend.joins()).token
    await changes(backend, thief)
    link = await find_undo_link(backend)
    await changes(backend, thief, NEWER)
    of_thief = await find_undo_link(backend, NEW)
    session = await takes_back(backend, (await backend.opens(link)).token)
    assert (await backend.opens(of_thief)).query["code"] == "link_used"
    assert (await backend.opens(await find_undo_link(backend))).query["code"] == "link_used"
    assert await find_email(backend, session) == OLD


async def test_nor_that_its_owner_changed_it_back_by_hand(backend: Backend) -> None:
    session = (await backend.joins()).token
    await changes(backend, session)
    assert (await asks(backend, session, OLD)).status == 200
    of_new_box = await find_undo_link(backend, NEW)
    confirmation = next(link for link in await backend.links_to(OLD) if "action=change-email" in link)
    backend.clock.advance(milliseconds=1)
    assert (await backend.opens(confirmation, "POST")).query["status"] == "200"
    assert await find_email(backend, session) == OLD
    assert (await backend.opens(of_new_box)).query["code"] == "link_used"
    assert len([link for link in await backend.links_to(NEW) if "undo" in link]) == 1


async def test_not_after_somebody_else_has_registered_the_address(backend: Backend) -> None:
    session = (await backend.joins()).token
    await changes(backend, session)
    token = await open_undo(backend)
    backend.clock.advance(minutes=1)
    other = await backend.joins(OLD, "other words of hers", name="Somebody")
    assert (await undoes(backend, token)).code == "email_not_unique"
    assert await find_email(backend, session) == NEW
    assert await is_open(backend, other.token)


async def test_without_confirmation_nobody_else_can_register_it_as_long_as_it_can_be_undone(
    unconfirming: Backend,
) -> None:
    """A thief would, or somebody for them, so that the owner's link comes to nothing."""
    backend = unconfirming
    thief = (await backend.joins()).token
    other = (await backend.joins("bob@example.com", name="Bob")).token
    assert (await asks(backend, thief)).status == 200
    assert (await backend.signs_up(OLD.upper(), "words of a thief")).code == "email_not_unique"
    assert (await asks(backend, other, OLD)).code == "email_not_unique"
    body = {"currentPassword": PASSWORD, "newEmail": OLD}
    assert (await backend.post("/auth/change-email", body, session=other)).code == "email_not_unique"
    session = await takes_back(backend, await open_undo(backend))
    assert await find_email(backend, session) == OLD


async def test_its_own_account_can_have_it_back_by_hand(unconfirming: Backend) -> None:
    backend = unconfirming
    session = (await backend.joins()).token
    await asks(backend, session)
    assert (await asks(backend, session, OLD)).status == 200
    assert await find_email(backend, session) == OLD


async def test_without_confirmation_a_week_later_it_is_free(unconfirming: Backend) -> None:
    backend = unconfirming
    await asks(backend, (await backend.joins()).token)
    await backend.waits_for_mails()
    backend.clock.advance(days=7)
    assert (await backend.signs_up(OLD, "other words of hers")).status == 200


async def test_an_address_that_came_back_is_free_again_where_it_was(unconfirming: Backend) -> None:
    """What the thief had is nobody's any more."""
    backend = unconfirming
    await asks(backend, (await backend.joins()).token)
    await takes_back(backend, await open_undo(backend))
    assert (await backend.signs_up(NEW, "other words of hers")).status == 200


async def test_what_somebody_only_typed_for_the_address_does_not_stand_in_the_way(backend: Backend) -> None:
    await changes(backend, (await backend.joins()).token)
    token = await open_undo(backend)
    backend.clock.advance(minutes=1)
    await backend.signs_up(OLD, name="Mallory")
    assert await find_email(backend, await takes_back(backend, token)) == OLD


async def test_it_works_once_however_often_it_is_pressed_at_once(backend: Backend) -> None:
    await changes(backend, (await backend.joins()).token)
    token = await open_undo(backend)
    answers = await asyncio.gather(*(undoes(backend, token) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [200, 403, 403]


async def test_undone_and_confirmed_at_once_the_old_box_wins(backend: Backend) -> None:
    thief = (await backend.joins()).token
    await asks(backend, thief)
    token = await open_undo(backend)
    undone, _ = await asyncio.gather(undoes(backend, token), confirms_new(backend))
    assert undone.status == 200
    key = {"key": undone.body["resetToken"]}
    assert (await backend.post("/auth/reset-pwd", {"newPassword": OTHER_PASSWORD}, params=key)).status == 200
    session = (await backend.signs_in(OLD, OTHER_PASSWORD)).token
    assert await find_email(backend, session) == OLD


async def test_other_links_cannot_undo_and_this_one_opens_nothing(backend: Backend) -> None:
    await changes(backend, (await backend.joins()).token)
    token = await open_undo(backend)
    assert (await backend.grants(token)).code == "invalid_token_type"
    body = {"newPassword": OTHER_PASSWORD}
    assert (await backend.post("/auth/reset-pwd", body, params={"key": token})).code == "invalid_token_type"
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={"email": NEW})
    magic = (await backend.opens(await backend.newest_link(to=NEW))).token
    assert (await undoes(backend, magic)).code == "invalid_token_type"
    assert (await undoes(backend, "x" * 43)).code == "invalid_access_token"


async def test_wrong_tokens_are_counted(backend: Backend) -> None:
    statuses = [(await undoes(backend, f"{number:043}")).status for number in range(101)]
    assert (statuses[0], statuses[-1]) == (403, 429)


async def test_the_button_of_the_backend_undoes_it_and_leads_to_a_new_password(with_button: Backend) -> None:
    backend = with_button
    signed_up = await backend.signs_up()
    assert signed_up.status == 200
    session = (await backend.grants((await backend.opens(await backend.newest_link(), "POST")).token)).token
    await changes(backend, session)
    link = await find_undo_link(backend)
    page = await backend.http.get(link)
    assert page.status_code == 200
    assert OLD in page.text
    landing = await backend.opens(link, "POST")
    assert landing.query["action"] == "reset-pwd"
    body = {"newPassword": OTHER_PASSWORD}
    assert (await backend.post("/auth/reset-pwd", body, params={"key": landing.token})).status == 200
    assert (await backend.signs_in(OLD, OTHER_PASSWORD)).status == 200
