"""Check your mail, in a browser: the page notices by itself when mails leave again, and then asks no more."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.steps import at, heading, new_address
from tests.mailbox import SmtpServer
from tests.serving import serve_site


def test_the_page_notices_the_end_of_an_outage_and_asks_no_more(chromium: Browser, tmp_path: Path) -> None:
    smtp, email, asked = SmtpServer(), new_address(), 0

    def count() -> None:
        nonlocal asked
        asked += 1

    environ = {"DATA_DIR": str(tmp_path / "var"), "SMTP_URL": smtp.url}
    with serve_site(environ, tmp_path) as site, at(chromium, site) as page:
        page.goto("/register")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Create a password").fill("three unrelated words")
        page.get_by_role("button", name="Create account").click()
        expect(heading(page)).to_have_text("Check your mail")
        look_again = page.get_by_role("link", name="Look again")
        expect(page.locator("#mail-fate")).to_contain_text("At the moment no mail leaves")
        look_again.focus()
        page.on("request", lambda _request: count())
        with smtp:
            smtp.wait_for_in_thread(to=email, patience=30)
            expect(page.locator("#mail-fate")).not_to_contain_text("At the moment", timeout=15_000)
            expect(look_again).to_have_count(0)
            seen = asked
            page.wait_for_timeout(6_000)
            assert asked == seen
        assert heading(page).inner_text() == "Check your mail"
