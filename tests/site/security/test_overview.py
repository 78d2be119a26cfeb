"""The overview of how one logs in."""

from tests.kit.passwordless import remove_password
from tests.kit.people import ADA, joins
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


async def test_whoever_has_no_password_is_told_so(visitor: Visitor, environ: dict[str, str]) -> None:
    await joins(visitor, ADA)
    remove_password(environ, ADA)
    await visitor.opens(HERE)
    assert visitor.one("password-state").text() == "Password Not set Set"
