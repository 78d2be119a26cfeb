"""A new address: asked for, pending, confirmed, cancelled; both boxes are told."""

import asyncio
import io
import zipfile

import pytest

from tests.kit.backend import IPHONE, Backend
from tests.kit.contract import API, headers_of
from tests.kit.contract_sessions import is_open
from tests.kit.email_changes import NEW, NEWER, OLD, asks, changes, confirms_new, find_email, find_pending
from tests.kit.history import list_kinds
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases
BOB = "bob@example.com"


async def test_both_boxes_are_told_when_it_is_asked_for(backend: Backend) -> None:
    session = (await backend.joins()).token
    before = len(await backend.links_to(OLD))
    assert (await asks(backend, session)).status == 200
    assert [len(await backend.links_to(box)) for box in (OLD, NEW)] == [before + 1, 1]
    assert await find_email(backend, session) == OLD, "nothing has changed yet"
    assert all(NEW not in mail for mail in await backend.mails() if f"<bdi>{OLD}</bdi>" in mail)


async def test_what_is_pending_is_shown_and_can_be_cancelled(backend: Backend) -> None:
    session = (await backend.joins()).token
    assert await find_pending(backend, session) is None
    answer = await asks(backend, session)
    assert answer.body["pending"] == await find_pending(backend, session)
    assert answer.body["pending"]["email"] == NEW
    me = await backend.get("/account/me", params={"sessions": "1"}, session=session)
    assert me.body["pendingEmail"] == answer.body["pending"]

    assert (await backend.post("/account/email/cancel", session=session)).body == {"cancelled": True}
    assert await find_pending(backend, session) is None
    assert (await backend.post("/account/email/cancel", session=session)).body == {"cancelled": False}
    assert (await confirms_new(backend)).query["code"] == "link_used"
    assert await find_email(backend, session) == OLD
    assert (await list_kinds(backend, session))[-2:] == ["email.requested", "email.cancelled"]


async def test_one_change_is_pending_the_latest(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session, NEW)
    await asks(backend, session, NEWER)
    pending = await find_pending(backend, session)
    assert pending
    assert pending["email"] == NEWER
    assert (await confirms_new(backend, NEW)).query["code"] == "link_used"
    assert (await confirms_new(backend, NEWER)).query["status"] == "200"
    assert await find_email(backend, session) == NEWER


async def test_of_two_tabs_at_once_one_change_is_pending(backend: Backend) -> None:
    session = (await backend.joins()).token
    both = await asyncio.gather(asks(backend, session, NEW), asks(backend, session, NEWER))
    assert [answer.status for answer in both] == [200, 200]
    outcomes = [(await confirms_new(backend, new)).query["status"] for new in (NEW, NEWER)]
    assert sorted(outcomes) == ["200", "400"]


