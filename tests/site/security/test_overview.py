"""The overview of how one logs in."""

from tests.kit.clock import Clock
from tests.kit.passwordless import remove_password
from tests.kit.people import ADA, arrives, joins
from tests.kit.two_step_pages import sets_up_two_step
from tests.kit.visitor import Visitor

HERE = "/profile/security"


async def test_it_is_a_section_of_the_account(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile")
    await visitor.follows("Security", within="#rail")
    assert (visitor.path, visitor.heading, visitor.title) == (HERE, "Security", "Security – Account pages")
    assert visitor.one("to-security").get("aria-current") == "page"
    await visitor.opens("/profile/two-step")
    assert visitor.path == "/confirm"


async def test_each_thing_has_its_state_and_one_link(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(HERE)
    assert visitor.one("password-state").text() == "Password Set Change"
    assert visitor.one("two-step-state").text() == "Two-step verification Off Set up"
    assert visitor.one("recovery-codes-state").text() == "Recovery codes No codes yet Make"
    await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(HERE)
    assert visitor.one("two-step-state").text() == "Two-step verification On since 14 March 2026 Manage"
    assert visitor.one("recovery-codes-state").text() == "Recovery codes 10 codes left Manage"
    await visitor.follows("Manage two-step verification")
    assert visitor.one("up").get("href") == HERE
    assert visitor.one("to-security").get("aria-current") == "true"


async def test_whoever_has_no_password_is_told_so(visitor: Visitor, environ: dict[str, str]) -> None:
    await joins(visitor, ADA)
    remove_password(environ, ADA)
    await visitor.opens(HERE)
    assert visitor.one("password-state").text() == "Password Not set Set a password"


async def test_in_german_the_button_says_what_it_does_not_how_it_stands(
    visitor: Visitor, environ: dict[str, str]
) -> None:
    await joins(visitor, ADA)
    remove_password(environ, ADA)
    visitor.headers["Accept-Language"] = "de"
    for path in (HERE, "/profile"):
        await visitor.opens(path)
        assert visitor.one("change-password").text() == "Passwort festlegen"


def say_state(visitor: Visitor, link: str) -> str:
    """What is read aloud after the name of a link or button that the keyboard has reached."""
    described = visitor.one(link).get("aria-describedby").split()
    return " ".join(visitor.one(each).text() for each in described)


async def test_whoever_hears_the_page_hears_with_each_link_how_it_stands(visitor: Visitor, clock: Clock) -> None:
    await arrives(visitor, ADA)
    links = ("change-password", "to-two-step", "to-recovery-codes")
    await visitor.opens(HERE)
    assert [say_state(visitor, link) for link in links] == ["Set", "Off", "No codes yet"]
    assert visitor.one("to-recovery-codes").name() == "Make recovery codes"
    await sets_up_two_step(visitor, clock, ADA)
    await visitor.opens(HERE)
    assert [say_state(visitor, link) for link in links] == ["Set", "On since 14 March 2026", "10 codes left"]
    assert visitor.one("to-recovery-codes").name() == "Manage recovery codes"
    await visitor.opens("/profile/two-step")
    assert [say_state(visitor, link) for link in ("new-app", "remove-app", "to-recovery-codes")] == [
        "Since 14 March 2026",
        "Since 14 March 2026",
        "10 codes left",
    ]
