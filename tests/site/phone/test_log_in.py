"""Log in with a code by SMS. What the contract promises of the codes is in tests/contract/phones."""

from __future__ import annotations

import pytest
from starlette.types import ASGIApp

from tests.kit import mailbox
from tests.kit.app import NewBrowser, open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    GRACE,
    SAFARI,
    arrives,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    stays_logged_in,
)
from tests.kit.phone_pages import (
    OTHER,
    OTHER_SHOWN,
    PHONE,
    SHOWN,
    SPELT,
    WRONG,
    WRONG_CODE,
    asks_to_log_in_by_sms,
    give_phone,
    reads_sms,
)
from tests.kit.two_step_pages import sets_up_two_step, shows_the_code
from tests.kit.visitor import Visitor
from tests.kit.wire import Wire, nobody
from web.asgi import create

HERE = "/login-with-code"


@pytest.fixture
async def ada(visitor: Visitor, environ: dict[str, str]) -> Visitor:
    """She has a phone, and is logged out."""
    await joins(visitor, ADA)
    await logs_out(visitor)
    give_phone(environ, ADA)
    return visitor


async def test_the_code_logs_in_where_it_was_asked_for(ada: Visitor) -> None:
    await ada.opens("/login?next=/profile/name")
    await ada.follows("Log in with a code by SMS")
    await ada.submits("Send me a code", phone=SPELT, stay="yes")
    assert (ada.path, ada.heading) == (HERE, "Enter the code from the SMS")
    assert ada.sees(f"If there’s an account with {SHOWN}, we’ve sent it a code. It works once, for 10 minutes")
    code = await reads_sms(ada)
    await ada.submits("Log in", code=f"{code[:3]} {code[3:]}")
    assert (ada.path, ada.who, stays_logged_in(ada)) == ("/profile/name", ADA.name, True)
    await ada.opens("/profile/history")
    assert ada.sees("Logged in using a code by SMS")
    await ada.opens("/profile")
    assert "using a code by SMS" in ada.response.text  # folded away


@pytest.mark.parametrize(
    ("phone", "error"),
    [
        ("", "Enter your phone number."),
        ("0151 12345678", "Enter your phone number with + and the country code, like +44 7400 123456."),
        ("+49 12", "Enter your phone number with + and the country code, like +44 7400 123456."),
        ("+49 900 1234567", "We can’t send SMS to this number. Use a mobile number."),
    ],
)
async def test_what_is_wrong_with_a_number_is_said_beside_it(visitor: Visitor, phone: str, error: str) -> None:
    await asks_to_log_in_by_sms(visitor, phone, stays=True)
    assert (visitor.status, visitor.error("phone"), visitor.field("phone")) == (422, error, phone)
    assert visitor.field("stay") == "yes"


@pytest.mark.parametrize(
    ("language", "timezone", "example"),
    [
        ("de", "", "+49 1512 3456789"),
        ("de-AT,de;q=0.9", "", "+43 664 123456"),
        ("en", "", "+44 7400 123456"),
        ("fr", "Europe/Zurich", "+41 78 123 45 67"),
    ],
)
async def test_the_hint_is_of_the_persons_country(
    app: ASGIApp, kind: type[Visitor], language: str, timezone: str, example: str
) -> None:
    async with open_browser(app) as http:
        visitor = kind(http, language=language)
        if timezone:
            await visitor.opens("/language")
            await visitor.submits("Save", timezone=timezone)
        await visitor.opens(HERE)
        assert example in visitor.one("phone-hint").text()


async def test_countries_that_get_sms_are_named(environ: dict[str, str], kind: type[Visitor], clock: Clock) -> None:
    site = create({**environ, "SMS_COUNTRIES": "AT,DE,CH"}, clock)
    async with run_app(site) as app, open_browser(app) as http:
        visitor = kind(http, language="de-CH")
        await visitor.opens(HERE)
        assert "+41 78 123 45 67" in visitor.one("phone-hint").text()
        await visitor.submits("Code schicken", phone="+33 6 12 34 56 78")
        assert visitor.error("phone").endswith("Deutschland, Österreich oder Schweiz.")