async def test_a_double_click_mails_once(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asyncio.gather(asks(backend, session), asks(backend, session))
    assert len(await backend.links_to(NEW)) == 1


async def test_its_link_is_mailed_again_for_a_day_and_each_of_them_works(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    told = len(await backend.links_to(OLD))
    backend.clock.advance(hours=2)
    expired = await confirms_new(backend)
    assert expired.query["code"] == "link_expired"
    assert await find_pending(backend, session), "it can be mailed again"
    assert (await backend.post("/account/email/again", session=session)).status == 200
    assert len(await backend.links_to(OLD)) == told, "the old box was told"
    backend.clock.advance(hours=22)
    assert (await backend.post("/account/email/again", session=session)).code == "nothing_pending"
    assert await find_pending(backend, session) is None


async def test_the_expired_link_itself_asks_for_another_while_the_change_is_pending(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    backend.clock.advance(hours=2)
    reference = (await confirms_new(backend)).query["ref"]
    assert (await backend.post("/auth/resend", params={"key": reference})).status == 200
    assert len(await backend.links_to(NEW)) == 2
    await backend.post("/account/email/cancel", session=session)
    backend.clock.advance(minutes=1)
    assert (await backend.post("/auth/resend", params={"key": reference})).code == "nothing_pending"
    assert len(await backend.links_to(NEW)) == 2
    assert (await confirms_new(backend)).query["code"] == "link_used"


async def test_with_a_new_address_everybody_is_logged_out_but_who_asked(backend: Backend) -> None:
    session = (await backend.joins()).token
    other = (await backend.signs_in(headers={"User-Agent": IPHONE})).token
    await changes(backend, session)
    assert await is_open(backend, session)
    assert not await is_open(backend, other)


async def test_cancelled_and_confirmed_at_once_has_one_outcome_which_is_told(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    cancelled, landing = await asyncio.gather(
        backend.post("/account/email/cancel", session=session), confirms_new(backend)
    )
    is_changed = await find_email(backend, session) == NEW
    assert cancelled.body == {"cancelled": not is_changed}
    assert landing.query["status"] == ("200" if is_changed else "400")


async def test_the_link_pressed_in_two_browsers_at_once_works_once(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    landings = await asyncio.gather(confirms_new(backend), confirms_new(backend))
    assert sorted(landing.query["status"] for landing in landings) == ["200", "400"]
    assert await find_email(backend, session) == NEW
    described = await backend.get("/auth/access-token", params={"key": landings[0].query["ref"]})
    assert (described.body["state"], described.body["inForce"]) == ("used", True)


@pytest.mark.parametrize("path", ["/auth/signout-all-except", "/auth/signout-all"])
async def test_logging_out_everywhere_ends_it(backend: Backend, path: str) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    assert (await backend.post(path, session=session)).status == 200
    assert (await confirms_new(backend)).query["code"] == "link_used"


async def test_a_new_password_ends_it(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    body = {"oldPassword": PASSWORD, "newPassword": "other words of hers"}
    assert (await backend.post("/auth/change-pwd", body, session=session)).status == 200
    assert await find_pending(backend, session) is None
    assert (await confirms_new(backend)).query["code"] == "link_used"


async def test_a_reset_ends_it(backend: Backend) -> None:
    session = (await backend.joins()).token
    await asks(backend, session)
    await backend.post("/auth/send-reset", params={"email": OLD})
    token = (await backend.opens(await backend.newest_link(to=OLD))).token
    assert (await backend.post("/auth/reset-pwd", {"newPassword": PASSWORD}, params={"key": token})).status == 200
    assert (await confirms_new(backend)).query["code"] == "link_used"
    assert (await backend.signs_in()).status == 200


# --- who may ask


async def test_the_password_may_be_left_out_for_15_minutes_after_it_was_typed(backend: Backend) -> None:
    by_link = (await backend.joins()).token
    typed = (await backend.signs_in()).token
    body = {"newEmail": NEW}
    refused = await backend.post("/account/email/pending", body, session=by_link)
    assert (refused.status, refused.code) == (403, "confirmation_required")
    assert (await backend.post("/account/email/pending", body, session=typed)).status == 200
    backend.clock.advance(minutes=15)
    assert (await backend.post("/account/email/pending", body, session=typed)).code == "confirmation_required"
    assert (await backend.post("/auth/change-email", body, session=typed)).code == "confirmation_required"


async def test_wrong_passwords_count_like_those_of_a_log_in(backend: Backend) -> None:
    session = (await backend.joins()).token
    body = {"currentPassword": "wrong", "newEmail": NEW}
    statuses = [(await backend.post("/account/email/pending", body, session=session)).status for _ in range(11)]
    assert (statuses[0], statuses[-1]) == (401, 429)


# --- the address of somebody else


async def test_nobody_learns_that_an_address_is_taken_but_its_owner(backend: Backend) -> None:
    await backend.joins(BOB, name="Bob")
    session = (await backend.joins()).token
    before = len(await backend.links_to(BOB))
    free, free_pending = await asks(backend, session, NEW), await find_pending(backend, session)
    taken, taken_pending = await asks(backend, session, BOB), await find_pending(backend, session)
    assert (free.status, taken.status) == (200, 200)
    assert free_pending
    assert taken_pending
    assert free_pending.keys() == taken_pending.keys()
    assert len(await backend.links_to(OLD)) == 3, "the old box is told of both"

    (link, *_) = await backend.links_to(BOB)
    assert len(await backend.links_to(BOB)) == before + 1
    assert "action=magic-link" in link, "his own way in, not a way into hers"
    backend.clock.advance(minutes=1)
    again = await backend.post("/account/email/again", session=session)
    assert (again.status, len(await backend.links_to(BOB))) == (200, before + 2)
    granted = await backend.grants((await backend.opens(link)).token)
    assert granted.body["user"]["email"] == BOB
    assert await find_email(backend, session) == OLD


async def test_the_export_tells_it_no_more_than_the_pending_change(backend: Backend) -> None:
    await backend.joins(BOB, name="Bob")
    await backend.joins()
    session = (await backend.signs_in()).token
    shown = []
    for new in (NEW, BOB):
        backend.clock.advance(minutes=1)
        await asks(backend, session, new)
        await backend.waits_for_mails()
        answer = await backend.http.get(f"{API}/account/export", headers=headers_of(session))
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            told = {name: archive.read(name).decode().count(new) for name in archive.namelist()}
        shown.append({name: count for name, count in told.items() if count})
    assert shown == [{"links.json": 2}] * 2, "the link to the new box, and the one to the old"


async def test_where_it_is_told_asking_is_counted(backend: Backend) -> None:
    """Altogic's own call tells, and whoever has just confirmed who they are needs no password for it."""
    await backend.joins(BOB, name="Bob")
    await backend.joins()
    backend.clock.advance(hours=2)  # by then no mail counts that was sent before
    session = (await backend.signs_in()).token
    body = {"newEmail": BOB}
    answers = [await backend.post("/auth/change-email", body, session=session) for _ in range(6)]
    assert [answer.code for answer in answers] == ["email_not_unique"] * 5 + ["rate_limit_exceeded"]


async def test_free_and_taken_addresses_count_alike(backend: Backend) -> None:
    await backend.joins(BOB, name="Bob")
    await backend.joins()
    statuses = []
    for new in (NEW, BOB):
        backend.clock.advance(hours=2)
        session = (await backend.signs_in()).token
        answers = []
        for _ in range(6):
            backend.clock.advance(minutes=1)
            answers.append((await asks(backend, session, new)).status)
        statuses.append(answers)
    assert statuses[0] == statuses[1] == [200] * 5 + [429]


async def test_mails_to_both_boxes_count(backend: Backend) -> None:
    """Five an hour to an address: changes from one to another new one are as many mails to the old one."""
    session = (await backend.joins()).token
    backend.clock.advance(hours=2)
    statuses = [(await asks(backend, session, f"new{number}@example.com")).status for number in range(6)]
    assert statuses == [200] * 5 + [429]
    assert len(await backend.links_to(OLD)) == 1 + 5


async def test_without_confirmation_the_old_box_is_told_all_the_same(unconfirming: Backend) -> None:
    session = (await unconfirming.joins()).token
    other = (await unconfirming.signs_in(headers={"User-Agent": IPHONE})).token
    assert (await asks(unconfirming, session)).body == {"pending": None}
    assert await find_email(unconfirming, session) == NEW
    assert len(await unconfirming.links_to(OLD)) == 1
    assert not await is_open(unconfirming, other)
