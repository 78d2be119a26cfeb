"""Check your mail, in a browser: the page notices by itself when mails leave again, and when its address was confirmed
in another browser; then it asks no more."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from tests.kit.browser_steps import heading, new_address, open_newest_mail, open_page, register, who
from tests.kit.mailbox import SmtpServer
from tests.kit.serving import serve_site

NEW = "chosen at the confirmation"
POLL = 5_000  # milliseconds, of the page's own clock


def test_the_page_notices_the_end_of_an_outage(chromium: Browser, tmp_path: Path) -> None:
    smtp, email = SmtpServer(), new_address()
    environ = {"DATA_DIR": str(tmp_path / "var"), "SMTP_URL": smtp.url}
    with serve_site(environ, tmp_path) as site, open_page(chromium, site) as page:
        page.clock.install()
        register(page, email, "Ada")
        page.clock.fast_forward(POLL)
        mail_status, look_again = page.locator("#mail-status"), page.get_by_role("link", name="Check again")
        expect(mail_status).to_contain_text("We can’t send emails at the moment", timeout=15_000)
        look_again.focus()
        with smtp:
            smtp.wait_for_in_thread(to=email, patience=30)
            page.clock.fast_forward(POLL)
            expect(mail_status).to_contain_text("We sent the email", timeout=15_000)
        expect(look_again).to_be_focused()


def test_confirmed_in_another_browser_the_first_tab_is_told_and_asks_no_more(chromium: Browser, site: str) -> None:
    email = new_address()
    with open_page(chromium, site) as page, open_page(chromium, site) as phone:
        page.clock.install()
        register(page, email, "Ada")
        phone.goto("/outbox")
        open_newest_mail(phone, email)
        expect(phone.locator("#account")).to_have_attribute("autocomplete", "username")
        expect(phone.locator("#account")).to_have_value(email)
        password = phone.get_by_label("Create a password")
        expect(password).to_have_attribute("autocomplete", "new-password")
        password.fill(NEW)
        phone.get_by_label("Name").fill("Ada")
        phone.get_by_role("button", name="Confirm this address").click()
        expect(who(phone)).to_have_text("Ada")

        page.clock.fast_forward(POLL)
        expect(heading(page)).to_have_text("Your email address is confirmed", timeout=15_000)
        expect(page).to_have_title(re.compile("^Your email address is confirmed"))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        page.clock.fast_forward(100 * POLL)
        page.locator("main").get_by_role("link", name="Log in").click()
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(NEW)
        page.locator("#log-in").click()
        expect(who(page)).to_have_text("Ada")
        assert "/login" in asked
        assert "/register/again" not in asked
