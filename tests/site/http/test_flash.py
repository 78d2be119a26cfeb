"""What a page says after a redirect."""

from tests.kit.people import ADA, joins, logs_out
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
