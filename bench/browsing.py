"""What people wait for in a browser, beside the bare thing in the same browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from bench.programs import run_program
from bench.report import Row
from bench.turns import Effort, Ratio, measure_in_turns, median
from tests.kit.chromium import browser, new_context
from tests.kit.filled_databases import cookie, email, new_sqlite, site_environ
from tests.kit.people import PASSWORD

ROUNDS = 10
LOGIN_MORE = 60  # milliseconds a log-in may take beyond a bare form; its password hash alone takes some twenty
WARM_UP = 2

# Measured in the page: from the event to the frame after which what was waited for can be seen.
WATCH = """
window.waitedFor = (selector, isThere) => new Promise(resolve => {
  const look = () => {
    const found = document.querySelector(selector);
    if (found && isThere(found)) requestAnimationFrame(() => resolve(performance.now() - window.began));
    else requestAnimationFrame(look);
  };
  const begin = () => { window.began = performance.now(); };
  addEventListener("click", begin, {capture: true, once: true});
  addEventListener("keydown", event => { if (event.key === "Enter") begin(); }, {capture: true});
  look();
});
null;  // or Playwright would call the function that this is
"""
FOCUSED = "found => document.activeElement === found"


def measure(effort: Effort, folder: Path) -> list[Row]:
    with ExitStack() as stack:
        file = new_sqlite(folder / "browsing.sqlite", 100)
        site = stack.enter_context(run_program("web", site_environ(folder, DATABASE_URL=file), folder)).url
        references = stack.enter_context(run_program("bench.references", {}, folder)).url
        chromium = stack.enter_context(browser())
        ours = stack.enter_context(new_context(chromium, site))
        guest = ours.new_page()
        bare = stack.enter_context(new_context(chromium, references)).new_page()
        measures: dict[str, Callable[[], float]] = {
            "log-in": lambda: _log_in(guest),
            "form": lambda: _bare_form(bare),
            "open": lambda: _open_name(_profile(ours, site)),
            "save": lambda: _save_name(_profile(ours, site)),
            "fetch": lambda: _bare_fetch(bare),
        }
        measure_in_turns(measures, WARM_UP)
        found = measure_in_turns(measures, max(3, effort.rounds) if effort.is_quick else ROUNDS)
    return [_log_in_row(found), *(_edit_row(what, found[name], found["fetch"]) for name, what in EDITS.items())]


EDITS = {"open": "click Change name to focused field", "save": "Enter to the new name on the screen"}


def _log_in_row(found: dict[str, list[float]]) -> Row:
    more = [one - other for one, other in zip(found["log-in"], found["form"], strict=True)]
    beside = {"ms": median(found["log-in"]), "ms of the form": median(found["form"])}
    ratio = Ratio(median(more), min(more), max(more))
    return Row("log-in submit to the profile", ratio, "ms > bare form", most=60, beside=beside)


def _edit_row(what: str, ours: list[float], bare: list[float]) -> Row:
    beside = {"ms": median(ours), "ms of the fetch": median(bare)}
    return Row(what, Ratio.of(ours, bare), "bare fetch", most=4, beside=beside)


def _log_in(page: Page) -> float:
    page.context.clear_cookies()
    page.goto("/login")
    page.fill("#email", email(50))
    page.fill("#password", PASSWORD)
    return _through(page, "#log-in", "Your profile")


def _bare_form(page: Page) -> float:
    page.goto("/form")
    return _through(page, "button", "Hello")


def _through(page: Page, button: str, heading: str) -> float:
    """From the click to the next page's heading, by the browser's own clock: the two pages have different ones."""
    page.evaluate("sessionStorage.clear()")
    page.evaluate(
        "addEventListener('click', () => sessionStorage.setItem('began', performance.timeOrigin + performance.now()),"
        " {capture: true})"
    )
    page.locator(button).first.click()
    page.wait_for_selector(f"h1:has-text('{heading}')")
    shown = page.evaluate(
        "performance.timeOrigin + (performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        " ?? performance.now())"
    )
    return float(shown) - float(page.evaluate("Number(sessionStorage.getItem('began'))"))


def _profile(context: BrowserContext, site: str) -> Page:
    name, _, value = cookie(51).partition("=")
    context.clear_cookies()
    context.add_cookies([{"name": name, "value": value, "url": site}])
    page = context.new_page()
    page.goto("/profile")
    page.evaluate(WATCH)
    return page


def _open_name(page: Page) -> float:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(f"void (window.shown = window.waitedFor('#name', {FOCUSED}))")
    page.click("#change-name")
    took = float(page.evaluate("window.shown"))
    _one_request(asked)
    page.close()
    return took


def _save_name(page: Page) -> float:
    asked: list[str] = []
    page.click("#change-name")
    page.wait_for_selector("#name:focus")
    name = f"Name {next(_numbers)}"
    page.fill("#name", name)
    page.on("request", lambda request: asked.append(request.url))
    shown = f"found => found.textContent.includes('{name}')"
    page.evaluate(f"void (window.shown = window.waitedFor('#profile-name', {shown}))")
    page.press("#name", "Enter")
    took = float(page.evaluate("window.shown"))
    _one_request(asked)
    page.close()
    return took


_numbers = iter(range(1_000_000))


def _bare_fetch(page: Page) -> float:
    page.goto("/fetch")
    page.evaluate(WATCH)
    page.evaluate(f"void (window.shown = window.waitedFor('#field', {FOCUSED}))")
    page.click("#go")
    return float(page.evaluate("window.shown"))


def _one_request(asked: list[str]) -> None:
    """Ignore the icon, which the browser asks for at any time."""
    asked = [url for url in asked if "/static/" not in url]
    if len(asked) != 1:
        raise RuntimeError(f"one request was to be made, not {asked}")
