"""Where mailed links end: what the page says, and what its one button does."""

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import NewBrowser, open_browser
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    GRACE,
    LOGIN_LINK,
    SAFARI,
    Person,
    asks_for_a_link,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor

ONE_BUTTON = ["Confirm this address", "This wasn’t me"]


async def test_the_mailed_link_says_whose_address_it_is_and_one_button_leads_to_the_profile(
    visitor: Visitor, clock: Clock, new_browser: NewBrowser
) -> None:
    await registers(visitor, ADA)
    mail = await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)
    clock.advance(minutes=10)
    elsewhere = new_browser(SAFARI)  # the link is bound to no browser
    await elsewhere.opens(mail.link)

    assert (elsewhere.status, elsewhere.heading) == (200, "Confirm your email address")
    assert elsewhere.url == f"{elsewhere.site}/auth-redirect"  # nothing secret is left in it
    assert elsewhere.sees(f"Confirm that {ADA.email} is your email address for Account pages.")
    assert elsewhere.sees("Requested on 14 March 2026 at 09:26 UTC from Firefox on Windows.")
    assert elsewhere.buttons() == ONE_BUTTON
    await elsewhere.submits("Confirm this address", name=ADA.name, new_password="chosen on the phone")
    assert (elsewhere.path, elsewhere.who) == ("/profile", ADA.name)
    assert elsewhere.status_message == "Your email address is confirmed. You’re logged in."


async def test_the_token_leaves_the_address_bar_and_no_referrer_tells_it(visitor: Visitor) -> None:
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)

    away = next(each for each in visitor.responses if "access_token" in str(each.url))
    assert (away.status_code, away.headers["Location"]) == (303, "/auth-redirect")
    assert (away.headers["Referrer-Policy"], away.headers["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert [each.status_code for each in visitor.responses] == [302, 303, 200]


async def test_a_mail_scanner_opens_the_link_three_times_and_it_still_works(
    visitor: Visitor, plain: httpx.AsyncClient
) -> None:
    await registers(visitor, ADA)
    mail = await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)
    for method in ("GET", "GET", "HEAD", "GET"):
        scanned = await plain.request(method, mail.link, follow_redirects=True)
        assert scanned.status_code == 200

    await visitor.opens(mail.link)
    await visitor.submits("Confirm this address")
    assert visitor.path == "/profile"


async def test_a_used_link_says_already_confirmed_and_log_in(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    assert visitor.path == "/profile"  # who is signed in by it has nothing left to do

    await logs_out(visitor)
    for each in (visitor, new_browser(CHROME)):
        await each.opens((await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)).link)
        assert (each.status, each.heading) == (200, "Your email address is already confirmed")
        assert each.sees("You can log in now.")
    await visitor.follows("Log in", within="main")
    assert visitor.path == "/login"


async def test_a_double_click_on_the_button_does_no_harm(visitor: Visitor) -> None:
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    tab = mailbox.another_tab(visitor)
    await tab.opens("/auth-redirect")
    await visitor.submits("Confirm this address")
    await tab.submits("Confirm this address")

    assert (visitor.path, visitor.who) == ("/profile", ADA.name)
    assert tab.status == 200
    assert await is_signed_in(visitor)


async def test_a_browser_that_drops_the_first_answer_is_let_in_by_the_second(app: ASGIApp, visitor: Visitor) -> None:
    """Which it does when a form is sent again while no answer has come: nor does it keep the first one's cookies."""
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    typed, cookies = {"ref": visitor.field("ref")}, dict(visitor.http.cookies)
    for _click in ("a double", "click"):
        async with open_browser(app) as http:
            http.cookies.update(cookies)
            answer = await http.post("/auth-redirect", data=typed)
            assert (answer.status_code, answer.headers["location"]) == (303, "/profile")
            assert (await http.get("/profile")).status_code == 200


async def test_an_expired_link_is_replaced_by_one_button(visitor: Visitor, clock: Clock) -> None:
    await registers(visitor, ADA)
    old = await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)
    clock.advance(hours=1)
    await visitor.opens(old.link)

    assert (visitor.status, visitor.heading) == (410, "This link has expired")
    assert visitor.sees(f"It expired on 14 March 2026 at 10:26 UTC. We can send a new one to {ADA.email}.")
    assert visitor.buttons() == ["Send a new link"]
    await visitor.submits("Send a new link")
    assert (visitor.heading, bool(visitor.sees(ADA.email))) == ("Check your email", True)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert visitor.who == ADA.name


