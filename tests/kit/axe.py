"""axe, which looks at a page as people with impairments meet it."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.kit.serving import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# All style sheets would be fetched anew for a rule that is not asked for; films alone are looked into.
FOUND = """(options) => axe.run({ resultTypes: ["violations"], preload: { assets: ["media"] }, ...options })
    .then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(
        ({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")}`))"""
COLOUR_RULES = ["color-contrast", "link-in-text-block"]  # a scheme changes colours, nothing else


def add_axe(page: Page) -> None:
    """Put axe into a page, whose content security policy must be bypassed; not again where other content was set."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_read_axe()};0")


@cache
def _read_axe() -> str:
    return AXE.read_text("utf-8")


def run_axe(page: Page, **options: Any) -> list[str]:
    """Return what axe finds in a page that has it: each the name of a rule, a colon, and where."""
    found: list[str] = page.evaluate(FOUND, options)
    return [text[:600] for text in found]
