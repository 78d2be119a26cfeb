"""Proving again who one is, on the way to what matters most."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.clock import Clock
from tests.kit.mailbox import code_in
from tests.kit.passwordless import remove_password
from tests.kit.people import (
    ADA,
    CHROME,
    LOGIN_LINK,
    Person,
    asks_for_a_link,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
    stays_logged_in,
)
from tests.kit.photo_files import photo
from tests.kit.visitor import Visitor
from web.pages.reauthentication.acts import ACTS
from web.routes import pages

AT = "/confirm?next=/profile/name"
NEW = "words chosen anew today"


async def confirms(visitor: Visitor, password: str = ADA.password, *, at: str = AT) -> None:
    await visitor.opens(at)
    await visitor.submits("Continue", current_password=password)


async def test_it_is_in_the_section_that_it_leads_on_to(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path, section in (("/profile/two-step", "security"), ("/profile/leave/now", "data")):
        await visitor.opens(f"/confirm?next={path}")
        assert visitor.one(f"to-{section}").get("aria-current") == "true"
        assert visitor.one("up").get("href") == f"/profile/{section}"
        await visitor.follows("Cancel")
        assert visitor.path == f"/profile/{section}"


async def logs_in_by_link(visitor: Visitor) -> None:
    await asks_for_a_link(visitor, ADA)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits("Log in", within="#go")


async def test_the_right_password_leads_on_and_is_not_asked_for_again(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens(AT)
    assert visitor.heading == "Confirm it’s you to continue"
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.path == "/profile/name"
    await visitor.opens(AT)
    assert visitor.path == "/profile/name", "it is known"


async def test_password_managers_are_told_whose_password_it_is(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens(AT)
    address, password = visitor.one("account"), visitor.one("current_password")
    assert (address.get("value"), address.get("autocomplete"), address.has("readonly")) == (ADA.email, "username", True)
    assert password.get("autocomplete") == "current-password"
    assert visitor.html.text().index("Email address") < visitor.html.text().index("Current password")


async def test_a_wrong_password_is_told_beside_its_field_and_leads_nowhere(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await confirms(visitor, "a wrong password")
    assert (visitor.status, visitor.path) == (422, "/confirm")
    assert visitor.error("current_password") == "This isn’t your current password."
    assert (visitor.field("current_password"), visitor.field("next")) == ("", "/profile/name")
    await visitor.submits("Continue", current_password="")
    assert visitor.error("current_password") == "Enter your current password."
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.path == "/profile/name"


async def test_wrong_passwords_count_like_those_of_a_log_in(visitor: Visitor) -> None:
    """A session that somebody took over is no way to guess."""
    await joins(visitor, ADA)
    for number in range(10):
        await confirms(visitor, f"guess number {number}")
        assert visitor.status == 422
    await confirms(visitor)
    assert (visitor.status, visitor.response.headers["retry-after"]) == (429, "900")
    assert visitor.sees("Too many attempts. Wait 15 minutes, then try again.")
    assert not await is_confirmed(visitor)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.status == 429, "they are the same attempts"


async def is_confirmed(visitor: Visitor) -> bool:
    """Asked in another tab, so that the page stays."""
    tab = mailbox.another_tab(visitor)
    await tab.opens(AT)
    return tab.path != "/confirm"


async def test_a_log_in_with_the_password_counts_for_15_minutes_however_busy_they_are(
    visitor: Visitor, clock: Clock
) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    for _ in range(14):
        clock.advance(minutes=1)
        await visitor.opens(AT)
        assert visitor.path == "/profile/name"
    clock.advance(minutes=1)
    await visitor.opens(AT)
    assert visitor.path == "/confirm"


async def test_a_log_in_by_a_mailed_link_does_not_count(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in_by_link(visitor)
    await visitor.opens(AT)
    assert visitor.path == "/confirm"


async def test_staying_logged_in_does_not_count_and_stays_so_with_the_new_token(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    for stays in (True, False):
        await logs_out(visitor)
        await logs_in(visitor, ADA, stays=stays)
        clock.advance(days=1)
        await visitor.opens(AT)
        assert visitor.path == "/confirm"
        await visitor.submits("Continue", current_password=ADA.password)
        assert stays_logged_in(visitor) is stays
        clock.advance(minutes=2)
        assert await is_signed_in(visitor)


async def test_another_tab_and_a_stolen_cookie_have_the_old_token_for_a_minute(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    thief = new_browser(CHROME)
    thief.http.cookies.update(visitor.http.cookies)
    await confirms(visitor)
    clock.advance(seconds=59)
    assert await is_signed_in(thief)
    await thief.opens(AT)
    assert thief.path == "/confirm", "it opens what it opened before"
    clock.advance(seconds=1)
    assert not await is_signed_in(thief)
    assert await is_signed_in(visitor)


async def test_a_photo_that_takes_minutes_to_send_logs_nobody_out(visitor: Visitor, clock: Clock) -> None:
    """Meanwhile another tab has got a new token, and the old one of the upload is over."""
    await joins(visitor, ADA)
    sent = httpx.Request("POST", f"{visitor.site}/profile/avatar", files={"avatar": photo()})
    body = sent.read()

    async def send_slowly() -> AsyncIterator[bytes]:
        yield body[:100]
        await confirms(mailbox.another_tab(visitor))
        clock.advance(seconds=61)
        yield body[100:]

    headers = {"Content-Type": sent.headers["Content-Type"]}
    answer = await visitor.http.post("/profile/avatar", content=send_slowly(), headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/profile/avatar")
    assert await is_signed_in(visitor)
    await visitor.opens("/login?next=/profile/avatar")
    assert visitor.path == "/profile/avatar"


async def test_a_second_click_leads_on_too(visitor: Visitor, clock: Clock) -> None:
    """Of a double click the browser shows the second answer alone."""
    await joins(visitor, ADA)
    await visitor.opens(AT)
    again = mailbox.another_tab(visitor)
    again.http.cookies.update(visitor.http.cookies)
    await again.opens(AT)
    before = dict(visitor.http.cookies)
    await visitor.submits("Continue", current_password=ADA.password)
    visitor.http.cookies.clear()
    visitor.http.cookies.update(before)
    again.http.cookies.clear()
    again.http.cookies.update(before)
    await again.submits("Continue", current_password=ADA.password)
    assert again.path == "/profile/name"
    clock.advance(minutes=2)
    assert await is_signed_in(again)


@pytest.mark.parametrize("evil", ["//evil.example/", "https://evil.example/", "/\\evil.example/", "profile", ""])
async def test_nobody_is_led_away(visitor: Visitor, evil: str) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/confirm")
    visitor.html.all("[name=next]")[0].attributes["value"] = evil
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.url == f"{visitor.site}/profile"
    answer = await visitor.http.get("/confirm", params={"next": evil})
    assert answer.headers["location"] == "/profile"


async def test_a_guest_logs_in_first_which_is_enough(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens(AT)
    assert visitor.path == "/login"
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    assert visitor.path == "/profile/name"


async def test_whoever_has_no_password_types_a_mailed_code_and_sets_the_first(
    visitor: Visitor, environ: dict[str, str]
) -> None:
    await joins(visitor, ADA)
    remove_password(environ, ADA)
    await visitor.opens("/profile")
    assert "No password" in visitor.one("password-row").text()
    await visitor.follows("Set a password")
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to set a password")
    assert not visitor.has("current_password")
    await visitor.submits("Email me a code")
    assert (visitor.path, visitor.query) == ("/confirm", {"next": "/profile/password", "sent": "yes"})
    assert visitor.one("mail-code").text() == "Resend email"
    assert visitor.one("outbox").text() == "Open the outbox"
    assert (visitor.status_message, visitor.focused) == (f"We’ve emailed a code to {ADA.email}.", "code")
    code = code_in((await mailbox.newest(visitor, to=ADA.email, subject="Your code")).text)
    await visitor.submits("Continue", code="BCDF-GHJK")
    assert (visitor.status, visitor.error("code")) == (
        422,
        "This code isn’t right, or it no longer works. Check the newest email, or resend it.",
    )
    await visitor.submits("Continue", code=code)
    assert (visitor.path, visitor.heading) == ("/profile/password", "Set a password")
    assert visitor.status_message == "You’ve confirmed it’s you. Now you can go on."
    assert not visitor.has("current_password")
    await visitor.submits("Save new password", new_password=NEW)
    assert visitor.status_message == "Password set. You’re logged out everywhere else."
    assert "No password" not in visitor.one("password-row").text()
    await logs_out(visitor)
    await logs_in(visitor, Person(ADA.email, ADA.name, NEW))
    assert visitor.path == "/profile"


async def test_a_first_password_is_not_set_without_a_proof(visitor: Visitor, environ: dict[str, str]) -> None:
    await joins(visitor, ADA)
    remove_password(environ, ADA)
    typed = {"new_password": NEW, "end_others": "yes"}
    answer = await visitor.http.post("/profile/password", data=typed, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/confirm?next=/profile/password")
    await visitor.opens("/confirm?next=/profile/password")
    await visitor.submits("Continue", code="")
    assert visitor.error("code") == "Enter the code from the email."


@at_plain_altogic_too
async def test_a_changed_password_needs_nothing_else_and_confirms(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    thief = new_browser(CHROME)
    thief.http.cookies.update(visitor.http.cookies)
    await visitor.opens("/profile/password")
    await visitor.submits("Save new password", current_password=ADA.password, new_password=NEW)
    assert visitor.status_message == "Password changed. You’re logged out everywhere else."
    clock.advance(minutes=1)
    assert await is_signed_in(visitor)
    is_ours = (await visitor.http.get("/confirm")).status_code != 404
    assert await is_signed_in(thief) is not is_ours, "at Altogic a session has one token for its life"


def test_each_act_that_is_named_has_a_page_to_go_on_at() -> None:
    for path, act in ACTS.items():
        page = (act.page or path).replace("*", "0123456789abcdef")
        assert any(route.path_regex.match(page) for route in pages), path


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_at_a_plain_altogic_there_is_nothing_to_confirm(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens(AT)
    assert (visitor.status, visitor.heading) == (404, "Page not found")
    assert (await visitor.http.post("/confirm", data={"current_password": ADA.password})).status_code == 404


class TestWhereNoMailLeaves:
    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {"EMAIL_CONFIRMATION": "off", "OUTBOX": "off"}

    async def test_whoever_has_no_password_is_told_that_it_does_not_go_on_here(
        self, visitor: Visitor, environ: dict[str, str], clock: Clock
    ) -> None:
        await registers(visitor, ADA)
        remove_password(environ, ADA)
        clock.advance(minutes=16)
        await visitor.opens("/confirm?next=/profile/password")
        assert "no email with a code can reach you" in visitor.text
        assert not visitor.has("mail-code")
        await visitor.follows("Cancel")
        assert visitor.path.startswith("/profile")
