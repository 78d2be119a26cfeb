"""Leaving: consequences first, two weeks to come back, and one page for whoever does."""

import asyncio

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import NewBrowser, open_browser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, arrives, is_signed_in, joins, logs_in, logs_out
from tests.kit.visitor import Visitor

GOODBYE = "Your account will be deleted on 28 March 2026. Log in before then if you want to keep it."
STAY = "/profile/leave/cancel"


async def leaves(visitor: Visitor) -> None:
    await visitor.opens("/profile/data")
    await visitor.follows("Delete account")
    await visitor.submits("Delete account", sure=True)


async def test_a_person_reads_what_follows_and_leaves(visitor: Visitor, new_browser: NewBrowser) -> None:
    await arrives(visitor, ADA)
    phone = new_browser(SAFARI)
    await logs_in(phone, ADA)
    await visitor.opens("/profile/data")
    await visitor.follows("Delete account")
    assert visitor.heading == "Delete your account?"
    assert visitor.sees("For 14 days you can log in and keep your account.")
    assert ("Download your data first", "/profile/data/export") in visitor.links()
    assert visitor.one("to-data").get("aria-current") == "true"
    await visitor.submits("Delete account", sure=True)

    assert (visitor.path, visitor.status_message) == ("/login", GOODBYE)
    assert not await is_signed_in(visitor)
    assert not await is_signed_in(phone)
    mail = await mailbox.newest(visitor, to=ADA.email, subject="Your account will be deleted")
    assert "deleted on 28 March 2026" in mail.text


