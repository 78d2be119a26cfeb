"""A font of the owner's, as Chromium shows it when it comes late."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.kit.browser_steps import open_page
from tests.kit.fonts import make_font
from tests.kit.serving import serve_site

LOADED = "[...document.fonts].filter(face => face.status === 'loaded' && face.family === 'Own').length"
SHIFTS = """() => new Promise((resolve) => {
    let moved = 0;
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) moved += value; })
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(moved), 600);
})"""
SHOWN_SHIFT = 0.005  # what judges of pages round to 0.00


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site with a theme: a font whose letters are blocks."""
    folder = tmp_path_factory.mktemp("themed")
    (folder / "theme" / "fonts").mkdir(parents=True)
    (folder / "theme" / "fonts" / "blocks.woff2").write_bytes(make_font(560))
    settings = {"DATA_DIR": str(folder / "var"), "THEME_DIR": str(folder / "theme"), "ACCENT_COLOR": "#ffd400"}
    with serve_site(settings, folder) as url:
        yield url


def open_with_late_font(page: Page) -> None:
    def hold(route: Route) -> None:
        page.locator("h1").wait_for()  # the page is there, and can be read
        assert page.evaluate(LOADED) == 0
        route.continue_()

    page.route("**/*.woff2", hold)
    page.goto("/login")
    page.wait_for_function(f"{LOADED} === 1")


def test_a_font_that_comes_late_moves_nothing(chromium: Browser, site: str) -> None:
    for phone in (False, True):
        with open_page(chromium, site, phone=phone) as page:
            open_with_late_font(page)
            assert page.evaluate(SHIFTS) < SHOWN_SHIFT


def test_a_font_is_that_of_every_word(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login")
        page.wait_for_function(f"{LOADED} === 1")
        widths = "letters => { const range = document.createRange(); return letters.map(text => { const node ="
        widths += " document.createTextNode(text); document.querySelector('h1').append(node); range.selectNode(node);"
        widths += " return range.getBoundingClientRect().width; }); }"
        narrow, wide = page.evaluate(widths, ["i", "W"])
        assert narrow == pytest.approx(wide, abs=0.1)
