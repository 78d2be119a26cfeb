"""The time zone and the language that a browser tells by itself, for whoever has chosen none."""

from typing import Any

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.people import ADA, CHROME, CONFIRM, LOGIN_LINK, logs_out, opens_mailed_link
from tests.kit.visitor import Visitor

VIENNA: dict[str, Any] = {"timezone": "Europe/Vienna", "language": "en-AT"}
TOKYO: dict[str, Any] = {"timezone": "Asia/Tokyo", "language": "ja"}


async def registers(visitor: Visitor, **told: Any) -> None:
    await visitor.opens("/register")
    await visitor.submits("Create account", email=ADA.email, name=ADA.name, password=ADA.password, **told)


async def joins(visitor: Visitor, **told: Any) -> None:
    await registers(visitor, **told)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm", within="#go")


async def logs_in(visitor: Visitor, **told: Any) -> None:
    await visitor.opens("/login")
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password, **told)


async def find_locale(visitor: Visitor) -> tuple[str, str]:
    """Look at the form, in another tab: the time zone, empty while none is known, and the language."""
    tab = mailbox.another_tab(visitor)
    await tab.opens("/language")
    is_unknown = tab.html.find("select[data-unknown]") is not None
    return "" if is_unknown else tab.field("timezone"), tab.field("language")


async def test_a_new_account_has_those_of_the_browser_it_was_typed_in(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, **VIENNA)
    assert await find_locale(visitor) == ("Europe/Vienna", "en")
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, **TOKYO)
    assert await find_locale(elsewhere) == ("Europe/Vienna", "en"), "the account has its own"


async def test_an_account_without_them_gets_them_at_the_log_in(visitor: Visitor) -> None:
    await joins(visitor)
    assert await find_locale(visitor) == ("", "en")
    await logs_out(visitor)
    await logs_in(visitor, **VIENNA)
    assert await find_locale(visitor) == ("Europe/Vienna", "en")


BUTTONS = {
    "/login-with-magic-link": "Email me a login link",
    "/login": "Email me a login link instead",
    "/register": "get a login link",
}


@pytest.mark.parametrize("path", BUTTONS)
async def test_a_login_link_brings_those_of_the_browser_that_asked_for_it(visitor: Visitor, path: str) -> None:
    await joins(visitor)
    await logs_out(visitor)
    await visitor.opens(path)
    await visitor.submits(BUTTONS[path], email=ADA.email, **VIENNA)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert await find_locale(visitor) == ("Europe/Vienna", "en")


async def test_a_link_that_is_opened_elsewhere_brings_those_of_that_browser(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await registers(visitor, **TOKYO)
    elsewhere = new_browser(CHROME)
    await opens_mailed_link(elsewhere, ADA, CONFIRM)
    typed: dict[str, Any] = {"name": ADA.name, "new_password": ADA.password}
    await elsewhere.submits("Confirm", within="#confirm", **typed, **VIENNA)
    assert await find_locale(elsewhere) == ("Europe/Vienna", "en")


async def test_what_a_guest_chose_goes_into_the_account(visitor: Visitor, new_browser: NewBrowser) -> None:
    await visitor.opens("/language")
    await visitor.submits("Save", within="#language-form", timezone="America/Lima", language="en")
    await joins(visitor, **VIENNA)
    assert await find_locale(visitor) == ("America/Lima", "en")
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, **TOKYO)
    assert await find_locale(elsewhere) == ("America/Lima", "en")


@pytest.mark.parametrize("told", [{"timezone": "Mars/Phobos", "language": "tlh"}, {"timezone": "../etc/passwd"}, {}])
async def test_what_cannot_be_chosen_is_no_reason_to_refuse_a_log_in(visitor: Visitor, told: dict[str, Any]) -> None:
    await joins(visitor, **told)
    assert (visitor.path, await find_locale(visitor)) == ("/profile", ("", "en"))
    await logs_out(visitor)
    await logs_in(visitor, **told)
    assert (visitor.path, await find_locale(visitor)) == ("/profile", ("", "en"))


async def test_any_of_the_names_of_a_zone_will_do(visitor: Visitor) -> None:
    await joins(visitor, timezone="Asia/Calcutta")
    assert (await find_locale(visitor))[0] == "Asia/Kolkata"


async def test_the_language_of_a_browser_is_that_of_the_first_mail_and_of_the_account(visitor: Visitor) -> None:
    await registers(visitor, language="de-AT")
    await opens_mailed_link(visitor, ADA, "Bestätige deine E-Mail-Adresse")
    await visitor.submits("Confirm", within="#go")
    assert (visitor.who, await find_locale(visitor)) == (ADA.name, ("", "de"))


async def test_times_in_mails_are_those_of_the_persons_clock_from_the_first_one_on(visitor: Visitor) -> None:
    await registers(visitor, **TOKYO)
    mail = await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)
    assert "Requested on 14 March 2026 at 18:26 UTC+9 from Firefox on Windows." in mail.text
    await visitor.opens(mail.link)
    await visitor.submits("Confirm", within="#go")
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link")
    await visitor.submits("Email me a login link", email=ADA.email)
    mail = await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    assert "Requested on 14 March 2026 at 18:26 UTC+9 from Firefox on Windows." in mail.text


@at_plain_altogic_too
async def test_a_backend_without_locales_lets_people_in_too(visitor: Visitor) -> None:
    await joins(visitor, **VIENNA)
    assert visitor.path == "/profile"
    await logs_out(visitor)
    await logs_in(visitor, **VIENNA)
    assert visitor.path == "/profile"