async def test_without_the_box_ticked_nothing_happens(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens("/profile/leave")
    assert visitor.field("sure") == "", "nobody leaves by pressing one button"
    await visitor.submits("Delete account")
    assert (visitor.status, visitor.error("sure")) == (422, "Tick the box if you want to delete your account.")
    assert await is_signed_in(visitor)


async def test_whoever_logs_in_meets_one_page_wherever_they_go_and_keeps_the_account(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await arrives(visitor, ADA)
    await leaves(visitor)
    await logs_in(visitor, ADA, at="/login?next=/profile/sessions")
    assert (visitor.path, visitor.heading) == (STAY, "Keep your account?")
    assert visitor.sees("Your account ada@example.com will be deleted on 28 March 2026")
    for path in ("/profile", "/profile/name", "/profile/data", "/profile/leave", "/profile/history", "/login"):
        await visitor.opens(path)
        assert visitor.path == STAY, path
    phone = new_browser(CHROME)
    await logs_in(phone, ADA)
    assert phone.path == STAY

    await visitor.submits("Keep my account")
    assert (visitor.path, visitor.status_message) == ("/profile", "Your account stays as it was. Nothing was deleted.")
    await visitor.opens("/profile/history")
    assert visitor.sees("Account kept")
    assert visitor.sees("Deletion of the account requested")
    await mailbox.newest(visitor, to=ADA.email, subject="Your account stays")
    await phone.submits("Keep my account")
    assert phone.status_message == "Your account stays as it was. Nothing was deleted.", "in the other browser, too"
    await visitor.opens(STAY)
    assert visitor.path == "/profile"


async def test_the_mailed_link_leads_to_the_same_page(visitor: Visitor, new_browser: NewBrowser) -> None:
    await arrives(visitor, ADA)
    await leaves(visitor)
    phone = new_browser(SAFARI)
    mail = await mailbox.newest(phone, to=ADA.email, subject="Your account will be deleted")
    await phone.opens(mail.link)
    await phone.submits("Log in")
    assert phone.path == STAY


async def test_whoever_wants_to_be_gone_at_once_takes_their_data_along_and_is(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await leaves(visitor)
    await logs_in(visitor, ADA)
    answer = await visitor.http.get("/profile/data/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    await visitor.submits("Delete now")
    assert (visitor.status, visitor.error("sure")) == (422, "Tick the box if you want to delete your account.")
    await visitor.submits("Delete now", sure=True)
    assert (visitor.path, visitor.status_message) == ("/login", "Your account was deleted.")
    await logs_in(visitor, ADA)
    assert visitor.status == 422
    await joins(visitor, ADA)
    assert visitor.path == "/profile", "the address is free"


async def test_kept_in_one_tab_it_is_not_deleted_in_the_other(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await leaves(visitor)
    await logs_in(visitor, ADA)
    other = mailbox.another_tab(visitor)
    await other.opens(STAY)
    await visitor.submits("Keep my account")
    await other.submits("Delete now", sure=True)
    assert (other.path, other.status_message) == ("/profile", "Your account was kept meanwhile. Nothing was deleted.")


async def clicks_twice(app: ASGIApp, visitor: Visitor, path: str) -> list[httpx.Response]:
    origin, sent = {"Origin": visitor.site}, {"sure": "yes"}
    async with open_browser(app) as same:
        same.cookies = visitor.http.cookies
        clicks = (http.post(path, data=sent, headers=origin) for http in (visitor.http, same))
        return list(await asyncio.gather(*clicks))


async def test_both_clicks_of_a_double_click_are_told_the_same(app: ASGIApp, visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    answers = await clicks_twice(app, visitor, "/profile/leave")
    assert [answer.headers["location"] for answer in answers] == ["/login", "/login"]
    entries = await mailbox.list_paths(visitor, to=ADA.email, subject="Your account will be deleted")
    assert len(entries) == 1
    await logs_in(visitor, ADA)
    answers = await clicks_twice(app, visitor, "/profile/leave/now")
    assert [answer.headers["location"] for answer in answers] == ["/login", "/login"]
    flashes = [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie") if "flash" in cookie]
    assert len(flashes) == 2, "neither is told to log in to continue"


async def test_a_page_left_open_deletes_nobody_elses_account(visitor: Visitor) -> None:
    """Ada's page is still open in a tab when Grace, who is leaving too, logs in."""
    await arrives(visitor, GRACE)
    await leaves(visitor)
    await arrives(visitor, ADA)
    await leaves(visitor)
    await logs_in(visitor, ADA)
    adas = mailbox.another_tab(visitor)
    await adas.opens(STAY)
    await logs_out(visitor)
    await logs_in(visitor, GRACE)
    await adas.submits("Delete now", sure=True)
    assert adas.status == 409
    await visitor.opens(STAY)
    assert visitor.path == STAY, "Grace is still there"


async def test_after_the_time_nobody_is_there(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await leaves(visitor)
    clock.advance(days=14, seconds=1)
    await logs_in(visitor, ADA)
    assert visitor.status == 422
    assert visitor.sees("Email address or password is incorrect.")


async def test_whoever_came_by_a_link_proves_first_who_they_are_and_the_box_is_still_ticked(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/leave")
    await visitor.submits("Delete account", sure=True)
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to delete your account")
    await visitor.submits("Continue", current_password=ADA.password)
    assert (visitor.path, visitor.field("sure")) == ("/profile/leave", "yes")
    assert await is_signed_in(visitor), "nothing was sent by itself"
    await visitor.submits("Delete account")
    assert visitor.status_message == GOODBYE


async def test_whoever_comes_back_by_a_link_proves_who_they_are_before_it_is_deleted_now(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await arrives(visitor, ADA)
    await leaves(visitor)
    phone = new_browser(SAFARI)
    await phone.opens((await mailbox.newest(phone, to=ADA.email, subject="Your account will be deleted")).link)
    await phone.submits("Log in", within="main")
    await phone.submits("Delete now", sure=True)
    assert phone.path == "/confirm"
    await phone.submits("Continue", current_password=ADA.password)
    assert (phone.path, phone.field("sure")) == ("/profile/leave/now", "yes")
    await phone.submits("Delete now")
    assert phone.status_message == "Your account was deleted."


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_lets_nobody_leave_nothing_leads_there(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path in ("/profile/leave", STAY, "/profile/leave/now"):
        await visitor.opens(path)
        assert visitor.status == 404
