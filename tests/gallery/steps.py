"""Steps that lead to the states of pages in a browser: those that several rooms share, and mails."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.kit.browser_steps import heading
from tests.kit.people import PASSWORD


def at(path: str) -> Callable[[Page, Sites], None]:
    def reach(page: Page, sites: Sites) -> None:
        page.goto(f"{sites.open}{path}")

    return reach


def at_owned(path: str, button: str = "") -> Callable[[Page, Sites], None]:
    """With an owner's look; `button` is pressed, with nothing typed."""

    def reach(page: Page, sites: Sites) -> None:
        page.goto(f"{sites.owned}{path}")
        if button:
            page.locator(f"#{button}").click()
            page.locator("#problem").wait_for()

    return reach


def submit(path: str, button: str, **fields: str) -> Callable[[Page, Sites], None]:
    def reach(page: Page, sites: Sites) -> None:
        page.goto(f"{sites.open}{path}")
        for field, value in fields.items():
            page.locator(f"#{field}").fill(value)
        page.locator(f"#{button}").click()
        page.locator("#problem").or_(page.get_by_role("heading", name=sites.say("Check your email"))).wait_for()

    return reach


def send_in_vain(path: str, button: str, **fields: str) -> Callable[[Page, Sites], None]:
    """Send a form while there is no backend."""

    def reach(page: Page, sites: Sites) -> None:
        page.goto(f"{sites.silent}{path}")
        for field, value in fields.items():
            page.locator(f"#{field}").fill(value)
        page.locator(f"#{button}").click()
        page.locator("#problem").wait_for()
        page.wait_for_load_state("networkidle")

    return reach


def follows(path: str, link_id: str) -> Callable[[Page, Sites], None]:
    """Open a form in place."""

    def reach(page: Page, sites: Sites) -> None:
        page.goto(f"{sites.open}{path}")
        page.locator(f"#{link_id}").click()
        page.locator(".inline-edit").wait_for()

    return reach


def opens_from(page: Page, outbox: str, subject: str, email: str = "") -> None:
    """Open the newest mail with this subject to this address, or to anybody."""
    page.goto(f"{outbox}/outbox")
    page.locator("main li", has_text=email).get_by_role("link", name=subject).first.click()


def follow_mailed_link(page: Page, outbox: str, subject: str, email: str) -> None:
    opens_from(page, outbox, subject, email)
    page.locator("#mailed-link").click()


def letter(subject: str, ask: Callable[[Page, Sites], None]) -> Callable[[Page, Sites], None]:
    """Show the newest mail with this subject as a mail program shows it."""

    def reach(page: Page, sites: Sites) -> None:
        ask(page, sites)
        opens_from(page, sites.open, sites.say(subject))
        page.goto(f"{page.url}/html")

    return reach


def letter_of_the_contract(subject: str) -> Callable[[Page, Sites], None]:
    def reach(page: Page, sites: Sites) -> None:
        opens_from(page, sites.contract, subject)
        page.goto(f"{page.url}/html")

    return reach


def branded_letter(page: Page, sites: Sites) -> None:
    opens_from(page, sites.branded, "Bestätige deine E-Mail-Adresse")
    page.goto(f"{page.url}/html")


def make_account(page: Page, sites: Sites, member: str) -> None:
    """Make the account of this member, who need not be logged in here."""
    browser = page.context.browser
    assert browser
    sites.log_in(browser, member)


def log_in_anew(page: Page, sites: Sites, member: str = "mary") -> None:
    """Begin a session that may end: no other state needs it."""
    make_account(page, sites, member)
    log_in(page, sites, f"{member}@example.com")


def log_in(page: Page, sites: Sites, email: str) -> None:
    page.goto(f"{sites.open}/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#log-in").click()
    page.locator("#profile-name").wait_for()


def forbidden(page: Page, sites: Sites) -> None:
    """Send a form from a page of another site."""
    form = f"<form action='{sites.open}/login' method=post><input name=email><button>Win</button></form>"
    page.goto(f"data:text/html,{form}")
    page.get_by_role("button").click()
    heading(page).wait_for()
