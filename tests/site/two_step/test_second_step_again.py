"""The second step in two tabs, by a double click, and after going back."""

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    GRACE,
    LOGIN_LINK,
    arrives,
    asks_for_a_link,
    logs_out,
    opens_mailed_link,
)
from tests.kit.two_step_pages import is_asked_for_a_second_factor, logs_in_halfway, sets_up_two_step, shows_the_code
from tests.kit.visitor import Visitor

HERE = "/login/second-step"


async def test_a_double_click_is_answered_alike_whichever_answer_the_browser_shows(
    visitor: Visitor, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA, at="/login?next=/profile/name")
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
    app = await is_asked_for_a_second_factor(visitor, clock, ADA, at="/login?next=/profile/name")
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