async def test_a_wrong_code_stays_in_its_field_with_the_error_beside_it(ada: Visitor) -> None:
    await asks_to_log_in_by_sms(ada)
    for typed, error in (
        ("", "Enter the code from the SMS."),
        ("12345", "Enter the 6 digits of the code from the SMS."),
        (WRONG, WRONG_CODE),
    ):
        await ada.submits("Log in", code=typed)
        assert (ada.status, ada.error("code"), ada.field("code")) == (422, error, typed)
    await ada.submits("Log in", code=await reads_sms(ada))
    assert ada.who == ADA.name


async def test_another_code_ends_the_one_before(ada: Visitor, clock: Clock) -> None:
    await asks_to_log_in_by_sms(ada, at=f"{HERE}?next=/profile/name", stays=True)
    first = await reads_sms(ada)
    clock.advance(seconds=30)
    await ada.submits("Send another code")
    assert ada.status_message.startswith("We’re sending another code (")
    second = await reads_sms(ada)
    if first != second:
        await ada.submits("Log in", code=first)
        assert ada.error("code") == WRONG_CODE
    await ada.submits("Log in", code=second)
    assert (ada.path, stays_logged_in(ada)) == ("/profile/name", True)


async def test_too_many_are_told_with_the_wait_and_the_code_can_still_be_typed(ada: Visitor, clock: Clock) -> None:
    await asks_to_log_in_by_sms(ada)
    while ada.status == 200:
        clock.advance(seconds=11)
        await ada.submits("Send another code")
    assert ada.status == 429
    assert ada.sees("Too many attempts. Wait")
    assert ada.has("code")
    await ada.submits("Log in", code=await reads_sms(ada))
    assert ada.who == ADA.name


async def test_the_number_is_changed_and_what_was_typed_is_there(ada: Visitor) -> None:
    await asks_to_log_in_by_sms(ada, "+49 30 123456", at=f"{HERE}?next=/profile/name")
    await ada.opens(HERE)
    assert ada.heading == "Enter the code from the SMS", "it is waited for"
    await ada.follows("Use a different number")
    assert ada.field("phone") == "+49 30 123456"
    await ada.submits("Send me a code", phone=PHONE)
    await ada.submits("Log in", code=await reads_sms(ada))
    assert ada.path == "/profile/name"


async def test_once_the_code_is_over_the_number_is_asked_for_again(ada: Visitor, clock: Clock) -> None:
    await asks_to_log_in_by_sms(ada)
    code = await reads_sms(ada)
    clock.advance(minutes=10)
    await ada.submits("Log in", code=code)
    assert ada.error("code") == WRONG_CODE
    await ada.opens(HERE)
    assert (ada.heading, ada.field("phone")) == ("Log in with a code by SMS", SPELT)


@pytest.mark.usefixtures("ada")
async def test_nobody_learns_whose_a_number_is(new_browser: NewBrowser) -> None:
    pages = []
    for phone, shown in ((PHONE, SHOWN), (OTHER, OTHER_SHOWN)):
        guest = new_browser(SAFARI)
        await asks_to_log_in_by_sms(guest, phone)
        sent = guest.text.replace(shown, "…")
        await guest.submits("Log in", code=WRONG)
        pages.append((sent, guest.status, guest.text.replace(shown, "…"), guest.buttons()))
    assert pages[0] == pages[1]


async def test_the_code_of_another_browser_is_worthless(ada: Visitor, new_browser: NewBrowser) -> None:
    """Ada reads her code to Eve on the telephone."""
    eve = new_browser(SAFARI)
    await asks_to_log_in_by_sms(ada)
    code = await reads_sms(ada)
    await asks_to_log_in_by_sms(eve)
    if (await reads_sms(ada)) != code:
        await eve.submits("Log in", code=code)
        assert eve.error("code") == WRONG_CODE
    await ada.submits("Log in", code=code)
    assert ada.who == ADA.name


