"""Addresses that are longer than a line."""

import pytest

from tests.kit.people import Person, asks_for_a_link, registers
from tests.kit.visitor import Visitor
from web.rendering.addresses import make_breakable


async def test_an_address_breaks_before_its_at(visitor: Visitor) -> None:
    for asks in (registers, asks_for_a_link):
        await asks(visitor, Person("maria.mustermann@mail.example.com", "Maria"))
        assert "maria.mustermann<wbr>@mail.example.com" in visitor.response.text
        assert visitor.sees("maria.mustermann@mail.example.com")


@pytest.mark.parametrize(
    ("email", "broken"),
    [
        ("ada@example.com", "ada@example.com"),
        ("maria.mustermann@mail.example.com", "maria.mustermann<wbr>@mail.example.com"),
        ("maria.mustermann.1795881450@example.com", "maria<wbr>.mustermann<wbr>.1795881450<wbr>@example.com"),
        ("maria@mail.of.a.long.name.example", "maria<wbr>@mail<wbr>.of<wbr>.a<wbr>.long<wbr>.name<wbr>.example"),
        ("gmial.com", "gmial.com"),
    ],
)
def test_only_a_part_that_is_too_long_breaks_before_its_dots(email: str, broken: str) -> None:
    assert make_breakable(email) == broken


@pytest.mark.parametrize("email", ['"<b>.x"@example.com', '"<b>and a lot more.x"@example.com', "a&amp;b@example.com"])
def test_what_is_markup_in_an_address_is_escaped(email: str) -> None:
    assert make_breakable(email).replace("<wbr>", "").unescape() == email
    assert "<b>" not in make_breakable(email)


def test_a_narrow_place_says_how_much_fits_there() -> None:
    assert make_breakable("ada@example.com") == "ada@example.com"
    assert make_breakable("ada@example.com", 12) == "ada<wbr>@example.com"
