"""Steps with passkeys, at a site that is opened by its name."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.gallery.sites import Sites
from tests.gallery.steps import follow_mailed_link, opens_from
from tests.kit.browser_steps import arrive_quickly
from tests.kit.browser_two_step import switch_on_quickly
from tests.kit.people import PASSWORD
from tests.kit.virtual_authenticators import SECURITY_KEY, Authenticator

LIST = "/profile/passkeys"


def have_none(page: Page, sites: Sites) -> None:
    arrive_quickly(page, sites.named)
    page.goto(f"{sites.named}{LIST}")
    page.locator("#use-passkey").wait_for()


def have_two(page: Page, sites: Sites) -> Authenticator:
    arrive_quickly(page, sites.named)
    key = Authenticator(page, **SECURITY_KEY)
    add(page, sites)
    key.rest()
    device = Authenticator(page)
    add(page, sites, "Work laptop")
    return device


def add(page: Page, sites: Sites, name: str = "") -> None:
    page.goto(f"{sites.named}{LIST}")
    page.locator("#name").fill(name)
    page.locator("#use-passkey").click()
    page.locator("#flash").wait_for()


def show_two(page: Page, sites: Sites) -> None:
    have_two(page, sites)


def read_letter(page: Page, sites: Sites) -> None:
    """Show the mail about a new passkey as a mail program shows it."""
    have_two(page, sites)
    opens_from(page, sites.named, sites.say("Passkey added"))
    page.goto(f"{page.url}/html")


def see_notice(page: Page, sites: Sites) -> None:
    """Open the link of the mail about a new passkey."""
    email = arrive_quickly(page, sites.named)
    Authenticator(page)
    add(page, sites)
    follow_mailed_link(page, sites.named, sites.say("Passkey added"), email)
    page.locator("#not-me").wait_for()


def add_one_again(page: Page, sites: Sites) -> None:
    have_two(page, sites)
    page.locator("#use-passkey").click()
    page.locator("#credential-error:not(:empty)").wait_for()


def add_with_a_wrong_name(page: Page, sites: Sites) -> None:
    arrive_quickly(page, sites.named)
    Authenticator(page)
    page.goto(f"{sites.named}{LIST}")
    page.locator("#name").fill("n" * 61)
    page.locator("#use-passkey").click()
    page.locator("#problem").wait_for()


def rename(page: Page, sites: Sites) -> None:
    have_two(page, sites)
    page.locator("a[id^=rename-]").last.click()
    page.locator("#save-name").wait_for()


def rename_wrongly(page: Page, sites: Sites) -> None:
    rename(page, sites)
    page.locator("#new-name").fill("n" * 61)
    page.locator("#save-name").click()
    page.locator("#new-name-error").wait_for()


def save_name(page: Page, sites: Sites) -> None:
    rename(page, sites)
    page.locator("#new-name").fill("Phone")
    page.locator("#save-name").click()
    page.locator("#passkeys-list .said").wait_for()


def ask_to_remove(page: Page, sites: Sites) -> None:
    have_two(page, sites)
    page.locator("a[id^=remove-]").last.click()
    page.locator("#remove").wait_for()


def remove(page: Page, sites: Sites) -> None:
    ask_to_remove(page, sites)
    page.locator("#remove").click()
    page.locator("#flash").wait_for()


def have_two_step(page: Page, sites: Sites) -> str:
    """Have a security key, and two-step verification. Return the address."""
    email = arrive_quickly(page, sites.named)
    Authenticator(page, **SECURITY_KEY)
    add(page, sites)
    switch_on_quickly(page, sites.named)
    return email


def have_what_it_takes(page: Page, sites: Sites) -> None:
    """A passkey and recovery codes, so that two-step verification can be turned on."""
    arrive_quickly(page, sites.named)
    Authenticator(page)
    add(page, sites)
    page.goto(f"{sites.named}/profile/recovery-codes")
    page.locator("#make-codes").click()
    page.locator("#keep-codes").click()
    page.goto(f"{sites.named}/profile/two-step")
    page.locator("#turn-on").wait_for()


def log_in_halfway(page: Page, sites: Sites) -> None:
    """With the password, which leads to the second step."""
    email = have_two_step(page, sites)
    page.context.clear_cookies()
    log_in(page, sites)
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#log-in").click()
    page.locator("#second-step-form #use-passkey").wait_for()


def prove(page: Page, sites: Sites) -> None:
    """Prove who it is before two-step verification is switched off."""
    have_two_step(page, sites)
    page.goto(f"{sites.named}/confirm?next=/profile/two-step/remove&strong=yes")
    page.locator("#use-passkey").wait_for()


def see_no_form(page: Page, sites: Sites) -> None:
    """At a number."""
    page.goto(f"{sites.open}{LIST}")


def log_in(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.named}/login")
    page.locator("#use-passkey").wait_for()


def log_in_alone(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.named}/login/passkey")
    page.locator("#use-passkey").wait_for()


def cancel(page: Page, sites: Sites) -> None:
    """Show the wrong finger."""
    device = Authenticator(page)
    device.fail()
    log_in(page, sites)
    page.locator("#use-passkey").click()
    page.locator("#credential-error:not(:empty)").wait_for()


def be_refused(page: Page, sites: Sites) -> None:
    """The passkey was removed."""
    device = have_two(page, sites)
    copy = device.credentials[0]
    page.locator("a[id^=remove-]").last.click()
    page.locator("#remove").click()
    page.locator("#flash").wait_for()
    page.context.clear_cookies()
    device.take(copy)
    log_in_alone(page, sites)
    page.locator("#use-passkey").click()
    page.locator("#problem").wait_for()


def run_no_script(page: Page, sites: Sites) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.goto(f"{sites.named}/login")
    page.locator(".passkey").wait_for()
    devtools.send("Emulation.setScriptExecutionDisabled", {"value": False})  # for whoever examines the page
