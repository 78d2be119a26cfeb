"""The tab that waits for a mail is told what was done elsewhere, and nobody is let in by waiting.

Eve asks with Ada's address and waits; Ada uses her mail. Of each kind of mail: Eve's browser never holds a session.
"""

from html import unescape
from typing import Any

import httpx
import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.mailbox import another_tab
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    LOGIN_LINK,
    RESET,
    SAFARI,
    Person,
    asks_for_a_link,
    asks_for_a_new_password,
    comes_back_by_mail,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor

NEW = "words chosen anew today"
WAITS = "If you use the link in another browser, this page will say so."
LOGGED_IN_THERE = "The link was used in another browser, and you’re logged in there."
POLL = {"HX-Request": "true", "HX-Request-Type": "full", "Sec-Fetch-Site": "same-origin"}


async def polls(visitor: Visitor) -> httpx.Response:
    """As htmx does: nothing is ever set by it, and no session can be in the answer."""
    (link,) = visitor.html.all("a[hx-trigger]")
    answer = await visitor.http.get(link.get("hx-get"), headers=POLL, follow_redirects=False)
    assert "set-cookie" not in answer.headers
    assert not holds_a_session(visitor)
    return answer


def holds_a_session(visitor: Visitor) -> bool:
    return any(cookie.name == "session" and cookie.value for cookie in visitor.http.cookies.jar)


async def looks(visitor: Visitor) -> str:
    """What the waiting page says, to whoever has script and to whoever has not."""
    polled = await polls(visitor) if visitor.html.all("a[hx-trigger]") else None
    await visitor.opens(visitor.path)
    assert not holds_a_session(visitor)
    said = visitor.one("mail-status").text()
    assert polled is None or polled.status_code == 204 or said[:20] in unescape(polled.text)
    return said


