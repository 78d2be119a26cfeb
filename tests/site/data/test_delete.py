"""Deletion at once: asked for on the page for whoever comes back, confirmed by the mailbox."""

from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.leaving_visitors import STAY, asks_to_be_gone, clicks_twice, comes_back, leaves
from tests.kit.mailbox import code_in
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, arrives, joins, logs_in, logs_out
from tests.kit.visitor import Visitor

CODE = "/profile/leave/now/code"
GONE = "Your account was deleted."


async def is_there(visitor: Visitor) -> bool:
    """Whether Ada's account waits for its end, asked in another tab."""
    tab = mailbox.another_tab(visitor)
    await tab.opens("/profile")
    return tab.path == STAY


async def test_whoever_wants_to_be_gone_at_once_takes_their_data_along_and_types_the_code(visitor: Visitor) -> None:
    await comes_back(visitor, ADA)
    answer = await visitor.http.get("/profile/data/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    await visitor.submits("Email me a link to delete it now")
    assert (visitor.status, visitor.error("sure")) == (422, "Tick the box if you want to delete your account.")
    mail = await asks_to_be_gone(visitor, ADA)
    assert (visitor.path, visitor.heading) == (CODE, "Check your email")
    assert visitor.status_message == "We’ve emailed ada@example.com. Nothing is deleted yet."
    assert visitor.one("outbox").text() == "Open the outbox"
    assert await is_there(visitor)
    await visitor.submits("Delete account for good", code=code_in(mail.text))
    assert (visitor.path, visitor.status_message) == ("/login", GONE)
    await logs_in(visitor, ADA)
    assert visitor.status == 422
    await joins(visitor, ADA)
    assert visitor.path == "/profile", "the address is free"


async def test_the_link_asks_once_more_and_deletes(visitor: Visitor) -> None:
    await comes_back(visitor, ADA)
    mail = await asks_to_be_gone(visitor, ADA)
    await visitor.opens(mail.link)
    assert visitor.heading == "Delete your account for good?"
    assert visitor.sees("The account of ada@example.com is deleted at once, with everything in it.")
    assert await is_there(visitor)
    await visitor.submits("Delete account for good")
    assert (visitor.path, visitor.status_message) == ("/login", GONE)
    await visitor.opens("/profile")
    assert visitor.path == "/login"
    await visitor.opens(mail.link)
    assert (visitor.status, visitor.heading) == (410, "This link no longer works")


async def test_pressed_in_another_browser_it_logs_nobody_else_out(visitor: Visitor, new_browser: NewBrowser) -> None:
    await comes_back(visitor, ADA)
    mail = await asks_to_be_gone(visitor, ADA)
    phone = new_browser(SAFARI)
    await arrives(phone, GRACE)
    await phone.opens(mail.link)
    await phone.submits("Delete account for good")
    assert (phone.path, phone.status_message, phone.who) == ("/profile", GONE, GRACE.name)
    await visitor.opens(CODE)
    assert visitor.path == "/login"


async def test_a_thief_with_the_password_deletes_nothing_and_the_owner_keeps_it(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await comes_back(visitor, ADA)
    await asks_to_be_gone(visitor, ADA)
    for _ in range(6):
        await visitor.submits("Delete account for good", code="BCDF-GHJK")
        assert visitor.status in (422, 429)
    owner = new_browser(CHROME)
    mail = await mailbox.newest(owner, to=ADA.email, subject="Confirm the deletion of your account")
    assert "Log in, keep your account and choose a new password." in mail.text
    await owner.opens(mail.link)
    await owner.follows("Keep account")
    await owner.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    await owner.submits("Keep my account")
    assert (owner.path, owner.who) == ("/profile", ADA.name)
    await visitor.submits("Delete account for good", code=code_in(mail.text))
    assert (visitor.path, visitor.status_message) == (
        "/profile",
        "Your account was kept meanwhile. Nothing was deleted.",
    )


async def test_a_wrong_code_says_so_beside_its_field_and_another_mail_can_be_asked_for(visitor: Visitor) -> None:
    await comes_back(visitor, ADA)
    await asks_to_be_gone(visitor, ADA)
    await visitor.submits("Delete account for good")
    assert (visitor.status, visitor.error("code")) == (422, "Enter the code from the email.")
    await visitor.submits("Delete account for good", code="short")
    assert visitor.error("code") == "Enter the 8 letters of the code, such as WDJB-MJHT."
    await visitor.submits("Delete account for good", code="BCDF-GHJK")
    assert visitor.error("code").startswith("This code isn’t right")
    await visitor.submits("Resend email")
    assert visitor.path == CODE


async def test_kept_in_one_tab_it_is_not_deleted_in_the_other(visitor: Visitor) -> None:
    await comes_back(visitor, ADA)
    other = mailbox.another_tab(visitor)
    await other.opens(STAY)
    await visitor.submits("Keep my account")
    await other.submits("Email me a link to delete it now", sure=True)
    assert (other.path, other.status_message) == ("/profile", "Your account was kept meanwhile. Nothing was deleted.")
    await other.opens(CODE)
    assert other.path == "/profile"


async def test_both_clicks_of_a_double_click_are_told_the_same(app: ASGIApp, visitor: Visitor) -> None:
    await comes_back(visitor, ADA)
    mail = await asks_to_be_gone(visitor, ADA)
    answers = await clicks_twice(app, visitor, CODE, code=code_in(mail.text))
    assert [answer.headers["location"] for answer in answers] == ["/login", "/login"]
    flashes = [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie") if "flash" in cookie]
    assert len(flashes) == 2, "neither is told to log in to continue"


async def test_both_clicks_on_the_button_of_the_link_are_told_the_same(app: ASGIApp, visitor: Visitor) -> None:
    await comes_back(visitor, ADA)
    mail = await asks_to_be_gone(visitor, ADA)
    await visitor.opens(mail.link)
    answers = await clicks_twice(app, visitor, "/auth-redirect")
    assert [answer.headers["location"] for answer in answers] == ["/login", "/login"]


async def test_a_page_left_open_deletes_nobody_elses_account(visitor: Visitor) -> None:
    """Ada's page is still open in a tab when Grace, who is leaving too, logs in."""
    await arrives(visitor, GRACE)
    await leaves(visitor)
    await comes_back(visitor, ADA)
    adas = mailbox.another_tab(visitor)
    await adas.opens(STAY)
    await logs_out(visitor)
    await logs_in(visitor, GRACE)
    await adas.submits("Email me a link to delete it now", sure=True)
    assert adas.status == 409
    await visitor.opens(STAY)
    assert visitor.path == STAY, "Grace is still there"


async def test_whoever_comes_back_by_a_link_proves_who_they_are_before_they_can_ask(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await arrives(visitor, ADA)
    await leaves(visitor)
    phone = new_browser(SAFARI)
    await phone.opens((await mailbox.newest(phone, to=ADA.email, subject="Your account will be deleted")).link)
    await phone.submits("Log in", within="main")
    await phone.submits("Email me a link to delete it now", sure=True)
    assert phone.path == "/confirm"
    await phone.submits("Continue", current_password=ADA.password)
    assert (phone.path, phone.field("sure")) == ("/profile/leave/now", "yes")
    await phone.submits("Email me a link to delete it now")
    mail = await mailbox.newest(phone, to=ADA.email, subject="Confirm the deletion of your account")
    await phone.submits("Delete account for good", code=code_in(mail.text))
    assert phone.status_message == GONE
