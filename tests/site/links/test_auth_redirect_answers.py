"""Every answer that Altogic's redirect can bring, opened as it comes."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.kit import mailbox
from tests.kit.app import SITE, NewBrowser
from tests.kit.backend import run_second_backend
from tests.kit.clock import Clock
from tests.kit.contract import Contract
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    LOGIN_LINK,
    RESET,
    Person,
    comes_back_by_mail,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor

NEW = "a brand new password"
EVIL = "error=Evil+text+%3Cb%3Efrom+the+URL%3C%2Fb%3E"
UNKNOWN, CONFIRMED = "This link no longer works", "Your email address is already confirmed"
FAILURES = [
    ("status=400&action=email-confirm", 410, UNKNOWN),
    ("status=400&action=magic-link", 410, UNKNOWN),
    ("status=400&action=reset-pwd", 410, UNKNOWN),
    ("status=400&action=change-email", 410, UNKNOWN),
    ("status=401&action=oauth-signin", 410, "Login failed"),
    ("status=401&action=oauth-signup", 410, "Login failed"),
    ("status=400&action=email-confirm&code=link_expired", 410, "This link has expired"),
    ("status=401&action=email-confirm&code=link_used", 200, CONFIRMED),
    ("status=400&action=magic-link&code=link_used", 410, "This link has already been used"),
    ("status=500&action=unheard-of&code=unheard-of", 410, UNKNOWN),
    ("status=400", 410, UNKNOWN),
    ("status=200&action=email-confirm", 410, UNKNOWN),  # the access token is missing
    ("status=200&action=unheard-of&access_token=a", 410, UNKNOWN),
    ("status=evil&action=email-confirm&ref=a&access_token=b", 410, UNKNOWN),
]


@pytest.fixture
async def contract(environ: Mapping[str, str], clock: Clock) -> AsyncIterator[Contract]:
    async with run_second_backend(environ, clock, SITE) as contract:
        yield contract


async def test_failures_are_told_in_our_own_words_with_the_way_out(visitor: Visitor) -> None:
    for query, status, heading in FAILURES:
        await visitor.opens(f"/auth-redirect?{query}&{EVIL}")
        assert (visitor.status, visitor.heading) == (status, heading), query
        assert visitor.does_not_see("Evil"), query
        ways = [*visitor.buttons(), *(link.href for link in visitor.links() if link.name == "Log in")]
        assert {"Send a new link", "Email me a login link", "/login"} & {*ways}, query


@pytest.mark.parametrize("action", ["email-confirm", "magic-link", "oauth-signin", "oauth-signup", "reset-pwd"])
async def test_an_access_token_that_is_not_one_ends_in_our_own_words(visitor: Visitor, action: str) -> None:
    await visitor.opens(f"/auth-redirect?status=200&action={action}&access_token=made-up&{EVIL}")
    assert (visitor.status, visitor.url) == (200, f"{SITE}/auth-redirect")
    button = {"email-confirm": "Confirm email address", "reset-pwd": "Save new password"}.get(action, "Log in")
    fields: dict[str, Any] = {"new_password": NEW} if action == "reset-pwd" else {}
    await visitor.submits(button, within="main", **fields)

    assert visitor.status == 410
    assert visitor.heading in (UNKNOWN, "Login failed")
    assert not await is_signed_in(visitor)


async def test_a_link_that_failed_and_is_called_valid_has_a_page_too(visitor: Visitor) -> None:
    """Refused in one moment and described in the next, a link may be called anything."""
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    token = next(r.url.params["access_token"] for r in visitor.responses if "access_token" in r.url.params)
    await visitor.opens(f"/auth-redirect?status=400&action=email-confirm&ref={token}")
    assert (visitor.status, visitor.heading) == (410, UNKNOWN)


@pytest.mark.parametrize("action", ["oauth-signin", "oauth-signup", "magic-link"])
async def test_an_access_token_logs_in_whatever_it_came_from(visitor: Visitor, action: str) -> None:
    await comes_back_by_mail(visitor, ADA)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    token = next(r.url.params["access_token"] for r in visitor.responses if "access_token" in r.url.params)

    await visitor.opens(f"/auth-redirect?status=200&action={action}&access_token={token}")
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.who == ADA.name


async def test_a_new_password_is_chosen_right_there(
    visitor: Visitor, contract: Contract, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    assert (await contract.post("/auth/send-reset", params={"email": ADA.email})).status == 200
    await opens_mailed_link(other, ADA, RESET)
    assert (other.heading, bool(other.sees(f"New password for {ADA.email}."))) == (RESET, True)
    await other.submits("Save new password", new_password="short")
    assert (other.status, other.field("new_password")) == (422, "")
    assert other.error("new_password") == "Password must be 12 characters or more."
    for easy in ("password1234", ADA.email):
        await other.submits("Save new password", new_password=easy)
        assert (other.status, bool(other.error("new_password"))) == (422, True)
    await other.submits("Save new password", new_password=NEW)

    assert (other.path, other.status_message) == ("/login", "New password saved. You can log in with it now.")
    assert not await is_signed_in(visitor)
    await logs_in(other, ADA)
    assert other.status == 422
    await logs_in(other, Person(ADA.email, ADA.name, NEW))
    assert other.path == "/profile"


async def test_a_used_or_expired_reset_link_offers_another(visitor: Visitor, contract: Contract, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    assert (await contract.post("/auth/send-reset", params={"email": ADA.email})).status == 200
    await mailbox.newest(visitor, to=ADA.email, subject=RESET)
    clock.advance(hours=1)
    await opens_mailed_link(visitor, ADA, RESET)
    assert (visitor.status, visitor.heading) == (410, "This link has expired")
    await visitor.submits("Send a new link")
    assert (visitor.path, bool(visitor.sees(ADA.email))) == ("/forgot-password/sent", True)

    await opens_mailed_link(visitor, ADA, RESET)
    await visitor.submits("Save new password", new_password=NEW)
    await opens_mailed_link(visitor, ADA, RESET)
    assert (visitor.status, visitor.heading) == (410, "This link has already been used")


async def test_a_changed_address_is_said_to_be_done(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/confirm?next=/profile/email")
    await visitor.submits("Continue", current_password=ADA.password)
    await visitor.submits("Change email address", new_email="lovelace@example.com")
    await opens_mailed_link(visitor, Person("lovelace@example.com", ADA.name), "Confirm your new email address")
    assert visitor.path == "/_auth/verify"
    await visitor.submits(visitor.buttons()[0])

    assert (visitor.path, visitor.heading) == ("/auth-redirect", "Your email address has been changed")
    await visitor.follows("Go to your profile")
    assert visitor.sees("lovelace@example.com")


async def test_opened_without_a_link_the_page_says_what_it_is_for(visitor: Visitor) -> None:
    await visitor.opens("/auth-redirect")
    assert (visitor.status, visitor.heading) == (200, "No link to open")
