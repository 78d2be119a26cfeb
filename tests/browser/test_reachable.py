"""Every state of every page, looked at by axe, light and dark, and never wider than the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.gallery.sites import Sites, sites
from tests.gallery.states import STATES, State
from tests.kit.axe import COLOUR_RULES, add_axe, run_axe

NARROWEST = 256  # of any window: a watch's, a side panel's, a large one magnified five times
# Those on either side of where pages are laid out anew, and what phones have.
WIDTHS = (1280, 834, 830, 642, 638, 390, 354, 350, 320, NARROWEST)
HEIGHT = 640
SIGNS = set("‹›")  # the style sheet puts them beside links; read aloud they would be noise
EMPTY_ITEMS = "[...document.querySelectorAll('li')].filter((item) => item.checkVisibility() && !item.innerText).length"

# Cards, and what follows them, less than half a line apart.
TOUCHING = """[...document.querySelectorAll(".card")].filter((card) => {
    const next = card.nextElementSibling;
    if (!card.checkVisibility() || !next?.checkVisibility()) return false;
    return next.getBoundingClientRect().top - card.getBoundingClientRect().bottom < 10;
}).map((card) => card.nextElementSibling.innerText)"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with sites(tmp_path_factory.mktemp("gallery")) as shown:
        yield shown


@pytest.mark.parametrize("state", [state for state in STATES if not state.is_letter], ids=lambda state: state.name)
def test_axe_finds_nothing(chromium: Browser, shown: Sites, state: State) -> None:
    context = chromium.new_context(
        storage_state=shown.log_in(chromium, state.member),
        bypass_csp=True,  # axe is put into the page
        reduced_motion="reduce",
        viewport={"width": NARROWEST, "height": HEIGHT},
    )
    page = context.new_page()
    state.reach(page, shown)
    assert [width for width in WIDTHS if find_width(page, width) > width] == []
    assert page.evaluate(EMPTY_ITEMS) == 0
    assert page.evaluate(TOUCHING) == []
    assert not SIGNS & set(page.locator("body").aria_snapshot())
    add_axe(page)
    assert run_axe(page) == [], "light"
    page.emulate_media(color_scheme="dark")
    assert run_axe(page, runOnly=COLOUR_RULES) == [], "dark"
    context.close()


def find_width(page: Page, width: int) -> int:
    """Return how wide the page is in a window of this width."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_axe_would_find_something(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html><body><img src=x><p style='color: #ccc'>Pale</p></body></html>")
    add_axe(page)
    assert find_rules(run_axe(page)) >= {"image-alt", "color-contrast"}
    assert find_rules(run_axe(page, runOnly=COLOUR_RULES)) == {"color-contrast"}
    colour_rules = page.evaluate("axe.getRules(['cat.color']).map(({ ruleId }) => ruleId)")
    assert {rule for rule in colour_rules if not rule.endswith("-enhanced")} == set(COLOUR_RULES)  # those are AAA
    page.close()


def find_rules(found: list[str]) -> set[str]:
    return {text.partition(":")[0] for text in found}
