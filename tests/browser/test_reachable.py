"""Every state of every page, looked at by axe, light and dark, and never wider than the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import pytest
from playwright.sync_api import Browser, Page

from tests.gallery.sites import Sites
from tests.gallery.states import STATES, State
from tests.kit.axe import COLOUR_RULES, add_axe, run_axe
from tests.kit.chromium import forget
from tests.kit.virtual_authenticators import remove_authenticators

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

NARROWEST = 256  # of any window: a watch's, a side panel's, a large one magnified five times
# The usual one, and of each way in which pages are laid out the narrowest, where there is least room.
WIDTHS = (1280, 834, 642, 482, 354, 306, NARROWEST)
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
def page(chromium: Browser) -> Iterator[Page]:
    """One for all states: a new one is a new process, in which everything, and axe above all, is compiled anew."""
    options: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}  # axe is put into pages
    with chromium.new_context(**options) as context:
        yield context.new_page()


@pytest.fixture
def fresh(page: Page) -> Iterator[Page]:
    """The page as a new one would be."""
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    yield page
    remove_authenticators(page)
    forget(page)


@pytest.mark.parametrize("state", [state for state in STATES if not state.is_letter], ids=lambda state: state.name)
def test_axe_finds_nothing(chromium: Browser, fresh: Page, gallery_sites: Sites, state: State) -> None:
    if member := gallery_sites.log_in(chromium, state.member):
        fresh.context.add_cookies([cast("SetCookieParam", cookie) for cookie in member.get("cookies", [])])
    state.reach(fresh, gallery_sites)
    assert [width for width in WIDTHS if find_width(fresh, width) > width] == []
    assert fresh.evaluate(EMPTY_ITEMS) == 0
    assert fresh.evaluate(TOUCHING) == []
    assert not SIGNS & set(fresh.locator("body").aria_snapshot())
    add_axe(fresh)
    assert run_axe(fresh) == [], "light"
    fresh.emulate_media(color_scheme="dark")
    assert run_axe(fresh, runOnly=COLOUR_RULES) == [], "dark"


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
