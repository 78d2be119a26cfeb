"""One's own connected accounts: connecting and disconnecting them."""

from __future__ import annotations

from tests.kit.app import NewBrowser, open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.lying_provider import LyingProvider
from tests.kit.passwordless import remove_password
from tests.kit.people import ADA, CHROME, GRACE, SAFARI, arrives, logs_in, logs_out
from tests.kit.provider_steps import LIST, becomes, connects, is_led, list_connected, list_ways, logs_in_with
from tests.kit.visitor import Visitor
from web.asgi import create


async def test_ada_connects_an_account_logs_in_with_it_and_disconnects_it(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.follows("Connected accounts", within="#rail")
    assert visitor.sees("No accounts yet")
    assert visitor.sees("Connect an account"), "another comes after the first"
    visitor.headers["Accept-Language"] = "de"
    await visitor.opens(LIST)
    assert visitor.sees("Noch keine Konten"), "the words that passkeys have are of another gender"
    visitor.headers["Accept-Language"] = "en"
    await connects(visitor)
    assert visitor.path == LIST
    assert visitor.sees("Acme connected. You can log in with it from now on.")
    assert list_connected(visitor) == ["Acme"]
    await logs_out(visitor)
    await logs_in_with(visitor, stays=True)
    assert visitor.who == ADA.name
    await visitor.opens("/profile/security")
    assert visitor.one("connected-state").text() == "Connected accounts Acme Manage"
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    await visitor.opens(LIST)
    assert visitor.sees("last used just now")
    await visitor.follows("Disconnect Acme")
    await visitor.follows("Keep it")
    await visitor.follows("Disconnect Acme")
    await visitor.submits("Disconnect", within="#remove-form")
    assert visitor.sees("Acme disconnected. You can’t log in with it any more.")
    assert list_connected(visitor) == []
    await visitor.opens("/profile/history")
    assert visitor.sees("Acme disconnected")
    await logs_out(visitor)
    assert list_ways(visitor)[0] == "acme"
    assert not visitor.has("used-last")


async def test_it_asks_first_who_it_is(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    clock.advance(minutes=20)
    await visitor.opens(LIST)
    await visitor.submits("Connect Acme")
    assert visitor.heading == "Confirm it’s you to connect an account"
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.heading == "Connect Acme"
    await visitor.submits("Connect")
    await visitor.opens(await is_led(visitor))
    assert list_connected(visitor) == ["Acme"]
    clock.advance(minutes=20)
    await visitor.follows("Disconnect Acme")
    await visitor.submits("Disconnect", within="#remove-form")
    assert visitor.heading == "Confirm it’s you to disconnect an account"


async def test_what_is_connected_to_somebody_else_stays_there(new_browser: NewBrowser) -> None:
    ada, grace = new_browser(CHROME), new_browser(SAFARI)
    await arrives(ada, ADA)
    await connects(ada)
    await arrives(grace, GRACE)
    await connects(grace)
    assert grace.heading == "Already connected to another account"
    await grace.follows("Connected accounts", within="main")
    assert list_connected(grace) == []


async def test_whoever_tries_again_is_asked_there_which_account(
    new_browser: NewBrowser, lent_provider: LyingProvider
) -> None:
    """The provider would answer with the same one else, as long as somebody is logged in to it."""
    ada, grace = new_browser(CHROME), new_browser(SAFARI)
    await arrives(ada, ADA)
    await connects(ada)
    await arrives(grace, GRACE)
    await connects(grace)
    lent_provider.other = {"sub": "grace", "name": GRACE.name, "email": GRACE.email}
    await grace.submits("Try again")
    await grace.opens(await is_led(grace))
    assert grace.sees("Acme connected. You can log in with it from now on.")
    assert list_connected(grace) == ["Acme"]


async def test_each_tab_connects_what_it_was_opened_for(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    addresses = []
    for provider in ("Acme", "Vague"):
        await visitor.opens(LIST)
        await visitor.submits(f"Connect {provider}")
        addresses.append(await is_led(visitor))
    await visitor.opens(addresses[0])
    assert visitor.sees("Acme connected. You can log in with it from now on.")
    await visitor.opens(addresses[1])
    assert visitor.sees("Vague connected. You can log in with it from now on.")


async def test_the_last_way_in_stays(
    visitor: Visitor, kind: type[Visitor], environ: dict[str, str], clock: Clock
) -> None:
    """Where no mail leaves, and there is no password."""
    await arrives(visitor, ADA)
    await connects(visitor)
    remove_password(environ, ADA)
    async with run_app(create({**environ, "OUTBOX": "off"}, clock)) as app, open_browser(app) as http:
        http.cookies = visitor.http.cookies
        ada = kind(http)
        await ada.opens(LIST)
        await ada.follows("Disconnect Acme")
        await ada.submits("Disconnect", within="#remove-form")
        assert ada.status == 422
        assert ada.sees("This is your only way to log in. Set a password or connect another account first.")
        await ada.follows("Set a password", within="#problem")
        assert ada.path == "/profile/password"


async def test_somebody_who_was_logged_out_meanwhile_connects_nothing(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(LIST)
    await visitor.submits("Connect Acme")
    address = await is_led(visitor)
    await logs_out(visitor)
    await visitor.opens(address)
    assert (visitor.path, visitor.query) == ("/login", {"next": LIST})
    assert visitor.sees("nothing was connected")


async def test_somebody_else_who_logs_in_meanwhile_gets_nothing(visitor: Visitor, lent_provider: LyingProvider) -> None:
    await arrives(visitor, GRACE)
    await logs_out(visitor)
    await arrives(visitor, ADA)
    await visitor.opens(LIST)
    await visitor.submits("Connect Acme")
    address = await is_led(visitor)
    await visitor.opens("/login?switch=yes")
    await visitor.submits("Log out and log in", email=GRACE.email, password=GRACE.password)
    becomes(lent_provider, GRACE)
    await visitor.opens(address)
    assert visitor.heading == "Nothing was connected"
    await visitor.follows("Connected accounts", within="main")
    assert list_connected(visitor) == []


async def test_disconnecting_what_is_gone_says_so(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(f"{LIST}/0123456789abcdef01234567/remove")
    assert visitor.path == LIST
    assert visitor.sees("That account has already been disconnected.")
