"""Logging in with a password, and where it leads."""

import asyncio

import pytest
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import NewBrowser, open_browser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    LOGIN_LINK,
    Person,
    joins,
    joins_by_the_pages,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
    stays_logged_in,
)
from tests.kit.visitor import Visitor

NOT_RIGHT = "Email address or password is incorrect."


@at_plain_altogic_too
async def test_the_right_password_opens_the_profile(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, Person(f" {ADA.email.upper()} ", ADA.name))
    assert (visitor.path, visitor.who) == ("/profile", ADA.name)


@pytest.mark.parametrize(("email", "password"), [(ADA.email, "a wrong password"), ("nobody@example.com", ADA.password)])
async def test_a_wrong_one_keeps_the_address_and_says_why(visitor: Visitor, email: str, password: str) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, Person(email, "", password))

    assert (visitor.status, visitor.field("email"), visitor.field("password")) == (422, email, "")
    assert visitor.sees(f"There is a problem {NOT_RIGHT}")
    assert (visitor.focused, visitor.path) == ("problem", "/login")


async def test_what_is_missing_is_said_beside_the_field(visitor: Visitor) -> None:
    await visitor.opens("/login")
    await visitor.submits("Log in", within="#login-form")
    assert visitor.status == 422
    assert (visitor.error("email"), visitor.error("password")) == ("Enter your email address.", "Enter your password.")


@at_plain_altogic_too
async def test_only_the_right_password_tells_that_the_address_is_not_confirmed(visitor: Visitor, clock: Clock) -> None:
    await registers(visitor, ADA)
    await logs_in(visitor, Person(ADA.email, "", "a wrong password"))
    assert (visitor.status, bool(visitor.sees(NOT_RIGHT))) == (422, True)
    assert "Resend email" not in visitor.buttons()

    await visitor.submits("Log in", within="#login-form", password=ADA.password)
    assert visitor.status == 422
    assert visitor.sees("This email address hasn’t been confirmed yet. Open the link in the email we sent you.")
    clock.advance(seconds=11)
    await visitor.submits("Resend email")
    assert (visitor.heading, bool(visitor.sees(ADA.email))) == ("Check your email", True)
    assert len(await mailbox.list_paths(visitor, to=ADA.email, subject=CONFIRM)) == 2


async def test_nobody_stays_logged_in_who_did_not_say_so(visitor: Visitor) -> None:
    await joins_by_the_pages(visitor, ADA)
    assert not stays_logged_in(visitor)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert (visitor.path, stays_logged_in(visitor)) == ("/profile", False)


async def test_the_box_is_not_forgotten_when_the_password_was_wrong(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, Person(ADA.email, "", "a wrong password"), stays=True)
    await visitor.submits("Log in", within="#login-form", password=ADA.password)
    assert (visitor.path, stays_logged_in(visitor)) == ("/profile", True)


async def test_the_box_holds_for_a_link_that_is_opened_in_the_same_browser(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link")
    await visitor.submits("Email me a login link", email=ADA.email, stay=True)
    clock.advance(seconds=11)
    await visitor.submits("Resend email")
    mail = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    await visitor.opens(mail.link)
    await visitor.submits(f"Log in as {ADA.email}")
    assert stays_logged_in(visitor)

    clock.advance(seconds=11)
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link")
    await visitor.submits("Email me a login link", email=ADA.email, stay=True)
    elsewhere = new_browser(CHROME)
    await opens_mailed_link(elsewhere, ADA, LOGIN_LINK)
    await elsewhere.submits(f"Log in as {ADA.email}")
    assert not stays_logged_in(elsewhere)


async def test_a_login_link_is_another_button_of_the_same_form(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login?next=/profile/name")
    await visitor.submits("Email me a login link instead", email=ADA.email, password="half a passw", stay=True)
    assert (visitor.path, visitor.heading) == ("/login-with-magic-link/sent", "Check your email")
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert (visitor.path, stays_logged_in(visitor)) == ("/profile/name", True)


async def test_a_forgotten_password_leads_to_a_new_one_with_the_address_that_was_typed(visitor: Visitor) -> None:
    await visitor.opens("/login?next=/profile/name")
    await visitor.submits("Forgot your password?", email=" ada@Example.com", password="half a passw", stay=True)
    assert (visitor.status, visitor.path) == (200, "/forgot-password")
    kept = {name: visitor.field(name) for name in ("email", "next")}
    assert kept == {"email": "ada@Example.com", "next": "/profile/name"}
    assert visitor.does_not_see("There is a problem")
    assert "example.com" not in visitor.url, "an address is nobody's business in a history"
    await visitor.opens("/forgot-password")
    assert visitor.field("email") == ""


async def test_a_forgotten_password_is_no_reason_to_type_an_address_first(visitor: Visitor) -> None:
    await visitor.opens("/login")
    await visitor.submits("Forgot your password?")
    assert (visitor.path, visitor.status) == ("/forgot-password", 200)


async def test_whoever_is_logged_in_may_forget_the_password_of_another_account(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/login?switch=yes")
    await visitor.submits("Forgot your password?", email="grace@example.com")
    assert (visitor.path, visitor.field("email")) == ("/forgot-password", "grace@example.com")


async def test_who_has_an_account_already_gets_the_link_from_the_page_to_create_one(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/register?next=/profile/name")
    await visitor.submits("get a login link", email="ada", name="", password="")
    assert (visitor.status, visitor.field("email"), visitor.error("name")) == (422, "ada", "")
    await visitor.submits("get a login link", email=ADA.email)
    assert (visitor.path, visitor.heading) == ("/login-with-magic-link/sent", "Check your email")
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile/name"


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter your email address."),
        ("ada@", "Enter an email address in the correct format, like name@example.com."),
    ],
)
async def test_a_login_link_to_no_address_is_refused_where_it_was_asked_for(
    visitor: Visitor, typed: str, error: str
) -> None:
    await visitor.opens("/login?next=/profile/name")
    await visitor.submits("Email me a login link instead", email=typed, password="half a passw", stay=True)
    assert (visitor.status, visitor.heading, visitor.error("email")) == (422, "Log in", error)
    kept = {name: visitor.field(name) for name in ("email", "password", "stay", "next")}
    assert kept == {"email": typed, "password": "", "stay": "yes", "next": "/profile/name"}
    assert visitor.error("password") == ""


async def test_a_double_click_without_script_logs_in_once(app: ASGIApp) -> None:
    async with open_browser(app) as http:
        visitor = Visitor(http)
        await joins(visitor, ADA)
        await logs_out(visitor)
        http.cookies.clear()
        await http.get("/login")
        form = {"email": ADA.email, "password": ADA.password}
        answers = await asyncio.gather(*(http.post("/login", data=form) for _ in range(2)))
        assert [answer.headers["Location"] for answer in answers] == ["/profile"] * 2
        await visitor.opens("/profile")
        assert len(visitor.html.all("li.session")) == 1
