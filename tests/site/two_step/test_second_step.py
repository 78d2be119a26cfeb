"""The second step of a log-in, whichever way in it was."""

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    GRACE,
    LOGIN_LINK,
    RESET,
    SAFARI,
    Person,
    arrives,
    asks_for_a_link,
    asks_for_a_new_password,
    is_signed_in,
    logs_in,
    logs_out,
    opens_mailed_link,
    stays_logged_in,
)
from tests.kit.two_step_pages import is_asked_for_a_second_factor, logs_in_halfway, sets_up_two_step
from tests.kit.visitor import Visitor
from tests.kit.wire import Wire, nobody

HERE = "/login/second-step"
HEADING = "Log in: second step"
TOO_LATE = "A login has to be finished within 10 minutes. Log in again."


async def shows_the_code(visitor: Visitor, code: str) -> None:
    await visitor.submits("Log in", within="#second-step", code=code)


# Each way in


async def test_after_the_password_a_code_of_the_app_logs_in(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA)
    assert (visitor.path, visitor.heading) == (HERE, HEADING)
    assert visitor.sees("For a")
    assert visitor.does_not_see(ADA.email)
    assert not await is_signed_in(visitor)
    await shows_the_code(visitor, app.code())
    assert (visitor.path, visitor.who) == ("/profile", ADA.name)


