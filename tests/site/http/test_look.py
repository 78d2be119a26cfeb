"""The owner's look: an accent that a setting gives is in all that people see."""

import re
from io import BytesIO

import httpx
import pytest
from PIL import Image

from branding.palette import DARK, LIGHT, OURS, derive_palette
from tests.kit.app import open_browser, run_app
from tests.kit.markup import parse
from tests.site.http.test_headers import POLICY, policy_of
from web.asgi import create

YELLOW = derive_palette("#ffd400")


async def fetch_style(http: httpx.AsyncClient) -> str:
    page = parse((await http.get("/login")).text)
    (style,) = (link.get("href") for link in page.all("link[rel=stylesheet]"))
    return (await http.get(style)).text


async def test_the_style_sheet_has_the_accent_in_both_schemes(environ: dict[str, str]) -> None:
    environ["ACCENT_COLOR"] = "#FFD400"
    async with run_app(create(environ)) as app, open_browser(app) as http:
        own = (await fetch_style(http)).rpartition("\n:root {")[2]
        assert policy_of(await http.get("/login")) == POLICY
    for tokens, rule in zip((YELLOW.light, YELLOW.dark), own.split("@media"), strict=True):
        assert f"--fill: {tokens.fill};" in rule
        assert f"--accent: {tokens.accent};" in rule


async def test_without_one_it_is_ours_alone(plain: httpx.AsyncClient) -> None:
    styles = await fetch_style(plain)
    assert set(re.findall(r"--fill: (#\w+);", styles)) == {OURS.light.fill, OURS.dark.fill}


@pytest.mark.parametrize(
    ("path", "kind", "size"),
    [("/favicon.ico", "image/x-icon", (32, 32)), ("/apple-touch-icon.png", "image/png", (180, 180))],
)
async def test_icons_are_where_browsers_and_phones_look_unasked(
    environ: dict[str, str], path: str, kind: str, size: tuple[int, int]
) -> None:
    environ["ACCENT_COLOR"] = "#ffd400"
    async with run_app(create(environ)) as app, open_browser(app) as http:
        answer = await http.get(path)
    picture = Image.open(BytesIO(answer.content)).convert("RGB")
    assert (answer.headers["Content-Type"], picture.size) == (kind, size)
    assert picture.getpixel((size[0] // 2, 3)) == (255, 212, 0)
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


async def test_the_browser_around_a_page_has_the_colour_of_its_ground(plain: httpx.AsyncClient) -> None:
    page = parse((await plain.get("/login")).text)
    colors = {meta.get("media"): meta.get("content") for meta in page.all("meta[name=theme-color]")}
    assert colors == {"(prefers-color-scheme: light)": LIGHT.ground, "(prefers-color-scheme: dark)": DARK.ground}
    (touch,) = page.all("link[rel=apple-touch-icon]")
    assert touch.get("href") == "/apple-touch-icon.png"


@pytest.mark.parametrize(("color", "palette"), [("", OURS), ("#ffd400", YELLOW)])
async def test_the_icon_of_a_tab_has_its_colour(environ: dict[str, str], color: str, palette: object) -> None:
    environ["ACCENT_COLOR"] = color
    async with run_app(create(environ)) as app, open_browser(app) as http:
        page = parse((await http.get("/login")).text)
        (icon,) = (link.get("href") for link in page.all("link[rel=icon]"))
        answer = await http.get(icon)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert f"rect{{fill:{palette.light.fill}}}" in answer.text  # type: ignore[attr-defined]