async def test_a_link_that_expires_while_its_page_is_open_says_so(visitor: Visitor, clock: Clock) -> None:
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    clock.advance(hours=1)
    await visitor.submits("Confirm this address")

    assert (visitor.status, visitor.heading) == (410, "This link has expired")
    await visitor.submits("Send a new link")
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert visitor.path == "/profile"


@pytest.mark.parametrize(
    ("action", "button"), [("email-confirm", "Send a new link"), ("magic-link", "Email me a login link")]
)
async def test_an_unknown_link_offers_a_new_one(visitor: Visitor, action: str, button: str) -> None:
    await visitor.opens(f"/_auth/verify?key=made-up&action={action}")
    assert (visitor.status, visitor.heading) == (410, "This link no longer works")
    await visitor.submits(button, email=ADA.email)
    assert visitor.heading == "Check your email"


async def test_this_was_not_me_discards_the_registration(visitor: Visitor, new_browser: NewBrowser) -> None:
    eve = new_browser(CHROME)
    await registers(eve, Person(ADA.email, "Eve", "the password of eve"))
    mail = await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)
    await visitor.opens(mail.link)
    assert visitor.sees("from Chrome on Linux.")
    await visitor.submits("This wasn’t me")

    assert (visitor.path, visitor.status) == ("/", 200)
    assert visitor.status_message == "The sign-up has been cancelled. Nobody can use it."
    await eve.opens(mail.link)
    assert (eve.status, bool(eve.does_not_see("already confirmed"))) == (410, True)
    await logs_in(eve, Person(ADA.email, "Eve", "the password of eve"))
    assert eve.sees("Email address or password is incorrect.")
    await joins(visitor, ADA)
    assert visitor.who == ADA.name


async def test_of_two_waiting_registrations_the_confirmed_one_decides(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await registers(visitor, ADA)
    clock.advance(minutes=1)
    eve = new_browser(CHROME)
    await registers(eve, Person(ADA.email, "Eve", "the password of eve"))
    newest, oldest = await mailbox.list_paths(visitor, to=ADA.email, subject=CONFIRM)
    await visitor.opens((await mailbox.read(visitor, oldest)).link)
    assert visitor.sees("09:26 UTC from Firefox on Windows")
    await visitor.submits("Confirm this address")

    assert visitor.who == ADA.name
    await logs_in(eve, Person(ADA.email, "Eve", "the password of eve"))
    assert eve.status == 422
    await eve.opens((await mailbox.read(visitor, newest)).link)
    assert eve.heading == "Your email address is already confirmed"
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile"


async def test_signed_in_as_somebody_else_nobody_is_switched_silently(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, GRACE)
    await logs_out(visitor)
    await joins(visitor, ADA)
    tab = mailbox.another_tab(visitor)
    await logs_out(tab)
    await asks_for_a_link(tab, GRACE)
    await logs_in(tab, ADA)
    await opens_mailed_link(visitor, GRACE, LOGIN_LINK)

    assert visitor.sees(f"This link is for {GRACE.email}.")
    assert visitor.sees(f"You’re logged in as {ADA.email}.")
    await visitor.follows(f"Stay logged in as {ADA.email}")
    assert visitor.who == ADA.name

    clock.advance(minutes=1)
    await opens_mailed_link(visitor, GRACE, LOGIN_LINK)
    old_cookie = visitor.http.cookies["session"]
    await visitor.submits(f"Log in as {GRACE.email}")
    assert visitor.who == GRACE.name
    visitor.http.cookies.set("session", old_cookie, domain="127.0.0.1", path="/")
    assert not await is_signed_in(visitor)  # ada's session is not left behind


async def test_the_page_of_this_was_not_me_can_be_opened_and_does_no_harm(visitor: Visitor) -> None:
    for path in ("/auth-redirect/disown", "/auth-redirect/again", "/auth-redirect"):
        await visitor.opens(path)  # without a link there is nothing to discard
        assert (visitor.status, visitor.heading) == (200, "No link to open"), path
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.opens("/auth-redirect/disown")
    await visitor.submits("Cancel this sign-up")
    assert visitor.path == "/"