async def test_the_second_step_leads_on_as_the_code_would_have(
    visitor: Visitor, environ: dict[str, str], clock: Clock
) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    give_phone(environ, ADA)
    await asks_to_log_in_by_sms(visitor, at=f"{HERE}?next=/profile/name", stays=True)
    code = await reads_sms(visitor)
    tab = mailbox.another_tab(visitor)
    await tab.opens(HERE)
    await visitor.submits("Log in", code=code)
    assert (visitor.path, await is_signed_in(visitor)) == ("/login/second-step", False)
    assert visitor.sees(f"For {SPELT}"), "as it was typed here"
    await tab.submits("Log in", code=code)
    assert tab.path == "/login/second-step", "the second click of a double click"
    await shows_the_code(visitor, app.code())
    assert (visitor.path, visitor.who, stays_logged_in(visitor)) == ("/profile/name", ADA.name, True)
    await logs_out(visitor)
    await visitor.opens(HERE)
    assert visitor.heading == "Log in with a code by SMS", "nothing is waited for any more"


async def test_the_second_click_of_a_double_click_goes_on_too(ada: Visitor) -> None:
    await asks_to_log_in_by_sms(ada)
    code = await reads_sms(ada)
    tab = mailbox.another_tab(ada)
    await tab.opens(HERE)
    await ada.submits("Log in", code=code)
    await tab.submits("Log in", code=code)
    assert (tab.path, tab.who) == ("/profile", ADA.name)


async def test_whoever_is_logged_in_as_somebody_else_is_asked_first(ada: Visitor, new_browser: NewBrowser) -> None:
    await joins(new_browser(CHROME), GRACE)
    await asks_to_log_in_by_sms(ada)
    code = await reads_sms(ada)
    await logs_in(mailbox.another_tab(ada), GRACE)
    await ada.submits("Log in", code=code)
    assert (ada.status, await is_signed_in(ada)) == (409, True)
    assert ada.sees(f"You’re logged in as {GRACE.email}. If you continue, that account will be logged out")
    await ada.submits("Log out and log in", code=code)
    assert ada.who == ADA.name


async def test_the_day_without_sms_is_told_for_every_number(
    environ: dict[str, str], kind: type[Visitor], clock: Clock
) -> None:
    async with run_app(create({**environ, "SMS_DAILY_LIMIT": "1"}, clock)) as app, open_browser(app) as http:
        visitor = kind(http)
        await joins(visitor, ADA)
        await logs_out(visitor)
        give_phone(environ, ADA)
        await asks_to_log_in_by_sms(visitor)
        code = await reads_sms(visitor)
        clock.advance(minutes=1)
        await visitor.submits("Send another code")
        assert visitor.status == 503
        assert visitor.sees("We can’t send any SMS at the moment. Try again in 15 hours, or choose another way.")
        await visitor.follows("Use a different number")
        await visitor.submits("Send me a code", phone=OTHER)
        assert (visitor.status, visitor.field("phone")) == (503, OTHER)
        await visitor.opens(HERE)
        await visitor.submits("Log in", code=code)
        assert visitor.who == ADA.name


async def test_while_the_backend_is_away_the_form_says_so(visitor: Visitor, wire: Wire) -> None:
    await visitor.opens(HERE)
    wire.instead = nobody
    await visitor.submits("Send me a code", phone=SPELT)
    assert (visitor.status, visitor.field("phone")) == (503, SPELT)
    assert visitor.sees("We cannot send you an SMS at the moment. Try again in a minute.")


@pytest.mark.parametrize("off", [{"PHONE_SIGN_UP": "off"}, {"PHONE_CODE_SIGN_IN": "off"}])
async def test_where_it_is_not_offered_nothing_leads_there(
    environ: dict[str, str], kind: type[Visitor], clock: Clock, off: dict[str, str]
) -> None:
    async with run_app(create({**environ, **off}, clock)) as app, open_browser(app) as http:
        visitor = kind(http)
        await visitor.opens("/login")
        assert not visitor.has("by-sms")
        await visitor.opens(HERE)
        assert visitor.status == 404
        sent = await http.post(HERE, data={"phone": PHONE}, headers={"Sec-Fetch-Site": "same-origin"})
        assert sent.status_code == 404
