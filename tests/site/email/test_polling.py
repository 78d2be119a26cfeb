"""The page that waits for a new address asks what became of it. Whoever is logged in here is told; nobody is let in, no
cookie is set, and what was typed stays."""

from html import unescape

import httpx
import pytest

from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.mailbox import another_tab
from tests.kit.new_addresses import NEW, asks_for_a_new_address, confirms_it
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, is_signed_in, joins, logs_in, logs_out
from tests.kit.visitor import Visitor

PAGES = ("/profile", "/profile/email")
PLACES = dict(zip(PAGES, ("#email-row", "#email-pending"), strict=True))
CONFIRMED = "Your new email address is confirmed."
ENDED = "You were logged out. Log in to continue."


async def asks_and_looks(visitor: Visitor, page: str = "/profile") -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.opens(page)


async def polls(visitor: Visitor) -> httpx.Response:
    """As htmx does by itself. No answer sets a cookie."""
    (link,) = visitor.html.all("a[hx-trigger]")
    whose = visitor.html.all("body")[0].get("data-whose")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "Sec-Fetch-Site": "same-origin", "X-Whose": whose}
    answer = await visitor.http.get(link.get("hx-get"), headers=headers, follow_redirects=False)
    assert "set-cookie" not in answer.headers
    return answer


def read(answer: httpx.Response) -> str:
    """Addresses may be broken at any sign."""
    return unescape(answer.text.replace("<wbr>", ""))


def pace(answer: httpx.Response) -> str:
    return answer.text.partition("hx-trigger=")[2].partition("every ")[2].partition(",")[0]


@pytest.mark.parametrize("page", PAGES)
async def test_the_own_session_is_told_when_it_is_confirmed_elsewhere(
    visitor: Visitor, new_browser: NewBrowser, page: str
) -> None:
    await asks_and_looks(visitor, page)
    assert (await polls(visitor)).status_code == 204
    elsewhere = new_browser(CHROME)
    await confirms_it(elsewhere)
    answer = await polls(visitor)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, PLACES[page])
    assert CONFIRMED in answer.text
    assert NEW in read(answer)
    assert "hx-trigger" not in answer.text
    assert "autofocus" not in answer.text, "the focus stays where it is"
    assert await is_signed_in(visitor)
    assert not await is_signed_in(elsewhere)


async def test_it_is_told_to_whoever_presses_the_link_beside_it(visitor: Visitor, new_browser: NewBrowser) -> None:
    """Without script that is the only way, and the page itself says it."""
    await asks_and_looks(visitor)
    await visitor.follows("Check again")
    assert visitor.sees(f"Waiting for {NEW} to be confirmed.")
    await confirms_it(new_browser(CHROME))
    await visitor.follows("Check again")
    assert visitor.one("email-row").text().startswith(f"Email address {NEW}")
    assert visitor.one("who").text().endswith(NEW)
    assert not visitor.has("email-pending")
    if visitor.javascript:
        assert visitor.status_message == CONFIRMED


async def test_eves_session_is_not_told_and_ends(visitor: Visitor, new_browser: NewBrowser) -> None:
    """She has seen Ada's password, and looks at her account when Ada asks for another address."""
    await joins(visitor, ADA)
    eve = new_browser(SAFARI)
    await logs_in(eve, ADA)
    await asks_for_a_new_address(visitor)
    await eve.opens("/profile")
    assert not eve.html.all("a[hx-trigger]")
    await visitor.opens("/profile")
    eve.html = visitor.html  # as if she sent Ada's own polls
    assert (await polls(eve)).status_code == 200, "to her it looks otherwise: without a field"
    await confirms_it(new_browser(CHROME))
    answer = await polls(eve)
    assert ENDED in answer.text
    assert NEW not in read(answer)
    assert not await is_signed_in(eve)


async def test_it_asks_less_and_less_often_and_then_no_more(visitor: Visitor, clock: Clock) -> None:
    await asks_and_looks(visitor)
    asked = []
    for minutes in (1, 4, 5):
        clock.advance(minutes=minutes)
        answer = await polls(visitor)
        assert (answer.status_code, "HX-Retarget" in answer.headers) == (200, False), "the field is left alone"
        assert 'id="code"' not in answer.text
        assert 'hx-target="#status"' not in answer.text
        asked.append(pace(answer))
        await visitor.opens("/profile")
        assert not asked[-1] or (await polls(visitor)).status_code == 204
    assert asked == ["10s", "30s", ""]
    assert visitor.sees("The code in the email has expired. Open the link instead, or resend the email.")


async def test_what_another_tab_does_is_shown(visitor: Visitor, clock: Clock) -> None:
    await asks_and_looks(visitor)
    tab = another_tab(visitor)
    clock.advance(minutes=1)
    await tab.opens("/profile")
    await tab.submits("Resend email")
    answer = await polls(visitor)
    assert (answer.headers["HX-Retarget"], f"{NEW}</bdi>" in read(answer)) == ("#email-row", True)
    await visitor.opens("/profile")
    await tab.submits("Cancel the change")
    answer = await polls(visitor)
    assert "No new email address was waiting any more." in answer.text
    assert ADA.email in read(answer)


@pytest.mark.parametrize("page", PAGES)
async def test_a_session_that_has_ended_is_told_so_and_asks_no_more(
    visitor: Visitor, new_browser: NewBrowser, page: str
) -> None:
    await asks_and_looks(visitor, page)
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    await elsewhere.opens("/profile/sessions/others")
    await elsewhere.submits("Log out the other session (1)")
    answer = await polls(visitor)
    assert (answer.status_code, ENDED in answer.text) == (200, True)
    assert f'href="/login?next={page}"' in answer.text
    assert "hx-trigger" not in answer.text


async def test_whoever_logs_in_here_next_is_not_shown_on_adas_page(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(new_browser(CHROME), GRACE)
    await asks_and_looks(visitor)
    tab = another_tab(visitor)
    await logs_out(tab)
    assert ENDED in (await polls(visitor)).text
    await logs_in(tab, GRACE)
    answer = await polls(visitor)
    assert ENDED in answer.text
    assert GRACE.email not in read(answer)
    assert GRACE.name not in read(answer)


async def test_a_poll_leaves_what_the_next_page_says(visitor: Visitor, clock: Clock) -> None:
    """A flash message is for the page that the person goes to, not for what a tab asks for beside it."""
    await asks_and_looks(visitor)
    saved = await visitor.http.post(
        "/profile/name", data={"name": "Ada"}, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )
    assert saved.status_code == 303
    clock.advance(minutes=1)
    assert (await polls(visitor)).status_code == 200
    await visitor.opens("/profile")
    assert visitor.status_message.startswith("Name saved.")
