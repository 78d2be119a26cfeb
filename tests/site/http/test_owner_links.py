"""The owner's links at the foot of each page, and where people find help."""

import pytest

from tests.kit.people import ADA, joins
from tests.kit.visitor import Visitor

LINKS = "privacy=https://example.com/privacy, Imprint=/imprint, Our shop=https://shop.example.com/?from=accounts"
HELP = "mailto:help@example.com"


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "FOOTER_LINKS": LINKS, "SUPPORT_URL": HELP}


def footer(visitor: Visitor) -> list[tuple[str, str]]:
    (foot,) = visitor.html.all("footer")
    return [(link.text(), link.get("href")) for link in foot.all("a[href]")]


async def test_they_are_on_every_page_help_first(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path in ("/profile", "/profile/avatar", "/logout", "/no/such/page", "/language"):
        await visitor.opens(path)
        assert footer(visitor)[:4] == [
            ("Help", HELP),
            ("Privacy", "https://example.com/privacy"),
            ("Legal notice", "/imprint"),
            ("Our shop", "https://shop.example.com/?from=accounts"),
        ]


async def test_known_words_are_in_the_language_of_the_page(visitor: Visitor) -> None:
    await visitor.opens("/login")
    await visitor.submits("Deutsch")
    assert [name for name, _ in footer(visitor)][:4] == ["Hilfe", "Datenschutz", "Impressum", "Our shop"]


async def test_beside_the_code_of_an_error_stands_where_it_can_be_quoted(visitor: Visitor) -> None:
    await visitor.opens("/no/such/page")
    assert visitor.one("support").get("href") == HELP
