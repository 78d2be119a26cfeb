"""Every state of every page, looked at by axe, light and dark, and never wider than the smallest phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.gallery.sites import Sites, sites
from tests.gallery.states import STATES, State
from tests.kit.serving import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """(options) => axe.run({ resultTypes: ["violations"], ...options }).then(({ violations }) => violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")}`))"""
COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # a scheme changes colours, nothing else
NARROWEST = {"width": 320, "height": 640}
LETTERS = "letter, "  # no pages: they have no landmarks


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with sites(tmp_path_factory.mktemp("gallery")) as shown:
        yield shown


@pytest.mark.parametrize(
    "state", [state for state in STATES if not state.name.startswith(LETTERS)], ids=lambda state: state.name
)
def test_axe_finds_nothing(chromium: Browser, shown: Sites, state: State) -> None:
    context = chromium.new_context(
        storage_state=shown.log_in(chromium, state.member),
        bypass_csp=True,  # axe is put into the page
        reduced_motion="reduce",
        viewport=NARROWEST,  # type: ignore[arg-type]
    )
    page = context.new_page()
    state.reach(page, shown)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]
    page.add_script_tag(path=AXE)
    assert run_axe(page) == [], "light"
    page.emulate_media(color_scheme="dark")
    assert run_axe(page, runOnly=COLOUR_RULES) == [], "dark"
    context.close()


def test_axe_would_find_something(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><img src=x><p style='color: #ccc'>Pale</p></body></html>")
    page.add_script_tag(path=AXE)
    assert find_rules(run_axe(page)) >= {"image-alt", "color-contrast"}
    assert find_rules(run_axe(page, runOnly=COLOUR_RULES)) == {"color-contrast"}
    colour_rules = page.evaluate("axe.getRules(['cat.color']).map(({ ruleId }) => ruleId)")
    assert {rule for rule in colour_rules if not rule.endswith("-enhanced")} == set(COLOUR_RULES)  # those are AAA
    page.close()


def find_rules(found: list[str]) -> set[str]:
    return {text.partition(":")[0] for text in found}


def run_axe(page: Page, **options: Any) -> list[str]:
    found: list[str] = page.evaluate(FOUND, options)
    return [text[:600] for text in found]
