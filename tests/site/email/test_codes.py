"""A new address confirmed by the code of its mail, in the browser that asked for it. What the contract promises of that
is in tests/contract/emails/test_codes.py."""

import pytest

from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.mailbox import another_tab
from tests.kit.new_addresses import NEW, asks_for_a_new_address, confirms_it, reads_code
from tests.kit.people import ADA, CHROME, SAFARI, is_signed_in, joins, logs_in
from tests.kit.typed_codes import WRONG_CODE, types_wrong_codes
from tests.kit.visitor import Visitor


def shows_address(visitor: Visitor, email: str) -> bool:
    return visitor.one("email-row").text().startswith(f"Email address {email}") and visitor.one("who").text().endswith(
        email
    )


async def test_the_code_is_typed_in_the_row_that_waits(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.submits("Continue", code=(await reads_code(visitor)).lower().replace("-", " "))
    assert (visitor.path, visitor.status_message) == ("/profile", "Email address changed.")
    assert shows_address(visitor, NEW)
    assert not visitor.has("email-pending")


async def test_the_page_of_the_form_has_it_too(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    for path in ("/profile/email", "/profile/email/code"):
        await visitor.opens(path)
        assert (visitor.path, visitor.heading) == ("/profile/email", "Change email address")
        assert visitor.sees(f"Waiting for {NEW} to be confirmed.")
        assert visitor.has("new_email"), "and the form for another address is beside it"
    await visitor.submits("Continue", code="WDJB-MJHT")
    assert (visitor.status, visitor.path, visitor.error("code")) == (422, "/profile/email/code", WRONG_CODE)
    await visitor.submits("Continue", code=await reads_code(visitor))
    assert (visitor.path, visitor.status_message) == ("/profile", "Email address changed.")
    assert shows_address(visitor, NEW)


async def test_a_wrong_code_stays_in_its_field_with_the_error_beside_it(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await types_wrong_codes(visitor)
    assert visitor.sees(f"Waiting for {NEW} to be confirmed.")
    for _time in range(4):
        await visitor.submits("Continue", code="WDJB-MJHT")
    await visitor.submits("Continue", code=await reads_code(visitor))
    assert visitor.error("code") == WRONG_CODE
    await confirms_it(visitor)
    assert visitor.heading == "Your email address has been changed", "the link still works"


async def test_eves_browser_has_no_field_for_it_and_no_use(visitor: Visitor, new_browser: NewBrowser) -> None:
    """She has seen Ada's password, and is logged in to her account."""
    await joins(visitor, ADA)
    eve = new_browser(SAFARI)
    await logs_in(eve, ADA)
    await asks_for_a_new_address(visitor)
    code = await reads_code(visitor)
    await eve.opens("/profile")
    assert eve.sees(f"Waiting for {NEW} to be confirmed.")
    assert (eve.has("code"), eve.has("email-progress")) == (False, False)
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = await eve.http.post("/profile/email/code", data={"code": code}, headers=headers, follow_redirects=False)
    assert (answer.status_code, NEW in answer.text) == (422, True)
    await visitor.submits("Continue", code=code)
    assert shows_address(visitor, NEW)
    assert not await is_signed_in(eve)


async def test_whoever_types_it_after_the_link_was_used_is_told_so(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.opens("/profile")
    code = await reads_code(visitor)
    await confirms_it(new_browser(CHROME))
    await visitor.submits("Continue", code=code)
    assert visitor.status_message == "This address was confirmed already. It’s your email address now."
    assert shows_address(visitor, NEW)


async def test_whoever_types_it_after_the_change_was_cancelled_is_told_so(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    tab, code = another_tab(visitor), await reads_code(visitor)
    await tab.opens("/profile")
    await visitor.submits("Cancel the change")
    await tab.submits("Continue", code=code)
    assert tab.status_message == "No new email address was waiting any more."
    assert shows_address(tab, ADA.email)


async def test_the_second_click_of_a_double_click_is_told_the_same(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.opens("/profile")
    tab, code = another_tab(visitor), await reads_code(visitor)
    await tab.opens("/profile")
    for each in (visitor, tab):
        await each.submits("Continue", code=code)
        assert each.status_message == "Email address changed."
        assert shows_address(each, NEW)


async def test_the_code_of_a_mail_that_was_resent_counts(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    first = await reads_code(visitor)
    clock.advance(minutes=11)
    await visitor.opens("/profile")
    assert visitor.sees("The code in the email has expired. Open the link instead, or resend the email.")
    await visitor.submits("Resend email")
    await visitor.submits("Continue", code=first)
    assert visitor.error("code") == WRONG_CODE
    await visitor.submits("Continue", code=await reads_code(visitor))
    assert shows_address(visitor, NEW)


async def test_after_an_hour_there_is_no_code_to_type(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    clock.advance(hours=1)
    await visitor.opens("/profile")
    assert visitor.sees("The link that we emailed there has expired.")
    assert not visitor.has("code")


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_a_plain_altogic_has_no_code_for_it(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.opens("/profile")
    assert not visitor.has("code")
    await visitor.opens("/profile/email/code")
    assert visitor.status == 404
