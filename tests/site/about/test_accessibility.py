"""The statement on accessibility: what people can rely on, and whom to tell what does not work for them."""

import pytest

from tests.kit.app import open_browser, run_app
from tests.kit.people import ADA, joins
from tests.kit.visitor import Visitor
from web.asgi import create


async def test_it_is_one_link_away_from_every_page(visitor: Visitor) -> None:
    await visitor.opens("/login")
    await visitor.follows("Accessibility", within="footer")
    assert (visitor.path, visitor.heading) == ("/accessibility", "Accessibility")
    assert "WCAG 2.2" in visitor.text
    assert "we keep what you typed for 10 minutes, but never a password" in visitor.text
    assert "only Orca with Firefox has been listened to" in visitor.text
    assert visitor.one("accessibility").get("aria-current") == "page"
    await joins(visitor, ADA)
    await visitor.follows("Accessibility", within="footer")
    assert visitor.status == 200


async def test_without_an_address_it_names_the_product(visitor: Visitor) -> None:
    await visitor.opens("/accessibility")
    assert "tell those who run Account pages." in visitor.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mailto:help%2Bpages@example.com?subject=Barrier", "write to help+pages@example.com."),
        ("MAILTO:help@example.com", "write to help@example.com."),
        ("https://example.com/help", "tell us: Contact support"),
    ],
)
async def test_it_says_how_to_complain(environ: dict[str, str], url: str, words: str) -> None:
    async with run_app(create({**environ, "SUPPORT_URL": url})) as app, open_browser(app) as http:
        visitor = Visitor(http)
        await visitor.opens("/accessibility")
        assert words in visitor.text
        assert visitor.one("complain").get("href") == url


async def test_an_owner_with_a_statement_of_their_own_is_linked_to(environ: dict[str, str]) -> None:
    own = "https://example.com/accessible"
    async with run_app(create({**environ, "FOOTER_LINKS": f"accessibility={own}"})) as app, open_browser(app) as http:
        visitor = Visitor(http)
        await visitor.opens("/login")
        assert [link.href for link in visitor.links() if link.name == "Accessibility"] == [own]
