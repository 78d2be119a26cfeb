"""The tab that waits for a confirmation is told of one in another browser, where it was registered and nowhere else."""

from tests.kit.app import NewBrowser
from tests.kit.mailbox import another_tab
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    SAFARI,
    Person,
    is_signed_in,
    joins,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor

NEW = "chosen at the confirmation"
CONFIRMED, WAITS = "Your email address is confirmed", "Check your email"


def polls(visitor: Visitor) -> bool:
    return bool(visitor.html.all("[hx-trigger]"))


async def confirms_on_the_phone(phone: Visitor) -> None:
    await opens_mailed_link(phone, ADA, CONFIRM)
    await phone.submits("Confirm this address", name=ADA.name, new_password=NEW)
    assert await is_signed_in(phone)


async def test_the_first_tab_is_told_and_led_to_the_log_in(visitor: Visitor, new_browser: NewBrowser) -> None:
    await registers(visitor, ADA, at="/register?next=/profile/name")
    await visitor.follows("Check again")
    assert (visitor.heading, polls(visitor)) == (WAITS, True)
    await confirms_on_the_phone(new_browser(SAFARI))
    await visitor.follows("Check again")
    assert (visitor.path, visitor.heading, polls(visitor)) == ("/register/again", CONFIRMED, False)
    assert visitor.title.startswith(CONFIRMED)
    assert visitor.sees(f"{ADA.email} has been confirmed in another browser.")
    assert not await is_signed_in(visitor)
    await visitor.follows("Log in", within="main")
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=NEW)
    assert visitor.path == "/profile/name"


async def test_in_german(visitor: Visitor, new_browser: NewBrowser) -> None:
    await registers(visitor, ADA)
    await confirms_on_the_phone(new_browser(SAFARI))
    visitor.headers["Accept-Language"] = "de"
    await visitor.opens(visitor.path)
    assert visitor.heading == "Deine E-Mail-Adresse ist bestätigt"
    assert visitor.sees(f"{ADA.email} wurde in einem anderen Browser bestätigt.")
    await visitor.follows("Anmelden", within="main")
    assert visitor.path == "/login"


async def test_without_its_secret_a_browser_is_told_nothing(visitor: Visitor, new_browser: NewBrowser) -> None:
    await registers(visitor, ADA)
    secret = visitor.http.cookies.pop("registration")
    await confirms_on_the_phone(new_browser(SAFARI))
    await visitor.opens(visitor.path)
    assert visitor.heading == WAITS
    stranger = new_browser(CHROME)
    await stranger.opens("/register/again")
    await stranger.submits("Resend email", email=ADA.email)
    assert stranger.heading == WAITS
    visitor.http.cookies.set("registration", secret, domain="127.0.0.1")
    await visitor.opens(visitor.path)
    assert visitor.heading == CONFIRMED


async def test_who_registers_a_known_address_waits_as_for_a_new_one(visitor: Visitor, new_browser: NewBrowser) -> None:
    """Or the page would tell who has an account."""
    owner = new_browser(CHROME)
    await joins(owner, ADA)
    await logs_out(owner)
    await registers(visitor, Person(ADA.email, "Somebody", "words of somebody else"))
    await visitor.follows("Check again")
    assert (visitor.heading, polls(visitor)) == (WAITS, True)


async def test_confirmed_in_another_tab_of_the_same_browser_the_first_goes_on(visitor: Visitor) -> None:
    await registers(visitor, ADA)
    tab = another_tab(visitor)
    await opens_mailed_link(tab, ADA, CONFIRM)
    await tab.submits("Confirm this address")
    await visitor.follows("Check again")
    assert (visitor.path, visitor.who) == ("/profile", ADA.name)
