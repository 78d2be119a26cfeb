"""The second step of a log-in, whichever way in it was, and for nobody but its owner."""

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    LOGIN_LINK,
    RESET,
    SAFARI,
    Person,
    arrives,
    asks_for_a_new_password,
    is_signed_in,
    logs_in,
    logs_out,
    opens_mailed_link,
    stays_logged_in,
)
from tests.kit.two_step_pages import is_asked_for_a_second_factor, logs_in_halfway, sets_up_two_step, shows_the_code
from tests.kit.visitor import Visitor

HERE = "/login/second-step"
HEADING = "Log in: second step"


async def test_after_the_password_a_code_of_the_app_logs_in(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA)
    assert (visitor.path, visitor.heading) == (HERE, HEADING)
    assert visitor.sees(f"For {ADA.email}"), "as it was typed here"
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
    assert visitor.sees("For a…@e….com"), "whoever opens a link has typed no address"
    assert visitor.does_not_see(ADA.email)
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
    assert visitor.sees(f"For {ADA.email}"), "as it was typed here"
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
