"""Recovery codes at the site: made, seen until they are kept, printed, downloaded."""

import re

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, SAFARI, arrives, joins, logs_in
from tests.kit.recovery_codes import SHAPE
from tests.kit.visitor import Visitor

HERE = "/profile/recovery-codes"


def codes_on(visitor: Visitor) -> list[str]:
    return [code.text() for code in visitor.one("codes").all("code")] if visitor.has("codes") else []


async def makes_codes(visitor: Visitor) -> list[str]:
    await visitor.opens(HERE)
    await visitor.submits("Make", within="#make-form")
    assert visitor.path == HERE
    return codes_on(visitor)


async def test_a_person_makes_codes_and_says_when_they_are_saved(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(HERE)
    assert (visitor.heading, bool(visitor.sees("No codes yet"))) == ("Recovery codes", True)
    codes = await makes_codes(visitor)
    assert visitor.title.startswith("Save your new codes – "), "it is read aloud when they are there"
    assert len(codes) == 10
    assert all(re.fullmatch(SHAPE, code) for code in codes)
    assert visitor.sees("For Account pages, ada@example.com, made on")
    await visitor.opens(HERE)
    assert codes_on(visitor) == codes, "a reload loses nothing"

    await visitor.submits("I’ve saved them")
    assert (visitor.path, codes_on(visitor)) == (HERE, [])
    assert visitor.status_message == "Your recovery codes are saved. From now on only these work."
    assert visitor.sees("10 codes left")
    await visitor.opens("/profile/history")
    assert visitor.sees("Recovery codes made")


async def test_they_are_downloaded_as_a_text_that_says_what_they_are_for(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    codes = await makes_codes(visitor)
    file = await visitor.http.get(f"{HERE}.txt")
    assert file.headers["content-disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert file.headers["content-type"] == "text/plain; charset=utf-8"
    assert file.headers["cache-control"] == "no-store"
    lines = file.text.split("\r\n")
    assert [line for line in lines if re.fullmatch(SHAPE, line)] == codes
    assert visitor.site in lines
    assert ADA.email in lines
    assert any(line.startswith("Made on 14 March 2026") for line in lines)


async def test_the_file_is_there_only_while_the_codes_wait_and_for_nobody_elses_page(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    assert (await visitor.http.get(f"{HERE}.txt")).headers["location"] == HERE
    await makes_codes(visitor)
    from_elsewhere = await visitor.http.get(f"{HERE}.txt", headers={"Sec-Fetch-Site": "cross-site"})
    assert from_elsewhere.headers["location"] == HERE
    await visitor.opens(HERE)
    await visitor.submits("I’ve saved them")
    assert (await visitor.http.get(f"{HERE}.txt")).headers["location"] == HERE


async def test_the_old_ones_are_said_to_work_until_the_new_ones_are_saved(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await makes_codes(visitor)
    assert visitor.does_not_see("Until then your old codes work.")
    await visitor.submits("I’ve saved them")
    await makes_codes(visitor)
    assert visitor.sees("Until then your old codes work.")


async def test_of_two_tabs_only_the_one_that_shows_the_newest_can_say_it(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await makes_codes(visitor)
    other = mailbox.another_tab(visitor)
    clock.advance(minutes=1)
    await other.http.post(HERE, headers={"Origin": visitor.site})
    await visitor.submits("I’ve saved them")
    assert visitor.sees("Those codes don’t wait to be saved any more")
    assert codes_on(visitor), "the newer ones are shown"


async def test_they_are_shown_to_whoever_proves_who_it_is_and_in_no_other_browser(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    """What another browser has made may be known to whoever sat there."""
    await arrives(visitor, ADA)
    phone = new_browser(SAFARI)
    await logs_in(phone, ADA)
    clock.advance(minutes=16)
    await visitor.opens(HERE)
    await visitor.submits("Make", within="#make-form")
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to see your recovery codes")
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.path == HERE
    codes = await makes_codes(visitor)
    await phone.opens(HERE)
    assert (phone.path, codes_on(phone)) == (HERE, [])
    clock.advance(minutes=16)
    await visitor.opens(HERE)
    assert visitor.path == "/confirm"
    await visitor.submits("Continue", current_password=ADA.password)
    assert (visitor.path, codes_on(visitor)) == (HERE, codes)
    clock.advance(minutes=16)
    await visitor.submits("I’ve saved them")
    assert visitor.path == "/confirm"
    await visitor.submits("Continue", current_password=ADA.password)
    await visitor.submits("I’ve saved them")
    assert visitor.sees("10 codes left")


async def test_a_mail_tells_that_there_are_new_ones(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await makes_codes(visitor)
    await visitor.submits("I’ve saved them")
    mail = await mailbox.newest(visitor, to=ADA.email, subject="New recovery codes")
    assert not re.search(SHAPE, mail.text)


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_has_none_there_is_no_page(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path in (HERE, f"{HERE}/confirm", f"{HERE}.txt"):
        await visitor.opens(path)
        assert visitor.status == 404
