"""Steps of whoever has recovery codes, and of whoever has lost all second factors, each with an account of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.gallery.steps import follow_mailed_link, opens_from, submit
from tests.gallery.two_step_steps import go_halfway, log_in_halfway, show_first_code, switch_on
from tests.kit.browser_steps import arrive_quickly, open_newest_mail
from tests.kit.mailbox import code_in
from tests.kit.people import PASSWORD

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

LOST = "/login/lost-factor"
TO_BE_REMOVED = "Someone wants to remove two-step verification"


def see_new_codes(page: Page, sites: Sites) -> None:
    show_first_code(page, sites)
    page.goto(f"{sites.open}/profile/recovery-codes")
    if page.locator("#make-codes").count():
        page.locator("#make-codes").click()
    page.locator("#codes").wait_for()


def copy_codes(page: Page, sites: Sites) -> None:
    page.context.grant_permissions(["clipboard-write"])
    see_new_codes(page, sites)
    page.locator("#copy-codes").click()
    page.locator("#copy-codes.done").wait_for()


def print_codes(page: Page, sites: Sites) -> None:
    see_new_codes(page, sites)
    page.emulate_media(media="print")


def have_few_codes_left(page: Page, sites: Sites) -> None:
    """Confirm who it is with all of them but two."""
    see_new_codes(page, sites)
    codes = page.locator("#codes code").all_inner_texts()
    page.locator("#keep-codes").click()
    page.locator("#app").wait_for()
    for code in codes[2:]:
        page.request.post(f"{sites.open}/confirm", form={"by": "recovery-code", "recovery_code": code}, max_redirects=0)
    page.goto(f"{sites.open}/profile/recovery-codes")
    page.locator("#left .attention").wait_for()


def see_codes_left(page: Page, sites: Sites) -> None:
    switch_on(page, sites)
    page.goto(f"{sites.open}/profile/recovery-codes")


def lose_factors(page: Page, sites: Sites) -> None:
    log_in_halfway(page, sites)
    page.goto(f"{sites.open}{LOST}")


def lose_factors_and_password(page: Page, sites: Sites) -> None:
    """Come by a login link, which shows the mailbox alone."""
    email = switch_on(page, sites)
    page.context.clear_cookies(name="session")
    submit("/login-with-magic-link", "send-link", email=email)(page, sites)
    page.goto(f"{sites.open}/outbox")
    open_newest_mail(page, email, sites.name_mail("Your login link"))
    page.locator("#go-on").click()
    page.locator("#second-step").wait_for()
    page.goto(f"{sites.open}{LOST}")


def ask_for_code(page: Page, sites: Sites) -> None:
    lose_factors(page, sites)
    page.locator("#mail-code").click()
    page.locator("#flash").wait_for()


def refuse_code_of_mail(page: Page, sites: Sites) -> None:
    ask_for_code(page, sites)
    page.locator("#code").fill("BBBB-BBBB")
    page.locator("#begin").click()
    page.locator("#code-error").wait_for()


def begin_waiting(page: Page, sites: Sites) -> None:
    begin_to_wait(page, sites)


def begin_to_wait(page: Page, sites: Sites) -> str:
    """Return the address."""
    ask(page, sites, email := go_halfway(page, sites))
    return email


def ask(page: Page, sites: Sites, email: str) -> None:
    """At the second step, by the code of a mail."""
    page.goto(f"{sites.open}{LOST}")
    page.locator("#mail-code").click()
    page.locator("#flash").wait_for()
    outbox = page.context.new_page()
    opens_from(outbox, sites.open, sites.say("Your code"), email)
    code = code_in(outbox.locator("main").inner_text())
    outbox.close()
    page.locator("#code").fill(code)
    page.locator("#begin").click()
    page.locator("#mail-form").wait_for(state="detached")


def open_mail_that_stops(page: Page, sites: Sites) -> None:
    open_the_mail(page, sites, begin_to_wait(page, sites))
    page.locator("#stop-removal").wait_for()


def stop_twice(page: Page, sites: Sites) -> None:
    email = begin_to_wait(page, sites)
    open_the_mail(page, sites, email)
    page.locator("#stop-removal").click()
    page.locator("#login-form").wait_for()
    open_the_mail(page, sites, email)
    page.locator("#to-login").wait_for()


def open_the_mail(page: Page, sites: Sites, email: str) -> None:
    follow_mailed_link(page, sites.open, sites.say(TO_BE_REMOVED), email)


def see_who_waits(page: Page, sites: Sites) -> None:
    """Logged in, while somebody else waits."""
    storage = hold_session(page, sites)
    page.context.clear_cookies()
    page.context.add_cookies(storage)
    page.goto(f"{sites.open}/profile")
    page.locator("#banner").wait_for()


def ask_whether_to_keep(page: Page, sites: Sites) -> None:
    see_who_waits(page, sites)
    page.goto(f"{sites.open}/profile/lost-factor")


def hold_session(page: Page, sites: Sites) -> list[SetCookieParam]:
    """Begin the wait from another browser, and return the cookies of a session that goes on."""
    email = switch_on(page, sites)
    cookies = [cast("SetCookieParam", cookie) for cookie in page.context.cookies()]
    page.context.clear_cookies()
    page.goto(f"{sites.open}/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#log-in").click()
    page.locator("#second-step").wait_for()
    ask(page, sites, email)
    return cookies


def use_a_code(page: Page, sites: Sites) -> None:
    see_new_codes(page, sites)
    code = page.locator("#codes code").first.inner_text()
    page.locator("#keep-codes").click()
    page.locator("#app").wait_for()
    page.request.post(f"{sites.open}/confirm", form={"by": "recovery-code", "recovery_code": code}, max_redirects=0)


def keep_new_codes(page: Page, sites: Sites) -> None:
    """Without an app, which would bring another mail."""
    arrive_quickly(page, sites.open)
    page.goto(f"{sites.open}/profile/recovery-codes")
    page.locator("#make-codes").click()
    page.locator("#keep-codes").click()
    page.locator("#flash").wait_for()


def log_in_by_code(page: Page, sites: Sites) -> None:
    """While another browser is logged in: this one's session, whose cookie is gone."""
    email = show_first_code(page, sites)
    code = page.locator("#codes code").first.inner_text()
    page.locator("#keep-codes").click()
    page.locator("#app").wait_for()
    page.context.clear_cookies()
    page.goto(f"{sites.open}/login")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#log-in").click()
    page.locator("#with-recovery-code").click()
    page.locator("#recovery_code").fill(code)
    page.locator("#log-in").click()
    page.locator("#flash-others").wait_for()
