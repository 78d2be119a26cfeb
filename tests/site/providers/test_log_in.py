"""Logging in with a provider: there and back, and nobody else's login."""

from __future__ import annotations

import re

import pytest

from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.lying_provider import LyingProvider
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, arrives, joins, logs_in, logs_out, stays_logged_in
from tests.kit.phone_pages import leave_phone_alone
from tests.kit.provider_steps import becomes, connects, goes, is_led, list_ways, logs_in_with
from tests.kit.two_step_pages import sets_up_two_step, shows_the_code
from tests.kit.visitor import Visitor


async def test_ada_creates_an_account_with_a_provider_and_comes_back_with_it(visitor: Visitor) -> None:
    await logs_in_with(visitor, at="/register?next=/profile/sessions")
    assert (visitor.path, visitor.who) == ("/profile/sessions", "Ada")
    assert visitor.sees("You’re logged in.")
    await logs_out(visitor)
    await logs_in_with(visitor, at="/login?next=/profile/history")
    assert visitor.path == "/profile/history"
    assert visitor.sees("Logged in using Acme")
    assert visitor.sees("Acme connected")
    await visitor.opens("/profile/sessions")
    assert any(fact.text().endswith("using Acme") for fact in visitor.html.all("dd"))


@pytest.mark.parametrize("stays", [True, False])
async def test_the_browser_stays_logged_in_as_the_box_says(visitor: Visitor, *, stays: bool) -> None:
    await logs_in_with(visitor, stays=stays)
    assert visitor.who == "Ada"
    assert stays_logged_in(visitor) == stays


async def test_what_was_used_last_comes_first(visitor: Visitor) -> None:
    await visitor.opens("/login")
    assert list_ways(visitor) == ["acme", "false", "silent", "vague"]
    assert not visitor.has("used-last")
    await visitor.opens(await goes(visitor, "Vague", stays=True))
    assert visitor.path == "/auth-redirect/address"
    await logs_in_with(visitor, stays=True)
    await logs_out(visitor)
    assert list_ways(visitor)[0] == "acme"
    assert visitor.one("with-acme").get("aria-describedby") == "used-last"


async def test_the_page_of_a_provider_has_its_button_alone(visitor: Visitor) -> None:
    await visitor.opens("/login/with/acme?next=/profile/sessions")
    assert visitor.heading == "Continue with Acme"
    await visitor.submits("Continue with Acme", stay=True)
    await visitor.opens(await is_led(visitor))
    assert (visitor.path, visitor.who) == ("/profile/sessions", "Ada")
    await visitor.opens("/login/with/nobody")
    assert visitor.status == 404


async def test_a_link_from_elsewhere_leads_nobody_to_a_provider(visitor: Visitor) -> None:
    """Whoever wants somebody logged in without being asked cannot know the note that the browser has of it."""
    await visitor.opens("/login/with/acme?go=0123456789abcdef")
    assert not visitor.html.all("meta[http-equiv=refresh]")
    answer = await visitor.http.post("/login/with/acme", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_eve_cannot_log_ada_in_to_her_own_account(new_browser: NewBrowser, lent_provider: LyingProvider) -> None:
    """With the address by which the provider led her own browser back, her own `bind` in it."""
    ada, eve = new_browser(CHROME), new_browser(SAFARI)
    becomes(lent_provider, GRACE)
    await goes(eve)
    landing = (await eve.http.get(await goes(eve))).headers["location"]
    await ada.opens("/login")
    await ada.opens(landing)
    assert (ada.heading, ada.who) == ("Continue with Acme", "")
    assert ada.sees(f"Acme says that you’re {GRACE.email}. Go on only if you’ve just chosen to log in with it.")


async def test_a_login_that_began_in_another_browser_takes_a_button(new_browser: NewBrowser) -> None:
    """As one does that Altogic's client has begun."""
    there, here = new_browser(CHROME), new_browser(SAFARI)
    landing = (await there.http.get(await goes(there))).headers["location"]
    await here.opens(landing)
    await here.submits("Log in", within="#go")
    assert here.who == "Ada"


async def test_an_account_without_an_address_is_led_to_as_well(
    new_browser: NewBrowser, environ: dict[str, str]
) -> None:
    there, here = new_browser(CHROME), new_browser(SAFARI)
    await arrives(there, ADA)
    await connects(there)
    leave_phone_alone(environ, ADA)
    await logs_out(there)
    landing = (await there.http.get(await goes(there))).headers["location"]
    await here.opens(landing)
    assert here.sees("Go on only if you’ve just chosen to log in with Acme.")
    await here.submits("Log in", within="#go")
    assert here.who == ADA.name


async def test_each_tab_is_led_to_where_it_was_to_lead(visitor: Visitor) -> None:
    first = await goes(visitor, at="/login?next=/profile/sessions")
    second = await goes(visitor, at="/login?next=/profile/history")
    await visitor.opens(first)
    assert (visitor.path, visitor.who) == ("/profile/sessions", "Ada")
    await visitor.opens(second)
    assert (visitor.path, visitor.who) == ("/profile/history", "Ada")


async def test_a_way_back_that_names_no_way_there_of_this_browser_takes_a_button(visitor: Visitor) -> None:
    """Nobody writes into the address what this browser wanted, nor is it taken from another tab."""
    landing = (await visitor.http.get(await goes(visitor))).headers["location"]
    assert "&flow=" in landing
    await visitor.opens(re.sub("&flow=[0-9a-f]{16}", "&flow=0123456789abcdef", landing))
    assert (visitor.heading, visitor.who) == ("Continue with Acme", "")
    await visitor.submits("Log in", within="#go")
    assert visitor.who == "Ada"


async def test_whoever_logs_in_meanwhile_is_not_logged_out_unasked(visitor: Visitor) -> None:
    await joins(visitor, GRACE)
    await logs_out(visitor)
    address = await goes(visitor)
    await logs_in(visitor, GRACE)
    await visitor.opens(address)
    assert visitor.sees(f"You’re logged in as {GRACE.email}. If you continue, that account will be logged out")
    await visitor.follows(f"Stay logged in as {GRACE.email}")
    assert visitor.who == GRACE.name


async def test_a_form_that_knew_of_nobody_asks_first(visitor: Visitor) -> None:
    await visitor.opens("/login")
    page = visitor.html
    await joins(visitor, GRACE)
    visitor.html = page
    await visitor.submits("Continue with Acme")
    assert visitor.status == 409
    assert visitor.sees(f"You’re logged in as {GRACE.email}.")
    await visitor.submits("Continue with Acme")
    await visitor.opens(await is_led(visitor))
    assert visitor.who == "Ada"


async def test_the_second_step_is_asked_for_and_leads_on(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await connects(visitor)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_with(visitor, at="/login?next=/profile/history", stays=True)
    assert (visitor.path, visitor.who) == ("/login/second-step", "")
    await shows_the_code(visitor, app.code())
    assert visitor.path == "/profile/history"
    assert stays_logged_in(visitor)
    assert visitor.sees("Logged in using Acme and an authenticator app")
