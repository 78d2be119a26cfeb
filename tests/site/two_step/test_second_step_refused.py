"""What goes wrong at the second step, and how the person goes on."""

from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    SAFARI,
    arrives,
    is_signed_in,
)
from tests.kit.two_step_pages import is_asked_for_a_second_factor, logs_in_halfway, shows_the_code
from tests.kit.visitor import Visitor
from tests.kit.wire import Wire, nobody

HERE = "/login/second-step"
TOO_LATE = "A login has to be finished within 10 minutes. Log in again."


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
    app = await is_asked_for_a_second_factor(visitor, clock, ADA, at="/login?next=/profile/name")
    for _try in range(4):
        await shows_the_code(visitor, app.wrong_code())
        assert visitor.path == HERE
    await shows_the_code(visitor, app.wrong_code())
    assert (visitor.path, visitor.query) == ("/login", {"next": "/profile/name"})
    assert visitor.sees("This login has ended: there were too many wrong codes, or your password was changed.")
    assert not await is_signed_in(visitor)


async def test_whoever_takes_longer_than_ten_minutes_is_told_and_begins_again(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app = await is_asked_for_a_second_factor(visitor, clock, ADA, at="/login?next=/profile/name")
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
