"""The owner's logo on the pages of the site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.kit.app import open_browser, run_app
from tests.kit.markup import Element, parse
from tests.kit.visitor import Visitor
from tests.site.http.test_headers import POLICY, check_always, policy_of
from web.asgi import create

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40"/></svg>'
DARK = LOGO.replace("<rect", '<rect fill="#fff"')


@asynccontextmanager
async def site_with(environ: dict[str, str], **settings: str) -> AsyncIterator[httpx.AsyncClient]:
    """The site with these settings; a drawing is put into a file first."""
    folder = Path(environ["DATA_DIR"]).parent
    for name, value in settings.items():
        if value.startswith("<svg"):
            (folder / f"{name}.svg").write_text(value)
        environ[name] = str(folder / f"{name}.svg") if value.startswith("<svg") else value
    async with run_app(create(environ)) as app, open_browser(app) as http:
        yield http


async def find_brand(http: httpx.AsyncClient) -> Element:
    """The link to the front door."""
    (brand,) = parse((await http.get("/login")).text).all("a.brand")
    return brand


async def test_a_logo_takes_the_place_of_our_sign_and_tells_the_products_name(environ: dict[str, str]) -> None:
    async with site_with(environ, LOGO=LOGO, SITE_NAME="Our shop") as http:
        brand = await find_brand(http)
        (image,) = brand.all("img")
        assert (image.get("alt"), image.get("width"), image.get("height")) == ("Our shop", "96", "32")
        assert not brand.all("svg")
        assert brand.all("picture.plate")  # for there is none for the dark scheme
        answer = await http.get(image.get("src"))
        assert answer.text == LOGO
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        check_always(answer)
        assert policy_of(await http.get("/login")) == POLICY


async def test_the_dark_scheme_has_its_own(environ: dict[str, str]) -> None:
    async with site_with(environ, LOGO=LOGO, LOGO_DARK=DARK) as http:
        brand = await find_brand(http)
        (source,) = brand.all("source")
        assert source.get("media") == "(prefers-color-scheme: dark)"
        assert (await http.get(source.get("srcset"))).text == DARK
        assert not brand.all(".plate")


async def test_pages_with_a_logo_are_as_whole_as_without(environ: dict[str, str]) -> None:
    async with site_with(environ, LOGO=LOGO, LOGO_DARK=DARK) as http:
        await Visitor(http).opens("/register")