async def test_where_the_password_was_to_lead_and_staying_logged_in_survive(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    for stays in (True, False):
        await logs_out(visitor)
        await logs_in_halfway(visitor, ADA, at="/login?next=/profile/name", stays=stays)
        await shows_the_code(visitor, app.wrong_code())
        await shows_the_code(visitor, app.next_code())
        assert (visitor.path, stays_logged_in(visitor)) == ("/profile/name", stays)


async def test_after_a_mailed_link_too(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link?next=/profile/name")
    await visitor.submits("Email me a login link", email=ADA.email, stay="yes")
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits("Log in", within="#go")
    assert visitor.path == HERE
    assert not await is_signed_in(visitor)
    await shows_the_code(visitor, app.code())
    assert (visitor.path, visitor.status_message) == ("/profile/name", "You’re logged in.")
    assert stays_logged_in(visitor)


@pytest.mark.parametrize("at", ["", "/code"])
async def test_after_the_code_of_a_mail_too(visitor: Visitor, clock: Clock, at: str) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link?next=/profile/name")
    await visitor.submits("Email me a login link", email=ADA.email, stay="yes")
    mail = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    await visitor.opens(at or visitor.url)
    await visitor.submits("Continue", code=mailbox.code_in(mail.text))
    assert visitor.path == HERE
    assert not await is_signed_in(visitor)
    await shows_the_code(visitor, app.code())
    assert visitor.path == "/profile/name"
    assert stays_logged_in(visitor)


async def test_a_reset_logs_nobody_in_and_leaves_the_factor(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await asks_for_a_new_password(visitor, ADA.email)
    await opens_mailed_link(visitor, ADA, RESET)
    await visitor.submits("Save new password", new_password="words chosen anew today")
    assert not await is_signed_in(visitor)
    await logs_in_halfway(visitor, Person(ADA.email, ADA.name, "words chosen anew today"))
    await shows_the_code(visitor, app.code())
    assert visitor.who == ADA.name


# What goes wrong


async def test_a_wrong_code_is_told_beside_its_field_and_nothing_is_lost(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA)
    for typed, error in (
        ("", "Enter the code from your authenticator app."),
        ("12 34", "Enter the 6 digits that your authenticator app shows."),
        (app.wrong_code(), "This code isn’t right. Enter the one that your app shows now."),
    ):
        await shows_the_code(visitor, typed)
        assert (visitor.status, visitor.error("code"), visitor.field("code")) == (422, error, typed)
        assert visitor.focused == "problem"
    await shows_the_code(visitor, app.code())
    assert visitor.who == ADA.name


async def test_a_code_is_taken_once(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    """Eve, who knows the password, has looked over Ada's shoulder."""
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA)
    code = app.code()
    await shows_the_code(visitor, code)
    eve = new_browser(SAFARI)
    await logs_in_halfway(eve, ADA)
    await shows_the_code(eve, code)
    assert eve.error("code") == "This code was just used. Wait until your app shows the next one, and enter that."
    assert not await is_signed_in(eve)


async def test_after_five_wrong_codes_it_begins_with_the_first_factor_again(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA, at="/login?next=/profile/name")
    for _try in range(4):
        await shows_the_code(visitor, app.wrong_code())
        assert visitor.path == HERE
    await shows_the_code(visitor, app.wrong_code())
    assert (visitor.path, visitor.query) == ("/login", {"next": "/profile/name"})
    assert visitor.sees("This login has ended: there were too many wrong codes, or your password was changed.")
    assert not await is_signed_in(visitor)


async def test_whoever_takes_longer_than_ten_minutes_is_told_and_begins_again(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA, at="/login?next=/profile/name")
    clock.advance(minutes=10)
    await shows_the_code(visitor, app.code())
    assert (visitor.path, visitor.query) == ("/login", {"next": "/profile/name"})
    assert visitor.status_message == TOO_LATE
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    await shows_the_code(visitor, app.code())
    assert visitor.path == "/profile/name"


async def test_where_no_log_in_waits_the_page_leads_to_one(visitor: Visitor) -> None:
    await visitor.opens(HERE)
    assert (visitor.path, visitor.status_message) == ("/login", TOO_LATE)
    await arrives(visitor, ADA)
    await visitor.opens(HERE)
    assert (visitor.path, visitor.status_message) == ("/profile", "")


async def test_without_the_backend_the_form_stays_and_says_so(visitor: Visitor, clock: Clock, wire: Wire) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA)
    wire.instead = nobody
    await shows_the_code(visitor, app.code())
    assert visitor.status == 503
    assert visitor.sees("We cannot log you in at the moment. Try again in a minute.")
    wire.instead = None
    await shows_the_code(visitor, app.code())
    assert visitor.who == ADA.name


# Tabs, clicks, Back


async def test_a_double_click_is_answered_alike_whichever_answer_the_browser_shows(
    visitor: Visitor, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA, at="/login?next=/profile/name")
    again, before = mailbox.another_tab(visitor), dict(visitor.http.cookies)
    await again.opens(HERE)
    await shows_the_code(visitor, app.code())
    session = visitor.http.cookies["session"]
    again.http.cookies.clear()
    again.http.cookies.update(before)
    await shows_the_code(again, app.code())
    assert again.path == "/profile/name"
    assert again.http.cookies["session"] == session, "one session, not two"


async def test_after_the_first_answer_the_second_click_and_back_lead_on(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA, at="/login?next=/profile/name")
    again = mailbox.another_tab(visitor)
    await again.opens(HERE)
    await shows_the_code(visitor, app.code())
    await shows_the_code(again, app.code())
    assert again.path == "/profile/name"
    await again.opens(HERE)
    assert again.path == "/profile"


async def test_a_double_click_on_the_button_of_a_link_leads_to_the_second_step(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await asks_for_a_link(visitor, ADA)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    again = mailbox.another_tab(visitor)
    await again.opens("/auth-redirect")
    await visitor.submits("Log in", within="#go")
    await again.submits("Log in", within="#go")
    assert (visitor.path, again.path) == (HERE, HERE)
    await visitor.opens("/auth-redirect")
    assert visitor.path == HERE, "so does Back"
    await shows_the_code(visitor, app.code())
    assert visitor.who == ADA.name


async def test_a_double_click_with_the_code_of_a_mail_leads_to_the_second_step(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await asks_for_a_link(visitor, ADA)
    code = mailbox.code_in((await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)).text)
    again = mailbox.another_tab(visitor)
    await again.opens("/code")
    await visitor.submits("Continue", code=code)
    await again.submits("Continue", code=code)
    assert (visitor.path, again.path) == (HERE, HERE)


async def test_two_tabs_log_in_to_two_accounts(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    """Each form is about the log-in that its page showed."""
    grace = new_browser(CHROME)
    await arrives(grace, GRACE)
    app_of_grace, _codes = await sets_up_two_step(grace, clock, GRACE)
    await arrives(visitor, ADA)
    app_of_ada = await is_asked_for_a_second_factor(visitor, clock, ADA)
    tab = mailbox.another_tab(visitor)
    await logs_in_halfway(tab, GRACE)
    await shows_the_code(visitor, app_of_ada.code())
    assert visitor.who == ADA.name
    await shows_the_code(tab, app_of_grace.code())
    assert (tab.status, tab.path) == (409, HERE)
    assert tab.sees(f"You’re logged in as {ADA.email}.")
    await tab.submits("Log out and log in", code=app_of_grace.next_code())
    assert tab.who == GRACE.name


# Eve


async def test_who_knows_the_password_alone_opens_nothing(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    await sets_up_two_step(visitor, clock, ADA)
    eve = new_browser(SAFARI)
    await logs_in_halfway(eve, ADA)
    for path in ("/profile", "/profile/security", "/profile/two-step", "/profile/data/export", "/confirm"):
        await eve.opens(path)
        assert eve.path == "/login", path


async def test_the_cookie_of_adas_ticket_is_worth_nothing_in_another_browser(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA)
    eve = new_browser(SAFARI)
    for name, value in visitor.http.cookies.items():
        if name.startswith("second-step"):
            eve.http.cookies.set(name, value)
    await eve.opens("/login")  # gives it a device of its own
    await eve.opens(HERE)
    assert eve.path == "/login"
    await shows_the_code(visitor, app.code())
    assert visitor.who == ADA.name


async def test_a_log_out_leaves_no_half_of_a_log_in(visitor: Visitor, clock: Clock) -> None:
    """At a shared computer the next person finds nothing."""
    await arrives(visitor, ADA)
    await is_asked_for_a_second_factor(visitor, clock, ADA)
    await visitor.opens("/logout")
    await visitor.http.post("/logout")
    await visitor.opens(HERE)
    assert visitor.path == "/login"


async def test_nobody_is_led_away(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA)
    visitor.html.all("[name=next]")[0].attributes["value"] = "//evil.example/"
    await shows_the_code(visitor, app.code())
    assert visitor.url == f"{visitor.site}/profile"


async def test_the_ticket_stands_in_no_page_and_in_no_address(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await is_asked_for_a_second_factor(visitor, clock, ADA)
    cookies = [header for each in visitor.responses for header in each.headers.get_list("Set-Cookie")]
    (cookie,) = [each for each in cookies if each.startswith("second-step-")]
    assert "HttpOnly" in cookie
    assert "Max-Age=600" in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    assert value not in visitor.response.text
    assert value not in visitor.url


async def test_logging_in_in_a_browser_with_two_step_off_is_as_before(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile"
