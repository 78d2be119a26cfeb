"""Where a log-in leads: the page that a guest wanted outlives everything between, and nobody is led away."""

from urllib.parse import quote

from tests.kit import mailbox
from tests.kit.bare import at_plain_altogic_too
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CONFIRM,
    LOGIN_LINK,
    Person,
    asks_for_a_link,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
    stays_logged_in,
)
from tests.kit.visitor import Visitor

EVIL = [
    "//evil.example/",
    "https://evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example",
    "\x01//evil.example",
    " //evil.example",
    "/" + "p" * 600,
    "profile",
    "",
]


async def test_a_guest_comes_back_to_the_page_they_wanted(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for wanted in ("/profile", "/profile/name", "/profile/avatar", "/profile/sessions/others"):
        await logs_out(visitor)
        await visitor.opens(wanted)
        assert (visitor.path, visitor.query) == ("/login", {"next": wanted})

        await visitor.submits("Log in", within="#login-form", email=ADA.email, password="a wrong password")
        await visitor.submits("Log in", within="#login-form", password=ADA.password)
        assert visitor.path == wanted


async def test_the_wish_is_carried_from_guest_page_to_guest_page(visitor: Visitor) -> None:
    await visitor.opens("/profile/name")
    for link, path in (
        ("Create account", "/register"),
        ("Log in", "/login"),
        ("Create account", "/register"),
    ):
        await visitor.follows(link, within="p.beside")
        assert (visitor.path, visitor.query, visitor.field("next")) == (
            path,
            {"next": "/profile/name"},
            "/profile/name",
        )


@at_plain_altogic_too
async def test_the_wish_outlives_registration_and_its_mail(visitor: Visitor) -> None:
    await visitor.opens("/register?next=/profile/name")
    await visitor.submits("Create account", email="no address", name=ADA.name, password=ADA.password)
    assert visitor.field("next") == "/profile/name"
    await visitor.submits("Create account", email=ADA.email, password=ADA.password)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    # Altogic does not say whose a link is.
    await visitor.submits("Confirm this address" if visitor.sees(ADA.email) else "Confirm email address")
    assert visitor.path == "/profile/name"


async def test_the_wish_outlives_the_login_link(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/login-with-magic-link?next=/profile/name")
    await visitor.submits("Email me a login link", email="no address")
    assert visitor.field("next") == "/profile/name"
    await visitor.submits("Email me a login link", email=ADA.email)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile/name"


async def test_the_wish_outlives_a_mistyped_address(visitor: Visitor) -> None:
    await registers(visitor, Person("aad@example.com", ADA.name), at="/register?next=/profile/name")
    await visitor.follows("Use a different email address")
    assert visitor.field("next") == "/profile/name"
    await asks_for_a_link(visitor, ADA, at="/login-with-magic-link?next=/profile/name")
    await visitor.follows("Use a different email address")
    assert visitor.field("next") == "/profile/name"


async def test_the_wish_outlives_a_log_in_before_the_address_is_confirmed(visitor: Visitor, clock: Clock) -> None:
    await registers(visitor, ADA)
    clock.advance(seconds=11)
    await logs_in(visitor, ADA, at="/login?next=/profile/name", stays=True)
    await visitor.submits("Resend email")
    clock.advance(seconds=11)
    await visitor.submits("Resend email")
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert (visitor.path, stays_logged_in(visitor)) == ("/profile/name", True)


async def test_the_wish_outlives_a_link_that_is_too_old(visitor: Visitor, clock: Clock) -> None:
    await registers(visitor, ADA, at="/register?next=/profile/name")
    await mailbox.newest(visitor, to=ADA.email)
    clock.advance(hours=1)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Send a new link")
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert visitor.path == "/profile/name"

    await logs_out(visitor)
    await asks_for_a_link(visitor, ADA, at="/login-with-magic-link?next=/profile/name")
    await mailbox.newest(visitor, to=ADA.email, subject=LOGIN_LINK)
    clock.advance(hours=1)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits("Send a new link")
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile/name"


async def test_the_wish_outlives_a_link_that_was_broken_on_its_way(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await asks_for_a_link(visitor, ADA, at="/login-with-magic-link?next=/profile/name")
    await visitor.opens("/_auth/verify?key=bro&action=magic-link")
    await visitor.submits("Email me a login link", email=ADA.email)
    await opens_mailed_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile/name"


async def test_nobody_is_led_away_after_the_login(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for evil in EVIL:
        await visitor.opens(f"/login?next={quote(evil)}")  # signed in already
        assert visitor.path == "/profile", evil
        await logs_out(visitor)

        await visitor.opens(f"/login?next={quote(evil)}")
        assert visitor.field("next") == "", evil
        await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password, next=evil)
        assert visitor.url == f"{visitor.site}/profile", evil


async def test_nobody_is_led_away_after_a_mailed_link(visitor: Visitor, clock: Clock) -> None:
    await visitor.opens("/register?next=//evil.example/")
    await visitor.submits(
        "Create account", next="//evil.example/", email=ADA.email, name=ADA.name, password=ADA.password
    )
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert visitor.url == f"{visitor.site}/profile"

    for evil in EVIL[:5]:
        clock.advance(minutes=1)
        await logs_out(visitor)
        await visitor.opens("/login-with-magic-link")
        await visitor.submits("Email me a login link", email=ADA.email, next=evil)
        await opens_mailed_link(visitor, ADA, LOGIN_LINK)
        await visitor.submits(f"Log in as {ADA.email}")
        assert visitor.url == f"{visitor.site}/profile", evil
