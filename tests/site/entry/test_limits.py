"""Trying too often: how long to wait is said, what was typed stays, and there is another way in."""

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, LOGIN_LINK, Person, asks_for_a_link, joins, logs_in, logs_out, registers
from tests.kit.visitor import Visitor

WRONG = Person(ADA.email, ADA.name, "not the password at all")


async def fails(visitor: Visitor, times: int = 10) -> None:
    await visitor.opens("/login")
    for _ in range(times):
        await visitor.submits("Log in", email=WRONG.email, password=WRONG.password)


async def test_after_ten_wrong_passwords_the_wait_is_said_and_the_address_stays(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await fails(visitor, 11)
    assert visitor.status == 429
    assert 0 < int(visitor.response.headers["Retry-After"]) <= 900
    assert "Too many attempts. Wait 15 minutes, then try again." in visitor.text
    assert visitor.field("email") == ADA.email
    assert visitor.field("password") == ""


async def test_a_login_link_is_the_other_way_in(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    stranger = new_browser(CHROME)
    await fails(stranger, 11)
    await stranger.submits("Email me a login link")
    assert stranger.heading == "Check your email"
    assert (await mailbox.newest(stranger, to=ADA.email, subject=LOGIN_LINK)).link


async def test_a_stranger_does_not_lock_the_owner_out(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await fails(new_browser(CHROME), 12)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile"


async def test_the_wait_ends(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await fails(visitor, 11)
    clock.advance(minutes=16)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile"


async def test_asking_for_links_too_often_says_how_long_to_wait(visitor: Visitor, clock: Clock) -> None:
    for _ in range(5):
        await asks_for_a_link(visitor, ADA)
        clock.advance(minutes=1)
    await asks_for_a_link(visitor, ADA)
    assert visitor.status == 429
    assert "Wait 55 minutes" in visitor.text
    assert "our latest email is already in its inbox" in visitor.text
    assert visitor.field("email") == ADA.email


async def test_registering_too_often_keeps_what_was_typed(visitor: Visitor, clock: Clock) -> None:
    for number in range(6):
        await registers(visitor, Person(ADA.email, f"Ada {number}"))
        clock.advance(minutes=1)
    assert visitor.status == 429
    assert (visitor.field("email"), visitor.field("name"), visitor.field("password")) == (ADA.email, "Ada 5", "")
