"""What a person does about an entry of the history: logs a session out, or says that it wasn't them."""

import pytest
from starlette.types import ASGIApp

from tests.kit.app import NewBrowser, open_browser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, PASSWORD, SAFARI, is_signed_in, joins, logs_in, logs_out
from tests.kit.visitor import FIREFOX, Visitor

DISOWNED = "Everyone else is logged out. Now choose a new password."
NEW = "words of the owner alone"


async def joins_and_sees_a_stranger(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> Visitor:
    """Ada joins; a stranger logs in with her password, and she opens her history."""
    await joins(visitor, ADA)
    clock.advance(minutes=1)
    thief = new_browser(SAFARI)
    await logs_in(thief, ADA)
    await visitor.opens("/profile/history")
    return thief


async def confirms(visitor: Visitor) -> None:
    assert visitor.heading == "Confirm it’s you to log everyone else out"
    await visitor.submits("Continue", current_password=PASSWORD)


async def test_a_session_is_logged_out_where_its_log_in_stands(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    thief = await joins_and_sees_a_stranger(visitor, new_browser, clock)
    clock.advance(minutes=1)
    await visitor.submits("Log out this session")
    said = "history-said" if visitor.javascript else "status"
    assert (visitor.path, visitor.one(said).text()) == ("/profile/history", "Logged out Safari on iOS.")
    if visitor.javascript:
        assert (visitor.focused, visitor.status_message) == (said, ""), "what has the focus is read aloud by itself"
    assert not await is_signed_in(thief)
    assert await is_signed_in(visitor)
    assert "Log out this session" not in visitor.buttons()
    assert visitor.html.all("tr.event")[0].text().startswith("Logged out Safari on iOS")


async def test_one_that_has_ended_is_said_to_have_ended(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins_and_sees_a_stranger(visitor, new_browser, clock)
    path = visitor.one("log-out-" + event_id(visitor)).closest("form")
    assert path
    action = path.get("action")
    await visitor.opens(action)
    assert visitor.heading == "Log out this session?"
    assert [line.partition(" Last active")[0] for line in ended(visitor)] == ["Safari on iOS"]
    await visitor.submits("Log out this session")
    assert visitor.status_message == "Logged out Safari on iOS."
    await visitor.opens(action)
    assert (visitor.path, visitor.status_message) == ("/profile/history", "That session has already ended.")


async def test_several_sessions_of_one_browser_are_logged_out_together(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    clock.advance(minutes=1)
    for _ in range(2):
        await logs_in(new_browser(SAFARI), ADA)
        clock.advance(minutes=1)
    await visitor.opens("/profile/history")
    await visitor.follows("Log out these 2 sessions")
    assert visitor.heading == "Log out these sessions?"
    assert len(ended(visitor)) == 2
    assert all(line.startswith("Safari on iOS") for line in ended(visitor))
    await visitor.submits("Log out these 2 sessions")
    assert (visitor.path, visitor.status_message) == ("/profile/history", "Logged out 2 other sessions.")


async def test_beside_this_browser_the_button_says_that_it_is_the_others_that_are_logged_out(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    for browser in (new_browser(FIREFOX), new_browser(FIREFOX), visitor):
        clock.advance(minutes=1)
        await logs_in(browser, ADA)
    await visitor.opens("/profile/history")
    await visitor.follows("Log out the 2 other sessions")
    await visitor.submits("Log out the 2 other sessions")
    assert visitor.status_message == "Logged out 2 other sessions."
    assert await is_signed_in(visitor)
    clock.advance(minutes=1)
    await logs_in(new_browser(FIREFOX), ADA)
    await visitor.opens("/profile/history")
    await visitor.submits("Log out the other session")
    assert visitor.path == "/profile/history"
    assert await is_signed_in(visitor)


async def test_of_many_the_newest_are_named_and_the_others_counted(
    app: ASGIApp, visitor: Visitor, clock: Clock
) -> None:
    await joins(visitor, ADA)
    for _ in range(12):
        clock.advance(minutes=1)
        async with open_browser(app) as http:
            await logs_in(Visitor(http, user_agent=SAFARI), ADA)
    await visitor.opens("/profile/history")
    await visitor.follows("This wasn’t me")
    assert len(ended(visitor)) == 11
    assert ended(visitor)[-1] == "and 2 more"


async def test_this_browser_is_told_and_not_logged_out(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/history")
    assert visitor.text.count("This browser") == 1
    assert "This wasn’t me" not in [link.name for link in visitor.links()]


async def test_the_owner_puts_a_stranger_out_and_chooses_a_new_password(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    thief = await joins_and_sees_a_stranger(visitor, new_browser, clock)
    await visitor.follows("This wasn’t me")
    assert visitor.heading == "Wasn’t this you?"
    assert visitor.sees("Logged in using a password")
    assert [line.partition(" Last active")[0] for line in ended(visitor)] == ["Safari on iOS"]
    await visitor.submits("This wasn’t me", within="#disown")
    assert await is_signed_in(thief), "who was mailed a link only, to confirm an address, proves first who they are"
    await confirms(visitor)
    assert visitor.heading == "Wasn’t this you?"
    await visitor.submits("This wasn’t me", within="#disown")
    assert (visitor.path, visitor.status_message) == ("/profile/password", DISOWNED)
    assert not await is_signed_in(thief)
    assert await is_signed_in(visitor)
    await visitor.submits("Save new password", current_password=PASSWORD, new_password=NEW)
    assert visitor.path == "/profile"


async def test_a_session_that_somebody_took_over_cannot_put_the_owner_out(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    owner = await joins_and_sees_a_stranger(visitor, new_browser, clock)
    await visitor.follows("This wasn’t me")
    clock.advance(minutes=16)
    await visitor.submits("This wasn’t me", within="#disown")
    assert visitor.path == "/confirm"
    await visitor.submits("Continue", current_password="a guess of the thief")
    assert visitor.status == 422
    assert await is_signed_in(owner)


async def test_what_cannot_be_found_changes_nothing(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    thief = await joins_and_sees_a_stranger(visitor, new_browser, clock)
    for path in (f"/profile/history/{'0' * 64}/disown", "/profile/history/made-up/disown"):
        await visitor.opens(path)
        assert visitor.path == "/profile/history"
        assert visitor.status_message == "That can’t be found in your history any more. Nothing was changed."
    assert await is_signed_in(thief)


async def test_many_failed_attempts_of_a_day_are_one_line_that_opens(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    clock.advance(minutes=1)
    for browser, times in ((CHROME, 2), (SAFARI, 1)):
        stranger = new_browser(browser)
        for number in range(times):
            await stranger.opens("/login")
            await stranger.submits("Log in", email=ADA.email, password=f"wrong guess {number}")
    await visitor.opens("/profile/password")
    await visitor.submits("Save new password", current_password="wrong guess too", new_password=NEW)
    await visitor.opens("/profile/history")
    (attempts,) = visitor.html.all("details.attempts")
    assert [summary.text() for summary in attempts.all("summary")] == ["4 failed attempts"]
    assert len(attempts.all("tr.event")) == 2


async def test_in_the_readers_zone_a_day_is_theirs(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await joins(visitor, ADA)
    clock.advance(hours=14)  # 23:26 UTC
    await logs_in(new_browser(SAFARI), ADA)
    await visitor.opens("/profile/time-zone")
    await visitor.submits("Save", timezone="Europe/Berlin")
    await visitor.opens("/profile/history")
    headings = [heading.text() for heading in visitor.html.all("h2")]
    assert headings == ["Today", "Yesterday"]
    assert "00:26" in visitor.html.all("tr.event")[0].text()


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_has_no_history_nothing_can_be_disowned(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for act in ("disown", "log-out"):
        await visitor.opens(f"/profile/history/{'0' * 64}/{act}")
        assert visitor.status == 404


def ended(visitor: Visitor) -> list[str]:
    """The sessions that the page says it would end."""
    return [item.text() for item in visitor.one("ended-sessions").all("li")]


def event_id(visitor: Visitor) -> str:
    """The newest event's."""
    return visitor.html.all("tr.event")[0].all("th")[0].id.removeprefix("event-")
