"""What a page says after a redirect."""

from tests.kit.app import NewBrowser
from tests.kit.people import ADA, CHROME, joins, logs_in, logs_out
from tests.kit.visitor import Visitor


async def test_the_title_says_what_the_page_says_once(visitor: Visitor) -> None:
    """A title is what every screen reader reads first, and reads on."""
    await joins(visitor, ADA)
    flash = "Your email address is confirmed. You’re logged in."
    assert (visitor.status_message, visitor.title) == (flash, f"{flash} – Your profile – Account pages")
    await visitor.opens("/profile")
    assert (visitor.status_message, visitor.title) == ("", "Your profile – Account pages")
    await logs_out(visitor)
    assert visitor.title == "You’re logged out. – Log in – Account pages"


async def test_what_a_person_typed_is_said_as_it_was_typed_and_never_ends_the_title(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(CHROME), ADA)
    await visitor.opens("/profile")
    await visitor.follows("Name this device: Chrome on Linux")
    await visitor.submits("Save", label="</title><b>A & B</b>")
    await visitor.submits("Log out </title><b>A & B</b>")
    flash = "Logged out </title><b>A & B</b>."
    said = "" if visitor.javascript else f"{flash} – "  # htmx stays on the page, whose title says what it is
    assert (visitor.status_message, visitor.title) == (flash, f"{said}Your profile – Account pages")