async def test_eve_who_waits_for_adas_login_link_is_told_and_gets_no_session(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    eve = new_browser(SAFARI)
    await asks_for_a_link(eve, ADA)
    assert (await polls(eve)).status_code == 204
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    assert (await looks(eve)).startswith(WAITS), "that it was opened is not told before its button was pressed"
    await visitor.submits(f"Log in as {ADA.email}")
    assert await is_signed_in(visitor)
    assert (await looks(eve)).startswith(LOGGED_IN_THERE)
    assert not eve.html.all("[hx-trigger]")
    assert not await is_signed_in(eve)


async def test_eve_who_signs_up_with_adas_address_is_told_and_gets_no_session(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    eve = new_browser(SAFARI)
    await registers(eve, Person(ADA.email, "Eve", "words that a stranger typed"))
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address", name=ADA.name, new_password=NEW)
    answer = await polls(eve)
    assert "Your email address is confirmed" in answer.text
    assert not await is_signed_in(eve)
    await logs_in(eve, Person(ADA.email, "Eve", "words that a stranger typed"))
    assert not await is_signed_in(eve), "the password that was typed elsewhere counts for nothing"


async def test_eve_who_signs_up_where_ada_has_an_account_learns_nothing(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    eve = new_browser(SAFARI)
    await registers(eve, Person(ADA.email, "Eve", "words that a stranger typed"))
    await eve.opens(eve.path)
    before = eve.text
    await opens_mailed_link(visitor, ADA, "You already have an account")
    await visitor.submits(f"Log in as {ADA.email}")
    await eve.opens(eve.path)
    assert eve.text == before
    assert not holds_a_session(eve)


async def test_eve_who_waits_for_adas_new_password_is_told_and_gets_no_session(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    eve = new_browser(SAFARI)
    await asks_for_a_new_password(eve, ADA.email)
    await opens_mailed_link(visitor, ADA, RESET)
    assert (await looks(eve)).startswith(WAITS)
    await visitor.submits("Save new password", new_password=NEW)
    assert (await looks(eve)).startswith("Your new password is saved.")
    assert not await is_signed_in(eve)


async def test_of_what_else_ends_a_link_the_waiting_tab_is_told_nothing(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    eve = new_browser(SAFARI)
    await asks_for_a_link(eve, ADA)
    clock.advance(seconds=11)
    await asks_for_a_link(visitor, ADA)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert (await looks(eve)).startswith(WAITS), "Ada used her own mail, which is none of Eve's business"


async def test_in_the_same_browser_the_waiting_tab_goes_on_to_the_profile(visitor: Visitor) -> None:
    await comes_back_by_mail(visitor, ADA)
    (link,) = visitor.html.all("a[hx-trigger]")
    tab = another_tab(visitor)
    await opens_mailed_link(tab, ADA, LOGIN_LINK)
    await tab.submits(f"Log in as {ADA.email}")
    polled = await visitor.http.get(link.get("hx-get"), headers=POLL, follow_redirects=False)
    assert (polled.status_code, polled.headers["HX-Redirect"]) == (204, "/profile")
    assert "set-cookie" not in polled.headers
    await visitor.opens("/login-with-magic-link/sent")
    assert (visitor.path, visitor.who) == ("/profile", ADA.name)


async def test_a_password_saved_in_the_same_browser_is_told_in_the_waiting_tab(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/forgot-password?next=/profile/name")
    await visitor.submits("Email me a link", email=ADA.email)
    tab = another_tab(visitor)
    await opens_mailed_link(tab, ADA, RESET)
    await tab.submits("Save new password", new_password=NEW)
    await visitor.follows("Check again")
    assert visitor.sees("Your new password is saved.")
    await visitor.follows("Log in", within="main")
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=NEW)
    assert (visitor.path, visitor.who) == ("/profile/name", ADA.name)


async def test_a_code_logs_in_where_the_link_was_used_elsewhere_after_a_new_mail(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    """The link was opened on the telephone, and the person goes on at the desk."""
    await comes_back_by_mail(visitor, ADA)
    first = mailbox.code_in((await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)).text)
    phone = new_browser(SAFARI)
    await opens_mailed_link(phone, ADA, LOGIN_LINK)
    await phone.submits(f"Log in as {ADA.email}")
    await visitor.follows("Check again")
    assert visitor.sees(LOGGED_IN_THERE)
    await visitor.submits("Continue", code=first)
    assert visitor.status == 422, "a link and its code count once, together"
    clock.advance(seconds=11)
    await visitor.opens("/login-with-magic-link/sent")
    await visitor.submits("Resend email")
    mail = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    await visitor.submits("Continue", code=mailbox.code_in(mail.text))
    assert visitor.who == ADA.name


async def test_an_address_without_an_account_waits_as_long(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    seen: dict[str, list[Any]] = {}
    for email in (ADA.email, "nobody@example.com"):
        guest = new_browser(CHROME)
        await asks_for_a_link(guest, Person(email, ""))
        for _time in range(3):
            clock.advance(minutes=4)
            await guest.opens(guest.path)
            triggers = [link.get("hx-trigger") for link in guest.html.all("[hx-trigger]")]
            seen.setdefault(email, []).append((guest.text.replace(email, "…"), triggers))
    assert seen[ADA.email] == seen["nobody@example.com"]
    assert "The code in the email has expired." in seen[ADA.email][-1][0]
    assert seen[ADA.email][-1][1] == []


async def test_a_poll_leaves_what_the_next_page_says(visitor: Visitor) -> None:
    """A flash message is for the page that the person goes to, not for what a tab asks for beside it."""
    await joins(visitor, ADA)
    await logs_out(visitor)
    await asks_for_a_new_password(visitor, ADA.email)
    (link,) = visitor.html.all("a[hx-trigger]")
    await opens_mailed_link(another_tab(visitor), ADA, RESET)
    saved = await visitor.http.post(
        "/auth-redirect", data={"new_password": NEW}, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )
    assert saved.status_code == 303
    polled = await visitor.http.get(link.get("hx-get"), headers=POLL)
    assert (polled.status_code, "set-cookie" in polled.headers) == (200, False)
    await visitor.opens("/login")
    assert visitor.status_message.startswith("New password saved.")


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_a_plain_altogic_is_not_asked(visitor: Visitor) -> None:
    await asks_for_a_link(visitor, ADA)
    assert not visitor.sees(WAITS)
    assert not visitor.html.all("a[hx-trigger]")
