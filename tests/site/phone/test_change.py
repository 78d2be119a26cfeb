"""Add a phone number to one's account, change it, and remove it."""

from __future__ import annotations

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser, open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, arrives, joins, logs_in
from tests.kit.phone_pages import (
    OTHER,
    OTHER_SHOWN,
    PHONE,
    SHOWN,
    SPELT,
    WRONG,
    WRONG_CODE,
    asks_for_a_phone,
    give_phone,
    reads_sms,
)
from tests.kit.visitor import Visitor
from web.asgi import create

HERE = "/profile/phone"


def shows_phone(visitor: Visitor, shown: str) -> bool:
    return visitor.one("phone-row").text().startswith(f"Phone number {shown}") and not visitor.has("phone-pending")


async def test_a_number_is_added_by_the_code_that_is_sent_to_it(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await asks_for_a_phone(visitor)
    assert visitor.path == ("/profile" if visitor.javascript else HERE), "the field for the code is at hand"
    assert visitor.focused == "sms-code"
    assert visitor.status_message == "Almost done. Enter the code from the SMS."
    await visitor.submits("Continue", within="#phone-code", code=await reads_sms(visitor))
    assert (visitor.path, visitor.status_message) == ("/profile", "Phone number saved.")
    assert shows_phone(visitor, SHOWN)
    assert await mailbox.newest(visitor, to=ADA.email, subject="New phone number")
    await visitor.opens("/profile/security")
    assert visitor.one("phone-state").text() == f"Code by SMS To {SHOWN} Manage"
    await visitor.opens("/profile/history")
    assert visitor.sees("Phone number added")
    assert visitor.does_not_see(SHOWN)


async def test_who_it_is_is_asked_first_and_what_was_typed_stays(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    clock.advance(minutes=15)
    await asks_for_a_phone(visitor)
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to change your phone number")
    await visitor.submits("Continue", current_password=ADA.password)
    assert (visitor.path, visitor.field("phone")) == (HERE, SPELT)
    await visitor.submits("Send me a code")
    assert visitor.has("phone-pending")


async def test_the_old_number_stays_until_the_new_one_is_shown(visitor: Visitor, environ: dict[str, str]) -> None:
    await arrives(visitor, ADA)
    give_phone(environ, ADA)
    await visitor.opens(HERE)
    assert visitor.one("phone-hint").text().startswith(f"Instead of {SHOWN}. With + and the country code")
    await asks_for_a_phone(visitor, OTHER)
    await visitor.opens("/profile")
    assert visitor.one("phone-row").text().startswith(f"Phone number {SHOWN}")
    assert visitor.sees(f"Waiting for the code that we sent to {OTHER_SHOWN}.")
    await visitor.submits("Continue", within="#phone-code", code=await reads_sms(visitor, OTHER))
    assert shows_phone(visitor, OTHER_SHOWN)


@pytest.mark.parametrize(
    ("phone", "error"),
    [
        ("", "Enter your phone number."),
        ("0151 12345678", "Enter your phone number with + and the country code, like +44 7400 123456."),
        (SPELT, "This is your phone number already."),
        ("+49 900 1234567", "We can’t send SMS to this number. Use a mobile number."),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    visitor: Visitor, environ: dict[str, str], phone: str, error: str
) -> None:
    await arrives(visitor, ADA)
    give_phone(environ, ADA)
    await asks_for_a_phone(visitor, phone)
    assert (visitor.status, visitor.error("phone"), visitor.field("phone")) == (422, error, phone)


async def test_a_wrong_code_stays_in_its_field_in_the_row_and_on_the_page(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await asks_for_a_phone(visitor)
    for typed, error in (
        ("", "Enter the code from the SMS."),
        ("12 34", "Enter the 6 digits of the code from the SMS."),
        (WRONG, WRONG_CODE),
    ):
        await visitor.submits("Continue", within="#phone-code", code=typed)
        assert (visitor.status, visitor.error("code"), visitor.field("code")) == (422, error, typed)
    for path in (HERE, f"{HERE}/again", f"{HERE}/cancel"):
        await visitor.opens(path)
        assert (visitor.path, visitor.heading) == (HERE, "Add a phone number")
        assert visitor.has("phone"), "and the form for another number is beside it"
    await visitor.submits("Continue", within="#phone-code", code=await reads_sms(visitor))
    assert (visitor.path, shows_phone(visitor, SHOWN)) == ("/profile", True)


async def test_another_code_is_sent_and_what_waits_can_be_cancelled(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await asks_for_a_phone(visitor)
    clock.advance(minutes=11)
    await visitor.opens("/profile")
    assert visitor.sees("It has expired.")
    assert not visitor.has("sms-code")
    await visitor.submits("Send another code")
    assert visitor.status_message.startswith("We’re sending another code (")
    assert visitor.has("sms-code")
    await visitor.submits("Cancel", within="#phone-pending")
    assert visitor.status_message == "Cancelled. No phone number was added."
    assert shows_phone(visitor, "No phone number yet")


async def test_two_tabs_press_different_buttons(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await asks_for_a_phone(visitor)
    code = await reads_sms(visitor)
    tabs = [mailbox.another_tab(visitor) for _ in range(2)]
    for tab in tabs:
        await tab.opens("/profile")
    await visitor.submits("Continue", within="#phone-code", code=code)
    await tabs[0].submits("Cancel", within="#phone-pending")
    assert tabs[0].status_message == "This number was confirmed already. It’s your phone number now."
    await tabs[1].submits("Send another code")
    assert tabs[1].status_message == "This number was confirmed already. It’s your phone number now."


async def test_too_many_sms_are_said_in_the_row(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await asks_for_a_phone(visitor)
    while visitor.status == 200:
        clock.advance(seconds=11)
        await visitor.submits("Send another code")
    assert visitor.status == 429
    assert visitor.sees("Too many attempts. Wait")
    assert visitor.sees(f"Waiting for the code that we sent to {SHOWN}.")


async def test_eves_browser_has_no_field_for_the_code(visitor: Visitor, new_browser: NewBrowser) -> None:
    """She has seen Ada's password, and is logged in to her account."""
    await arrives(visitor, ADA)
    eve = new_browser(SAFARI)
    await logs_in(eve, ADA)
    await asks_for_a_phone(visitor)
    code = await reads_sms(visitor)
    await eve.opens("/profile")
    assert eve.sees("It works only in the browser in which it was requested.")
    assert not eve.has("sms-code")
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = await eve.http.post(HERE, data={"code": code}, headers=headers, follow_redirects=False)
    assert answer.status_code == 422
    await visitor.submits("Continue", within="#phone-code", code=code)
    assert shows_phone(visitor, SHOWN)


async def test_whose_a_number_is_learns_who_holds_the_phone_alone(
    visitor: Visitor, new_browser: NewBrowser, environ: dict[str, str]
) -> None:
    await joins(new_browser(CHROME), GRACE)
    give_phone(environ, GRACE)
    await arrives(visitor, ADA)
    await asks_for_a_phone(visitor)
    assert visitor.sees(f"Waiting for the code that we sent to {SHOWN}.")
    await visitor.submits("Continue", within="#phone-code", code=await reads_sms(visitor))
    assert visitor.status_message == "Another account has this phone number. It wasn’t added to yours."
    assert shows_phone(visitor, "No phone number yet") or visitor.has("phone-pending")


async def test_a_number_is_removed(visitor: Visitor, environ: dict[str, str], clock: Clock) -> None:
    await arrives(visitor, ADA)
    give_phone(environ, ADA)
    await visitor.opens(HERE)
    await visitor.follows("Remove phone number")
    await visitor.follows("Keep it")
    assert visitor.path == "/profile"
    clock.advance(minutes=15)
    await visitor.opens(f"{HERE}/remove")
    assert visitor.sees(SHOWN)
    await visitor.submits("Remove")
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to remove your phone number")
    await visitor.submits("Continue", current_password=ADA.password)
    await visitor.submits("Remove")
    assert (visitor.path, visitor.status_message) == ("/profile", "Phone number removed.")
    assert shows_phone(visitor, "No phone number yet")
    await visitor.opens(f"{HERE}/remove")
    assert (visitor.path, visitor.heading) == (HERE, "Add a phone number")


async def test_a_number_that_somebody_else_added_goes_with_this_wasnt_me(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await asks_for_a_phone(visitor)
    await visitor.submits("Continue", within="#phone-code", code=await reads_sms(visitor))
    await visitor.opens("/profile/history")
    await visitor.follows("This wasn’t me", within="Phone number added")
    assert visitor.sees("A phone number added since then is removed.")
    await visitor.submits("This wasn’t me", within="#disown")
    await visitor.opens("/profile")
    assert shows_phone(visitor, "No phone number yet")


async def test_without_confirmation_a_number_counts_at_once(
    environ: dict[str, str], kind: type[Visitor], clock: Clock
) -> None:
    async with run_app(create({**environ, "PHONE_CONFIRMATION": "off"}, clock)) as app, open_browser(app) as http:
        visitor = kind(http)
        await arrives(visitor, ADA)
        await visitor.opens("/profile")
        await visitor.follows("Add a phone number")
        await visitor.submits("Save", within="#phone-form", phone=PHONE)
        assert visitor.status_message == "Phone number saved."
        assert shows_phone(visitor, SHOWN)


async def test_where_there_are_no_phones_there_is_no_row(
    environ: dict[str, str], kind: type[Visitor], clock: Clock
) -> None:
    async with run_app(create({**environ, "PHONE_SIGN_UP": "off"}, clock)) as app, open_browser(app) as http:
        visitor = kind(http)
        await joins(visitor, ADA)
        await visitor.opens("/profile")
        assert not visitor.has("phone-row")
        for path in ("", "/again", "/cancel", "/remove"):
            await visitor.opens(f"{HERE}{path}")
            assert visitor.status == 404
