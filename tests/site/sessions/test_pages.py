"""The list of sessions in pages: the newest on the profile, all on a page of their own."""

from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, SAFARI, joins, logs_in, logs_out
from tests.kit.visitor import Visitor
from tests.site.sessions.test_sessions import ids, logs_in_often, row_of, rows


async def test_many_sessions_are_shown_in_pages(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_in_often(new_browser(CHROME), 52, clock)
    await visitor.opens("/profile/sessions")
    assert len(rows(visitor)) == 50
    assert rows(visitor)[0].startswith("Firefox on Windows Active now")
    assert "Log out all other sessions (52)" in [link.name for link in visitor.links()]
    await visitor.follows("Show more sessions")
    assert "Show more sessions" not in [link.name for link in visitor.links()]
    if visitor.javascript:
        assert len(rows(visitor)) == len(set(ids(visitor))) == 53
        assert visitor.focused == ids(visitor)[50].replace("session-", "details-")
    else:
        assert len(rows(visitor)) == 3
        await visitor.follows("Back to the newest sessions")
        assert len(rows(visitor)) == 50
    await visitor.opens("/profile/sessions?after=0123456789abcdef")
    assert len(rows(visitor)) == 50


async def test_more_sessions_after_one_that_has_ended_begin_anew(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    await logs_in_often(new_browser(CHROME), 1, clock)
    last = new_browser(SAFARI)
    clock.advance(minutes=1)
    await logs_in(last, ADA)
    await logs_in_often(new_browser(CHROME), 48, clock)
    await visitor.opens("/profile/sessions")
    assert rows(visitor)[-1].startswith("Safari")
    await logs_out(last)
    await visitor.follows("Show more sessions")
    assert visitor.path == "/profile/sessions"
    assert len(ids(visitor)) == len(set(ids(visitor))) == 50


async def test_the_profile_shows_the_newest_and_leads_to_all(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(SAFARI), ADA)
    await logs_in_often(new_browser(CHROME), 6, clock)
    await visitor.opens("/profile")
    assert ([row.split(" Last")[0] for row in rows(visitor)[1:]], len(rows(visitor))) == (
        ["Chrome on Linux", *(f"Chrome on Linux ({number})" for number in range(2, 5))],
        5,
    )
    await visitor.submits("Log out Chrome on Linux (2)")
    assert (visitor.path, len(rows(visitor))) == ("/profile", 5)
    assert visitor.status_message == "Logged out Chrome on Linux (2). 6 other sessions are still logged in."
    await visitor.follows("Show all 7 sessions")
    assert (visitor.path, visitor.heading, len(rows(visitor))) == ("/profile/sessions", "Where you’re logged in", 7)
    await visitor.submits("Log out Safari on iOS")
    assert (visitor.path, len(rows(visitor))) == ("/profile/sessions", 6)
    await visitor.follows("Log out all other sessions (5)")
    await visitor.submits("Log out all other sessions (5)")
    assert (visitor.path, len(rows(visitor))) == ("/profile/sessions", 1)


async def test_an_address_from_before_the_list_had_a_page_leads_there(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens(f"/profile?after={ids(visitor)[0].removeprefix('session-')}")
    assert visitor.path == "/profile/sessions"


async def test_who_acts_on_a_later_page_stays_there(visitor: Visitor, new_browser: NewBrowser, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(SAFARI), ADA)
    await logs_in_often(new_browser(CHROME), 52, clock)
    await visitor.opens("/profile/sessions")
    await visitor.follows("Show more sessions")
    shown, of_phone = ids(visitor), row_of(visitor, "Safari").id
    await visitor.follows("Name this device: Safari on iOS")
    await visitor.follows("Cancel")
    assert ids(visitor) == shown
    await visitor.follows("Name this device: Safari on iOS")
    await visitor.submits("Save", label="Old phone")
    assert ids(visitor) == shown
    assert visitor.focused == of_phone.replace("session-", "label-")
    await visitor.submits("Log out Chrome on Linux", within=f"#{shown[-2]}")
    assert ids(visitor) == [*shown[:-2], of_phone]
    if visitor.javascript:
        assert visitor.focused == of_phone.replace("session-", "end-")
    assert visitor.status_message == "Logged out Chrome on Linux (52). 52 other sessions are still logged in."


async def test_who_is_logged_out_meanwhile_comes_back_to_the_list_of_all(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    phone = new_browser(SAFARI)
    await logs_in(phone, ADA)
    await visitor.opens("/profile/sessions")
    await visitor.follows("Name this device: Safari on iOS")
    await phone.opens("/profile")
    await phone.submits("Log out Firefox on Windows")
    await visitor.submits("Save", label="My phone")
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    assert visitor.field("label") == "My phone"
    await visitor.submits("Save")
    assert visitor.path == "/profile/sessions"
