"""Leaving: an account goes some days after its owner asked for it, and until then a log-in keeps it."""

import asyncio

import pytest

from tests.kit.backend import Backend
from tests.kit.history import list_kinds
from tests.kit.leaving import (
    FILES,
    cleans_up,
    leaves,
    list_letters,
    lives_here,
    newest_link,
    text_of_newest,
)
from tests.kit.mail_server import RefusingServer
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

ASKED, KEPT = "Your account will be deleted", "Your account stays"


async def test_whoever_leaves_is_logged_out_everywhere_and_told_until_when_a_log_in_keeps_it(
    backend: Backend, smtp: RefusingServer
) -> None:
    me = await lives_here(backend)
    other = await backend.signs_in()
    answer = await leaves(backend, me.token)
    assert answer.status == 200
    assert answer.body["leavingDtm"].startswith("2026-03-28T09:26:53")
    for session in (me.token, other.token):
        assert (await backend.get("/auth/user", session=session)).code == "invalid_session_token"
    assert list_letters(smtp) == [ASKED]
    assert "deleted on 28 March 2026" in text_of_newest(smtp)

    again = await backend.signs_in()
    assert again.body["user"]["leavingDtm"] == answer.body["leavingDtm"]
    assert "account.leaving" in await list_kinds(backend, again.token)


async def test_the_mailed_link_logs_in_until_the_last_day(backend: Backend, smtp: RefusingServer) -> None:
    me = await lives_here(backend)
    await leaves(backend, me.token)
    backend.clock.advance(days=14, minutes=-1)
    granted = await backend.grants((await backend.opens(newest_link(smtp))).token)
    assert granted.status == 200
    assert "leavingDtm" in granted.body["user"]


async def test_other_log_ins_by_mail_do_not_end_it(backend: Backend, smtp: RefusingServer) -> None:
    me = await lives_here(backend)
    await leaves(backend, me.token)
    lasting = newest_link(smtp)
    backend.clock.advance(days=3)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    await backend.waits_for_mails()
    assert (await backend.grants((await backend.opens(newest_link(smtp))).token)).status == 200
    assert (await backend.grants((await backend.opens(lasting)).token)).status == 200
    assert (await backend.opens(lasting)).query["code"] == "link_used", "it works once"


async def test_it_ends_when_the_account_is_kept(backend: Backend, smtp: RefusingServer) -> None:
    me = await lives_here(backend)
    await leaves(backend, me.token)
    lasting = newest_link(smtp)
    await backend.post("/account/leave/cancel", session=(await backend.signs_in()).token)
    assert (await backend.opens(lasting)).query["code"] == "link_used"


async def test_links_that_were_mailed_before_open_nothing_any_more(backend: Backend, smtp: RefusingServer) -> None:
    me = await lives_here(backend)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    await backend.waits_for_mails()
    before = newest_link(smtp)
    await leaves(backend, me.token)
    assert (await backend.opens(before)).query["status"] == "400"


async def test_whoever_comes_back_keeps_everything(backend: Backend, smtp: RefusingServer) -> None:
    me = await lives_here(backend)
    await leaves(backend, me.token)
    again = await backend.signs_in()
    kept = await backend.post("/account/leave/cancel", session=again.token)
    assert (kept.status, "leavingDtm" in kept.body) == (200, False)
    assert (await backend.post("/account/leave/cancel", session=again.token)).status == 200, "a second click"
    await backend.waits_for_mails()
    assert list_letters(smtp) == [ASKED, KEPT]
    backend.clock.advance(days=20)
    await cleans_up(backend)
    back = await backend.signs_in()
    assert back.status == 200
    page = {"bucket": "root", "expression": "", "options": {"limit": 100}}
    files = await backend.post("/storage/bucket/list-files", page, session=back.token)
    assert len(files.body) == FILES, "all but the photo that no profile shows"


async def test_until_then_the_address_is_taken_and_afterwards_it_is_free(backend: Backend) -> None:
    me = await lives_here(backend)
    await leaves(backend, me.token)
    assert (await backend.signs_up()).code == "email_not_unique"
    backend.clock.advance(days=14, seconds=1)
    await cleans_up(backend)
    assert (await backend.signs_up()).status == 200


async def test_of_a_double_click_both_get_the_same_answer_and_one_mail_is_sent(
    backend: Backend, smtp: RefusingServer
) -> None:
    me = await lives_here(backend)
    first, second = await asyncio.gather(leaves(backend, me.token), leaves(backend, me.token))
    third = await leaves(backend, me.token)
    assert [answer.status for answer in (first, second, third)] == [200] * 3
    assert len({answer.body["leavingDtm"] for answer in (first, second, third)}) == 1
    assert list_letters(smtp) == [ASKED]
    backend.clock.advance(seconds=6)
    assert (await leaves(backend, me.token)).code == "invalid_session_token"


async def test_whoever_is_leaving_already_is_logged_out_and_goes_no_later(
    backend: Backend, smtp: RefusingServer
) -> None:
    me = await lives_here(backend)
    first = await leaves(backend, me.token)
    backend.clock.advance(days=1)
    again = await backend.signs_in()
    second = await leaves(backend, again.token)
    assert second.body == first.body
    assert (await backend.get("/auth/user", session=again.token)).code == "invalid_session_token"
    assert list_letters(smtp) == [ASKED]


async def test_another_persons_form_does_not_make_me_leave(backend: Backend) -> None:
    me = await lives_here(backend)
    assert (await leaves(backend, me.token, id="0" * 24)).code == "permission_denied"
    assert (await backend.get("/auth/user", session=me.token)).status == 200


async def test_a_log_in_by_link_is_not_enough_to_leave(backend: Backend, smtp: RefusingServer) -> None:
    await lives_here(backend)
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    await backend.waits_for_mails()
    granted = await backend.grants((await backend.opens(newest_link(smtp))).token)
    assert (await leaves(backend, granted.token)).code == "confirmation_required"
    assert (await backend.post("/account/leave/now/code", session=granted.token)).code == "confirmation_required"
    confirmed = await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=granted.token)
    assert (await leaves(backend, confirmed.token)).status == 200


async def test_when_somebody_leaves_is_nothing_that_a_client_can_set(backend: Backend) -> None:
    me = await lives_here(backend)
    body = {"values": {"leavingDtm": "2026-03-15T00:00:00Z"}, "id": me.body["user"]["_id"], "model": "users"}
    updated = await backend.post("/db/object/update", body, session=me.token)
    assert (updated.status, "leavingDtm" in updated.body) == (200, False)


async def test_whoever_is_leaving_is_not_renamed_before_they_decide(backend: Backend) -> None:
    me = await lives_here(backend)
    await leaves(backend, me.token)
    again = await backend.signs_in()
    renamed = await backend.calls("PUT", "/account/name", json={"name": "Countess"}, session=again.token)
    assert (renamed.status, renamed.code) == (409, "leaving")
    await backend.post("/account/leave/cancel", session=again.token)
    renamed = await backend.calls("PUT", "/account/name", json={"name": "Countess"}, session=again.token)
    assert renamed.body["user"]["name"] == "Countess"
