"""Every state of every page, looked at by axe, light and dark, and never wider than the smallest phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.gallery.sites import Sites, sites
from tests.gallery.states import STATES, State
from tests.kit.serving import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) =>
    `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")}`))"""
NARROWEST = {"width": 320, "height": 640}
LETTERS = "letter, "  # no pages: they have no landmarks


@pytest.fixture(scope="module")
def shown(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with sites(chromium, tmp_path_factory.mktemp("gallery")) as shown:
        yield shown


@pytest.mark.parametrize(
    "state", [state for state in STATES if not state.name.startswith(LETTERS)], ids=lambda state: state.name
)
def test_axe_finds_nothing(chromium: Browser, shown: Sites, state: State) -> None:
    context = chromium.new_context(
        storage_state=shown.members.get(state.member),
        bypass_csp=True,  # axe is put into the page
        reduced_motion="reduce",
        viewport=NARROWEST,  # type: ignore[arg-type]
    )
    page = context.new_page()
    state.reach(page, shown)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]
    page.add_script_tag(path=AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert run_axe(page) == [], scheme
    context.close()


def test_axe_would_find_something(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><img src=x><p style='color: #ccc'>Pale</p></body></html>")
    page.add_script_tag(path=AXE)
    assert {found.partition(":")[0] for found in run_axe(page)} >= {"image-alt", "color-contrast"}
    page.close()


def run_axe(page: Page) -> list[str]:
    found: list[str] = page.evaluate(FOUND)
    return [text[:600] for text in found]
