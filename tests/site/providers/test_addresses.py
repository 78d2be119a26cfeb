"""Where the address of a provider decides nothing: it was not verified there, or somebody here has it already."""

from __future__ import annotations

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.lying_provider import LyingProvider
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    GRACE,
    SAFARI,
    arrives,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
)
from tests.kit.provider_steps import LIST, becomes, goes, joins_elsewhere, list_connected, logs_in_with
from tests.kit.two_step_pages import sets_up_two_step, shows_the_code
from tests.kit.visitor import Visitor

CONNECT = "Connect your account"
CONNECTED = "You’re logged in, and Acme is connected. You can log in with it from now on."


async def newest_code(visitor: Visitor, subject: str) -> str:
    mail = await mailbox.newest(visitor, to=ADA.email, subject=subject)
    return str(mailbox.CODE.findall(mail.text)[0])


async def test_an_address_that_nobody_verified_is_asked_for_and_mailed(visitor: Visitor) -> None:
    await logs_in_with(visitor, "Vague", at="/login?next=/profile/sessions", stays=True)
    assert (visitor.path, visitor.heading) == ("/auth-redirect/address", "Your email address")
    assert visitor.field("email") == ADA.email, "as the provider says it"
    await visitor.submits("Continue", email="countess@example")
    assert visitor.status == 422
    assert visitor.field("email") == "countess@example"
    await visitor.submits("Continue", email=ADA.email)
    assert visitor.heading == "Check your email"
    await visitor.follows("Use a different email address")
    assert (visitor.path, visitor.field("email")) == ("/auth-redirect/address", ADA.email)
    await visitor.submits("Continue")
    await visitor.submits("Continue", within="#code-form", code=await newest_code(visitor, CONFIRM))
    assert (visitor.path, visitor.who) == ("/profile/sessions", "Ada")
    await visitor.opens(LIST)
    assert list_connected(visitor) == ["Vague"]


async def test_the_link_of_that_mail_opens_the_account_too(visitor: Visitor) -> None:
    await logs_in_with(visitor, "Vague")
    await visitor.submits("Continue", email=ADA.email)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm", within="#go")
    assert visitor.who == "Ada"


async def test_in_another_browser_it_waits_for_no_address(new_browser: NewBrowser) -> None:
    there, here = new_browser(CHROME), new_browser(SAFARI)
    address = (await there.http.get(await goes(there, "Vague"))).headers["location"]
    await here.opens(address)
    assert here.heading == "This login has ended"
    await here.opens("/auth-redirect/address")
    assert here.heading == "This login has ended"


async def test_the_owner_of_the_address_is_mailed_and_logs_in_with_both_from_then_on(
    visitor: Visitor, lent_provider: LyingProvider
) -> None:
    await joins_elsewhere(visitor, ADA)
    becomes(lent_provider, ADA)
    await logs_in_with(visitor, at="/login?next=/profile/sessions")
    assert (visitor.path, visitor.heading) == ("/auth-redirect/sent", "Check your email")
    assert visitor.sees("You already have an account with the email address that Acme told us.")
    assert visitor.does_not_see(ADA.email)
    await visitor.submits("Continue", within="#code-form", code="BCDF-GHJK")
    assert visitor.status == 422
    mail = await mailbox.newest(visitor, to=ADA.email, subject=CONNECT)
    await visitor.submits("Continue", within="#code-form", code=mailbox.CODE.findall(mail.text)[0])
    assert (visitor.path, visitor.who, visitor.status_message) == ("/profile/sessions", ADA.name, CONNECTED)
    await visitor.opens(LIST)
    assert list_connected(visitor) == ["Acme"]


async def test_the_link_of_that_mail_says_what_it_connects(visitor: Visitor, lent_provider: LyingProvider) -> None:
    await joins_elsewhere(visitor, ADA)
    becomes(lent_provider, ADA)
    await logs_in_with(visitor)
    mail = await mailbox.newest(visitor, to=ADA.email, subject=CONNECT)
    await visitor.opens(mail.link)
    assert visitor.sees("It also connects Acme, so that you can log in with it from now on.")
    await visitor.submits("Log in", within="#go")
    assert visitor.status_message == CONNECTED
    await visitor.opens(LIST)
    assert list_connected(visitor) == ["Acme"]
    await logs_out(visitor)
    assert visitor.one("with-acme").get("aria-describedby") == "used-last"


async def test_in_another_browser_that_link_connects_nothing(
    new_browser: NewBrowser, lent_provider: LyingProvider
) -> None:
    """Somebody else's account at a provider may well say Ada's address."""
    eve, ada = new_browser(CHROME), new_browser(SAFARI)
    await joins_elsewhere(ada, ADA)
    becomes(lent_provider, ADA)
    await logs_in_with(eve)
    mail = await mailbox.newest(ada, to=ADA.email, subject=CONNECT)
    await ada.opens(mail.link)
    assert ada.does_not_see("It also connects")
    await ada.submits("Log in", within="#go")
    await ada.opens(LIST)
    assert list_connected(ada) == []
    await eve.opens("/auth-redirect/sent")
    assert eve.who == ""


async def test_with_two_step_verification_the_mail_only_logs_in_as_the_page_says(
    visitor: Visitor, clock: Clock
) -> None:
    await arrives(visitor, ADA)
    app, _codes = await sets_up_two_step(visitor, clock, ADA)
    await logs_out(visitor)
    await logs_in_with(visitor)
    assert visitor.sees(
        "If two-step verification is on, the email only logs you in."
        " You can connect the two afterwards under “Connected accounts”."
    )
    mail = await mailbox.newest(visitor, to=ADA.email, subject=CONNECT)
    await visitor.opens(mail.link)
    await visitor.submits("Log in", within="#go")
    await shows_the_code(visitor, app.code())
    assert visitor.who == ADA.name
    await visitor.opens(LIST)
    assert list_connected(visitor) == []


async def test_whoever_is_logged_in_does_not_wait(visitor: Visitor, lent_provider: LyingProvider) -> None:
    await joins_elsewhere(visitor, GRACE)
    await visitor.opens("/auth-redirect/sent")
    assert visitor.path == "/login"
    becomes(lent_provider, GRACE)
    await logs_in_with(visitor)
    await logs_in(visitor, GRACE)
    await visitor.opens("/auth-redirect/sent")
    assert visitor.path == "/profile"


async def test_an_address_with_an_account_is_not_given_away(visitor: Visitor, lent_provider: LyingProvider) -> None:
    await joins(visitor, GRACE)
    visitor.http.cookies.clear()
    becomes(lent_provider, ADA)
    await logs_in_with(visitor, "Vague")
    await visitor.submits("Continue", email=GRACE.email)
    assert (visitor.path, visitor.heading) == ("/register/again", "Check your email")
