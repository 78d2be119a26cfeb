"""The history: what happened to the account, from which browser and where, and when."""

import pytest

from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, SAFARI, arrives, joins, logs_in, logs_out
from tests.kit.two_step_pages import logs_in_halfway, sets_up_two_step, shows_a_recovery_code, shows_the_code
from tests.kit.visitor import Visitor
from web.pages.history.list import PAGE


def rows(visitor: Visitor) -> list[str]:
    """What the rows say, without what can be done about it."""
    return [" ".join(cell.text() for cell in row.all("th, td")[:3]) for row in visitor.html.all("tr.event")]


def days(visitor: Visitor) -> list[str]:
    return [heading.text() for heading in visitor.html.all("h2")]


async def fails_to_log_in(browser: Visitor, times: int) -> None:
    for number in range(times):
        await browser.opens("/login")
        await browser.submits("Log in", email=ADA.email, password=f"wrong guess {number}")
        assert browser.status == 422


async def test_a_person_reads_what_happened_newest_first(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    clock.advance(days=1)
    phone = new_browser(SAFARI)
    await logs_in(phone, ADA)
    clock.advance(minutes=1)
    await phone.opens("/profile/name")
    await phone.submits("Save", name="Countess")

    await visitor.opens("/profile")
    await visitor.follows("History")
    assert visitor.heading == "History"
    assert days(visitor) == ["Today", "Yesterday"]
    assert rows(visitor)[:2] == [
        "Name changed 09:27 UTC Safari on iOS 127.0.0.1",
        "Logged in using a password 09:26 UTC Safari on iOS 127.0.0.1",
    ]
    assert [row.partition(" 09:26")[0] for row in rows(visitor)[2:]] == [
        "Logged in by confirming the email address",
        "Email address confirmed",
    ]
    assert visitor.one("to-history").get("aria-current") == "page"


async def test_a_person_sees_by_what_the_second_step_was_taken(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    app, codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA)
    await shows_the_code(visitor, app.code())
    await logs_out(visitor)
    await logs_in_halfway(visitor, ADA)
    await shows_a_recovery_code(visitor, codes[0])
    await visitor.opens("/profile/history")
    whole = "\n".join(rows(visitor))
    assert "Logged in using a password and an authenticator app" in whole
    assert "Logged in using a password and a recovery code" in whole


async def test_a_person_sees_all_that_goes_with_two_step_verification(visitor: Visitor, clock: Clock) -> None:
    """With "This wasn't me" recovery codes go, too, and are no app."""
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens("/confirm?next=/profile/history&strong=yes")
    await visitor.submits("Continue", code=app.next_code())
    [on] = [row for row in visitor.html.all("tr.event") if "Two-step verification switched on" in row.text()]
    await visitor.opens(next(link.get("href") for link in on.all("a") if link.text() == "This wasn’t me"))
    await visitor.submits("This wasn’t me", within="#disown")
    await visitor.opens("/profile/history")
    gone = [row.partition(" 09:")[0] for row in rows(visitor)[1:4]]
    assert gone == ["Two-step verification switched off", "Recovery codes removed", "Authenticator app removed"]


async def test_wrong_passwords_of_a_stranger_are_one_row_with_their_number(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    clock.advance(minutes=1)
    await fails_to_log_in(new_browser(CHROME), 3)
    await visitor.opens("/profile/history")
    assert rows(visitor)[0] == (
        "Login refused: wrong password 09:27 UTC 3 times since 09:27 UTC Chrome on Linux 127.0.0.1"
    )


async def test_a_person_sees_which_browser_was_logged_out(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    phone = new_browser(SAFARI)
    await logs_in(phone, ADA)
    clock.advance(minutes=1)
    await visitor.opens("/profile")
    await visitor.submits("Log out", within="Elsewhere")
    await visitor.opens("/profile/history")
    assert rows(visitor)[0].startswith("Logged out Safari on iOS 09:27")
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await visitor.opens("/profile/history")
    assert "Logged out 09:27" in " ".join(rows(visitor))


async def test_a_person_goes_back_page_by_page_and_forth_again(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    stranger = new_browser(CHROME)
    for _ in range(PAGE):
        clock.advance(days=1)
        await fails_to_log_in(stranger, 1)
    clock.advance(minutes=20)
    await logs_in(visitor, ADA, at="/login?next=/profile/history")
    newest = rows(visitor)
    assert len(newest) == PAGE
    assert not visitor.has("later-events")
    await visitor.follows("Earlier")
    assert days(visitor)[-1] == "14 March 2026"
    assert rows(visitor)[-1].partition(" 09:26")[0] in (
        "Logged in by confirming the email address",
        "Email address confirmed",
    )
    assert not visitor.has("earlier-events")
    await visitor.follows("Later")
    assert (rows(visitor), visitor.has("later-events")) == (newest, False)
    await visitor.follows("Earlier")
    assert not visitor.has("earlier-events")


async def test_a_place_that_somebody_made_up_is_the_newest(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/history?after=nowhere")
    assert visitor.status == 200
    assert len(rows(visitor)) == 2


async def test_a_guest_logs_in_first_and_arrives_there(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/profile/history")
    assert visitor.path == "/login"
    await visitor.submits("Log in", email=ADA.email, password=ADA.password)
    assert visitor.path == "/profile/history"


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_has_no_history_nothing_leads_to_one(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile")
    assert not visitor.has("to-history")
    await visitor.opens("/profile/history")
    assert visitor.status == 404
