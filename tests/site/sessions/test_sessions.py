"""Where a person is logged in, and logging others out."""

import asyncio

from tests.kit.app import NewBrowser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.clock import Clock
from tests.kit.markup import Element
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, is_signed_in, joins, logs_in, logs_out
from tests.kit.visitor import Visitor

GONE = "That session has already ended."


def rows(visitor: Visitor) -> list[str]:
    return [row.text() for row in visitor.html.all("li.session")]


def ids(visitor: Visitor) -> list[str]:
    return [row.id for row in visitor.html.all("li.session")]


async def logs_in_often(browser: Visitor, times: int, clock: Clock) -> None:
    """By the form alone, without the pages before and after it."""
    for _ in range(times):
        clock.advance(minutes=1)
        typed = {"email": ADA.email, "password": ADA.password}
        answer = await browser.http.post("/login", data=typed, headers={**browser.headers, "Origin": browser.site})
        assert answer.status_code == 303
        browser.http.cookies.clear()


def row_of(visitor: Visitor, device: str) -> Element:
    return next(row for row in visitor.html.all("li.session") if device in row.text())


async def test_each_session_says_browser_system_and_when_it_began(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    clock.advance(days=1)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    clock.advance(days=1)
    phone = new_browser(SAFARI)
    await logs_in(phone, ADA)

    await other.opens("/profile")
    assert rows(other) == [
        "Chrome on Linux Active now · 127.0.0.1 Log out here Name this device Details",
        "Safari on iOS Last active just now · 127.0.0.1 Log out Name this device Details",
        "Firefox on Windows Last active 2 days ago · 127.0.0.1 Log out Name this device Details",
    ]
    firefox = row_of(other, "Firefox on Windows")
    exactly = "14 March 2026 at 09:26 UTC"
    assert [time.get("title") for time in firefox.all("time")][:1] == [exactly]
    details = [entry.text() for entry in firefox.all("dd")]
    assert details[:3] == [
        f"{exactly} by confirming the email address",
        exactly,
        "127.0.0.1 (same network as this browser)",
    ]
    assert details[3].startswith("Mozilla/5.0 (Windows NT 10.0")
    assert [row_of(other, name).all("dd")[0].text() for name in ("Chrome", "Safari")] == [
        "15 March 2026 at 09:26 UTC using a password",
        "16 March 2026 at 09:26 UTC using a password",
    ]


async def test_the_last_use_is_told_in_steps_of_five_minutes(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    clock.advance(minutes=14)
    await visitor.opens("/profile")
    assert "Last active 10 minutes ago" in rows(visitor)[1]
    await other.opens("/profile")
    for _ in range(40):  # written when there is time, for nobody waits for it
        await visitor.opens("/profile")
        if "Last active just now" in rows(visitor)[1]:
            break
        await asyncio.sleep(0.05)
    assert "Last active just now" in rows(visitor)[1]


@at_plain_altogic_too
async def test_a_session_is_ended_by_the_button_on_its_row(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    await visitor.opens("/profile")
    await visitor.submits("Log out Chrome on Linux")

    assert (visitor.path, visitor.status_message) == ("/profile", "Logged out Chrome on Linux.")
    assert len(rows(visitor)) == 1
    assert not any("other session" in button for button in visitor.buttons())
    assert visitor.focused == ("sessions-heading" if visitor.javascript else "")
    await other.opens("/profile")  # its next request
    assert (other.path, other.status_message) == ("/login", "You were logged out. Log in to continue.")
    assert await is_signed_in(visitor)


async def test_sessions_of_one_browser_are_told_apart(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_in_often(new_browser(CHROME), 2, clock)
    await visitor.opens("/profile")
    controls = [each for row in visitor.html.all("li.session") for each in row.all("button, a, summary")]
    names = [control.name() for control in controls]
    assert len(names) == len(set(names)) == 9
    assert "Log out Chrome on Linux (2)" in names
    described = [control.get("aria-describedby") for control in controls]
    active = [visitor.html.all(f"#{at}")[0].text() for at in described if at]
    assert active == ["Active now · 127.0.0.1"] * 2 + ["Last active just now · 127.0.0.1"] * 6


async def test_the_focus_goes_on_to_the_next_row(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await joins(visitor, ADA)
    for agent in (CHROME, SAFARI):
        clock.advance(hours=1)
        await logs_in(new_browser(agent), ADA)
    await visitor.opens("/profile")
    following = row_of(visitor, "Chrome on Linux").all("button")[0].id
    await visitor.submits("Log out Safari on iOS")
    assert visitor.focused == (following if visitor.javascript else "")


@at_plain_altogic_too
async def test_all_others_are_ended_with_their_count(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    others = [new_browser(agent) for agent in (CHROME, SAFARI)]
    for other in others:
        await logs_in(other, ADA)
    await visitor.opens("/profile")
    await visitor.follows("Log out all other sessions (2)")
    await visitor.submits("Log out all other sessions (2)")

    assert (visitor.path, visitor.status_message) == ("/profile", "Logged out 2 other sessions.")
    assert len(rows(visitor)) == 1
    for other in others:
        assert not await is_signed_in(other)
    assert await is_signed_in(visitor)


async def test_the_sections_count_who_is_still_logged_in(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(CHROME), ADA)
    await logs_in(new_browser(SAFARI), ADA)
    await visitor.opens("/profile")
    assert "3 browsers logged in" in visitor.html.all("#to-sessions")[0].text()
    await visitor.submits("Log out Safari on iOS")
    assert "2 browsers logged in" in visitor.html.all("#to-sessions")[0].text()


async def test_where_there_are_no_others_there_is_nothing_to_end(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/sessions/others")
    assert visitor.heading == "Other sessions"
    assert visitor.sees("You’re not logged in anywhere else.")
    await visitor.follows("Go to your profile")
    assert visitor.path == "/profile"


@at_plain_altogic_too
async def test_ending_an_unknown_an_ended_or_a_foreign_session_is_the_same_success(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    grace = new_browser(SAFARI)
    await joins(grace, GRACE)
    foreign = row_of(grace, "Safari").id.removeprefix("session-")
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    await visitor.opens("/profile")
    action = row_of(visitor, "Chrome").all("form")[0].get("action")
    await visitor.submits("Log out Chrome on Linux")

    headers = {"Sec-Fetch-Site": "same-origin"}
    answers = []
    for path in (action, f"/profile/sessions/{foreign}", "/profile/sessions/0000000000000000", "/profile/sessions/é"):
        response = await visitor.http.post(path, headers=headers)
        answers.append((response.status_code, response.headers["Location"], response.text))
        await visitor.opens("/profile")
        assert visitor.status_message == GONE
    assert answers == [(303, "/profile", "")] * 4
    assert await is_signed_in(grace)


async def test_a_row_that_ended_meanwhile_is_taken_off_the_list(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    await visitor.opens("/profile")
    await other.submits("Log out", within="header")
    await visitor.submits("Log out Chrome on Linux")
    assert (len(rows(visitor)), visitor.status_message) == (1, GONE)


async def test_a_session_has_a_page_of_its_own(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    action = row_of(other, "Firefox").all("form")[0].get("action")
    await other.opens(action)
    assert (other.heading, len(rows(other))) == ("Log out this session?", 1)
    await other.follows("Go back")
    assert other.path == "/profile/sessions"
    response = await other.http.post(action, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 303
    assert not await is_signed_in(visitor)


async def test_ones_own_session_is_ended_like_a_log_out(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    own = ids(visitor)[0].removeprefix("session-")
    response = await visitor.http.post(f"/profile/sessions/{own}", headers={"Sec-Fetch-Site": "same-origin"})
    assert (response.status_code, response.headers["Location"]) == (303, "/login")
    assert not await is_signed_in(visitor)


async def test_an_old_session_is_over(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    clock.advance(days=13)
    assert await is_signed_in(visitor)
    clock.advance(days=15)
    assert not await is_signed_in(visitor)


async def test_a_session_gets_a_name_of_its_own(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(CHROME), ADA)
    await visitor.opens("/profile")
    await visitor.follows("Name this device: Chrome on Linux")
    assert visitor.focused.startswith("label-field-") or not visitor.javascript
    await visitor.submits("Save", label=" Work <laptop> ")

    assert (visitor.path, visitor.status_message) == ("/profile", "Name saved.")
    assert rows(visitor)[1].startswith("Work <laptop> Chrome on Linux · Last active just now")
    assert visitor.focused == row_of(visitor, "Work").all("a")[0].id
    await visitor.follows("Rename Work <laptop>")
    assert visitor.field("label") == "Work <laptop>"
    await visitor.submits("Save", label="")
    assert visitor.status_message == "Name removed."
    assert rows(visitor)[1].startswith("Chrome on Linux Last active")


async def test_a_name_is_left_as_it_was_by_cancelling(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Name this device: Firefox on Windows")
    await visitor.follows("Cancel")
    assert rows(visitor)[0].startswith("Firefox on Windows Active now")
    assert visitor.focused == row_of(visitor, "Firefox").all("a")[0].id


async def test_a_name_that_is_too_long_stays_as_it_was_typed(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Name this device: Firefox on Windows")
    await visitor.submits("Save", label="w" * 61)
    assert (visitor.status, visitor.field("label")) == (422, "w" * 61)
    assert visitor.error("label") == "Name must be 60 characters or fewer."


async def test_naming_a_session_that_has_ended_says_so(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    await visitor.opens("/profile")
    await visitor.follows("Name this device: Chrome on Linux")
    await logs_out(other)
    await visitor.submits("Save", label="Work laptop")
    assert visitor.status_message == GONE
