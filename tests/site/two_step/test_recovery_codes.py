"""The second step of a log-in with a recovery code."""

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, arrives, is_signed_in, logs_out
from tests.kit.two_step_pages import (
    is_asked_for_a_second_factor,
    logs_in_halfway,
    sets_up_two_step,
    shows_a_recovery_code,
    shows_the_code,
)
from tests.kit.visitor import Visitor

HERE = "/login/second-step"


async def test_a_recovery_code_logs_in_once_and_the_page_says_how_many_are_left(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    _app, codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA)
    await visitor.follows("Use a recovery code instead")
    await visitor.submits("Log in", within="#second-step", recovery_code=codes[0].lower().replace("-", " "))
    assert (visitor.path, visitor.status_message) == ("/profile", "You’re logged in. 9 recovery codes are left.")
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA)
    await visitor.follows("Use a recovery code instead")
    await visitor.submits("Log in", within="#second-step", recovery_code=codes[0])
    assert visitor.error("recovery_code") == "This isn’t one of your recovery codes, or it has been used already."
    assert visitor.field("recovery_code") == codes[0]


async def test_what_is_said_is_in_her_language_where_the_browser_speaks_another(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    _app, codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens("/profile/language")
    await visitor.submits("Save", within="#language-form", language="de")
    elsewhere = new_browser(CHROME)
    await logs_in_halfway(elsewhere, ADA)
    await shows_a_recovery_code(elsewhere, codes[0])
    assert "Du bist angemeldet. Es sind noch 9 Wiederherstellungscodes übrig." in elsewhere.status_message


async def test_from_three_on_new_recovery_codes_are_asked_for(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    _app, codes = await sets_up_two_step(visitor, clock, ADA)
    said = []
    for code in codes:
        await logs_out(visitor)
        await logs_in_halfway(visitor, ADA)
        await visitor.opens(f"{HERE}?with=recovery-code")
        await visitor.submits("Log in", within="#second-step", recovery_code=code)
        said.append(visitor.status_message)
    assert said[5] == "You’re logged in. 4 recovery codes are left."
    assert said[6] == "You’re logged in. 3 recovery codes are left. Make new ones under Security."
    assert said[8] == "You’re logged in. 1 recovery code is left. Make new ones under Security."
    assert said[9] == "That was your last recovery code. Make new ones under Security."


async def test_a_reload_asks_for_the_same_factor(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await is_asked_for_a_second_factor(visitor, clock, ADA)
    await visitor.follows("Use a recovery code instead")
    await visitor.opens(visitor.url)
    assert visitor.has("recovery_code")
    await visitor.follows("Use your authenticator app instead")
    assert visitor.has("code")


async def logs_in_by_recovery_code(visitor: Visitor, code: str, *, at: str = "/login") -> None:
    await logs_in_halfway(visitor, ADA, at=at)
    await shows_a_recovery_code(visitor, code)


async def test_the_next_page_offers_once_to_log_out_everybody_else(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    """Whoever needs such a code may have lost a device that is logged in."""
    await arrives(visitor, ADA)
    app, codes = await sets_up_two_step(visitor, clock, ADA)
    lost = new_browser(CHROME)
    await logs_in_halfway(lost, ADA)
    await shows_the_code(lost, app.code())
    for code in codes[:2]:
        await logs_out(visitor)
        await logs_in_by_recovery_code(visitor, code, at="/login?next=/profile/data")
        assert visitor.path == "/profile/data"
        assert visitor.one("flash-others").text().startswith("1 other session is logged in.")
        await visitor.opens("/profile/data")
        assert not visitor.has("flash-others")
    assert await is_signed_in(lost)
    await logs_out(visitor)
    await logs_in_by_recovery_code(visitor, codes[2])
    await visitor.submits("Log out everywhere else", within="#flash")
    assert (visitor.path, visitor.status_message) == ("/profile", "Logged out 1 other session.")
    assert not await is_signed_in(lost)
    assert await is_signed_in(visitor)


async def test_the_session_that_a_browser_had_before_is_nobody_else(visitor: Visitor, clock: Clock) -> None:
    """It ends with the log-in."""
    await arrives(visitor, ADA)
    app, codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA)
    await visitor.follows("Use a recovery code instead")
    tab = mailbox.another_tab(visitor)
    await logs_in_halfway(tab, ADA)
    await shows_the_code(tab, app.code())
    for button in ("Log in", "Log out and log in"):
        await visitor.submits(button, within="#second-step", recovery_code=codes[0])
    assert visitor.status_message == "You’re logged in. 9 recovery codes are left."
