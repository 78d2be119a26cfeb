"""The front door."""

from tests.kit.people import ADA, joins
from tests.kit.visitor import Visitor


async def test_a_guest_finds_three_ways_in(visitor: Visitor) -> None:
    await visitor.opens("/")
    ways = {link.href for link in visitor.links()}
    assert {"/login", "/login-with-magic-link", "/register"} <= ways

    for way, heading in (
        ("Log in with an email link", "Log in with an email link"),
        ("Takes about a minute.", "Create account"),
    ):
        await visitor.opens("/")
        await visitor.follows(way, within="main")
        assert (visitor.status, visitor.heading) == (200, heading)


async def test_who_is_signed_in_goes_to_the_profile(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/")
    assert visitor.path == "/profile"
