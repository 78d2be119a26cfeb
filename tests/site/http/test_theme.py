"""THEME_DIR: fonts, icons and templates of the owner's."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from branding.icons import draw_svg, paint_ico, paint_touch_icon
from branding.palette import OURS
from serving.settings import SettingsError
from serving.settings.env_file import read_env_file
from tests.kit.app import SITE, open_browser, run_app
from tests.kit.fonts import make_font
from tests.kit.markup import parse
from tests.kit.people import ADA, joins
from tests.kit.serving import ROOT
from tests.kit.visitor import Visitor
from tests.site.http.test_headers import POLICY, check_page, policy_of
from web.asgi import check, create
from web.http.static import make_asset
from web.rendering.environment import environments

BRAND = '{% include "ours/partials/_brand.html" %} <b id="slogan">{{ _("Log in") }}!</b>'
HOME = """{% extends "templates/base.html" %}{% block title %}Ours{% endblock %}
{% block main %}<h1>Our shop</h1>{% endblock %}"""


@pytest.fixture
def theme(environ: dict[str, str], tmp_path: Path) -> Path:
    """A folder that the site is started with."""
    folder = tmp_path / "theme"
    folder.mkdir()
    environ["THEME_DIR"] = str(folder)
    return folder


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


async def test_fonts_come_from_this_site_and_under_names_with_a_hash(environ: dict[str, str], theme: Path) -> None:
    write(
        theme, {"fonts/regular.woff2": make_font(), "fonts/bold.woff2": make_font(weight=700), "fonts/OFL.txt": "..."}
    )
    async with run_app(create(environ)) as app, open_browser(app) as http:
        answer = await http.get("/login")
        assert policy_of(answer) == POLICY
        page = parse(answer.text)
        (style,) = (link.get("href") for link in page.all("link[rel=stylesheet]"))
        css = (await http.get(style)).text
        links = [link.get("href") for link in page.all("link[rel=preload]")]
        assert len(links) == 2
        for address in links:
            assert f'url("{address}") format("woff2")' in css
            sent = await http.get(address, headers={"Accept-Encoding": "br"})
            assert sent.headers["Content-Type"] == "font/woff2"
            assert "Content-Encoding" not in sent.headers
            assert "immutable" in sent.headers["Cache-Control"]
            assert sent.content in (make_font(), make_font(weight=700))


KINDS = {
    "site.css": "text/css",
    "site.js": "text/javascript",
    "favicon.svg": "image/svg+xml",
    "logo.png": "image/png",
    "font-0.woff2": "font/woff2",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_a_file_is_what_it_is_whatever_the_list_of_types_on_a_machine_says(name: str, kind: str) -> None:
    """A container has none, and that of Python knows no fonts."""
    mimetypes.add_type("application/octet-stream", Path(name).suffix)
    try:
        assert make_asset(name, b"...").media_type == kind
    finally:
        mimetypes.init()


async def test_a_template_replaces_ours_of_the_same_name_and_may_build_on_it(
    environ: dict[str, str], theme: Path
) -> None:
    write(theme, {"partials/_brand.html": BRAND, "templates/entry/home.html": HOME})
    async with run_app(create(environ)) as app, open_browser(app) as http:
        visitor = Visitor(http)
        await visitor.opens("/")
        assert visitor.heading == "Our shop"
        await joins(visitor, ADA)
        await visitor.opens("/language")
        assert visitor.one("slogan").text() == "Log in!"
        await visitor.submits("Deutsch")
        assert visitor.one("slogan").text() == "Anmelden!"


async def test_without_a_theme_pages_are_ours(environ: dict[str, str], theme: Path) -> None:
    """Also in a process that has served a theme."""
    write(theme, {"templates/entry/home.html": HOME})
    create(environ)
    async with run_app(create({**environ, "THEME_DIR": ""})) as app, open_browser(app) as http:
        visitor = Visitor(http)
        await visitor.opens("/")
        assert visitor.heading != "Our shop"


ICON = draw_svg(OURS).replace(b"#1f5f4f", b"#123456")


async def test_icons_of_ones_own_are_shown_and_none_of_ours_beside_them(environ: dict[str, str], theme: Path) -> None:
    write(theme, {"favicon.svg": ICON})
    async with run_app(create(environ)) as app, open_browser(app) as http:
        page = parse((await http.get("/login")).text)
        (icon,) = (link.get("href") for link in page.all("link[rel=icon]"))
        assert (await http.get(icon)).content == ICON
        assert not page.all("link[rel=apple-touch-icon]")
        for path in ("/favicon.ico", "/apple-touch-icon.png"):
            assert (await http.get(path)).status_code == 404


async def test_icons_for_others_are_ones_own_too(environ: dict[str, str], theme: Path) -> None:
    ico, touch = paint_ico(OURS), paint_touch_icon(OURS)
    write(theme, {"favicon.svg": ICON, "favicon.ico": ico, "apple-touch-icon.png": touch})
    async with run_app(create(environ)) as app, open_browser(app) as http:
        assert (await http.get("/favicon.ico")).content == ico
        assert (await http.get("/apple-touch-icon.png")).content == touch
        assert parse((await http.get("/login")).text).all("link[rel=apple-touch-icon]")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"font/regular.woff2": make_font()}, "must hold nothing but apple-touch-icon.png, favicon.ico, favicon.svg"),
        ({"fonts/regular.ttf": b"\0\1\0\0"}, "regular.ttf in it must be a font as WOFF2"),
        ({f"fonts/{n}.woff2": make_font() for n in range(3)}, "must hold at most 2 fonts, not 3"),
        ({"favicon.ico": paint_ico(OURS)}, "must hold favicon.svg"),
        ({"favicon.svg": "<svg/>"}, "favicon.svg in it must be an SVG"),
        ({"favicon.svg": paint_touch_icon(OURS)}, "favicon.svg in it must be an SVG"),
        ({"favicon.svg": ICON, "favicon.ico": b"no"}, "favicon.ico in it must be an icon as ICO"),
        ({"favicon.svg": ICON, "apple-touch-icon.png": ICON}, "apple-touch-icon.png in it must be a square PNG"),
        ({"templates/base.html": "{% block %}"}, "the template templates/base.html, line 1, cannot be used"),
        ({"templates/entry/home.html": '{% extends "base.html" %}'}, "there is no template 'base.html'"),
        ({"templates/base.html": '{% extends "templates/base.html" %}'}, "ours is ours/templates/base.html"),
        (
            {"templates/entry/home.html": '{% extends "templates/base.html" %}{% block body %}{% endblock %}'},
            "there is no block 'body' in templates/base.html",
        ),
        ({"partials/_brand.html": "{{ name|shout }}"}, "No filter named 'shout'"),
        (
            {"partials/_brand.html": "{{ site_nmae }}"},
            "_brand.html cannot be used: nothing is named 'site_nmae'",
        ),
        ({"partials/_brand.txt": "x"}, "must hold templates that end with .html"),
        ({"partials/_brand.html": b"\xff"}, "cannot be used"),
    ],
)
def test_what_cannot_be_used_stops_the_start_with_a_line_that_says_why(
    environ: dict[str, str], theme: Path, files: Mapping[str, str | bytes], said: str
) -> None:
    write(theme, files)
    with pytest.raises(SettingsError, match=r"^THEME_DIR: ") as refused:
        check(environ)
    with pytest.raises(SettingsError, match=r"^THEME_DIR: "):
        create(environ)  # also where another server starts it
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_the_example_can_be_used(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    environ |= read_env_file(ROOT / "docs" / "example-theme" / "settings.env")
    assert set(environ) >= {"ACCENT_COLOR", "LOGO", "LOGO_DARK", "THEME_DIR", "FOOTER_LINKS", "SUPPORT_URL"}
    check(environ)
    async with run_app(create(environ)) as app, open_browser(app) as http:
        visitor = Visitor(http)
        await visitor.opens("/login")
        assert "honey from the roofs of the city" in visitor.text
        await visitor.submits("Deutsch (Sie)")
        assert "Honig von den Dächern der Stadt" in visitor.text


def test_a_theme_that_can_be_used_starts(environ: dict[str, str], theme: Path) -> None:
    """Also with what a system or an editor leaves in its folders."""
    write(theme, {"partials/_brand.html": BRAND, "templates/entry/home.html": HOME, "favicon.svg": ICON})
    write(theme, {"templates/.DS_Store": b"\xff", ".git/config": "", "README.md": "ours", "fonts/.DS_Store": b"\xff"})
    check(environ)
    for templates in environments(theme).values():
        templates.load_all()
        assert "ours/partials/_brand.html" not in templates.loaded


def test_a_template_may_name_what_another_one_of_the_owners_sets(environ: dict[str, str], theme: Path) -> None:
    slogan = '{% set slogan = _("Log in") %}{% include "partials/_slogan.html" %}'
    write(theme, {"partials/_brand.html": slogan, "partials/_slogan.html": "{{ slogan }} {{ site.site_name }}"})
    check(environ)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
async def test_what_fails_in_a_template_of_the_owners_is_told_by_a_page_of_ours(
    environ: dict[str, str], theme: Path, headers: dict[str, str]
) -> None:
    write(theme, {"partials/_brand.html": "{{ site.nmae }}"})
    async with run_app(create(environ)) as app:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as http:
            answer = await http.get("/login", headers=headers)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    check_page(answer)
