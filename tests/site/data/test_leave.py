"""Leaving: consequences first, two weeks to come back, and one page for whoever does."""

import pytest
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.leaving_visitors import STAY, clicks_twice, leaves
from tests.kit.people import ADA, CHROME, SAFARI, arrives, is_signed_in, joins, logs_in
from tests.kit.visitor import Visitor

GOODBYE = "Your account will be deleted on 28 March 2026. Log in before then if you want to keep it."


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


async def test_both_clicks_of_a_double_click_are_told_the_same(app: ASGIApp, visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    answers = await clicks_twice(app, visitor, "/profile/leave", sure="yes")
    assert [answer.headers["location"] for answer in answers] == ["/login", "/login"]
    entries = await mailbox.list_paths(visitor, to=ADA.email, subject="Your account will be deleted")
    assert len(entries) == 1


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


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_lets_nobody_leave_nothing_leads_there(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path in ("/profile/leave", STAY, "/profile/leave/now", "/profile/leave/now/code"):
        await visitor.opens(path)
        assert visitor.status == 404


async def test_no_page_changes_anything_before_they_decide(visitor: Visitor) -> None:
    """Nor the name, which is saved by one call."""
    await arrives(visitor, ADA)
    await visitor.opens("/profile/name")
    other = mailbox.another_tab(visitor)
    await leaves(other)
    await logs_in(other, ADA)
    await visitor.submits("Save", name="Countess of Lovelace")
    assert visitor.path == STAY
    await visitor.submits("Keep my account")
    assert visitor.who == ADA.name
