"""Steps of whoever is logged in: the profile, its photo, its sessions."""

from __future__ import annotations

import itertools

from playwright.sync_api import Page

from tests.gallery.entry_steps import confirm
from tests.gallery.sites import Sites
from tests.gallery.steps import log_in_anew
from tests.kit.browser_steps import photo
from tests.kit.people import SAFARI

numbers = itertools.count(1)
SEND_TOO_LARGE_ONE = """field => { const chosen = new DataTransfer();
    chosen.items.add(new File([new Uint8Array(17_000_000)], "a.png", { type: "image/png" }));
    field.files = chosen.files;
    field.form.submit(); }"""


def lose_session(page: Page, sites: Sites) -> None:
    """Save a name after the session has ended elsewhere."""
    log_in_anew(page, sites)
    page.locator("#change-name").click()
    page.locator("#name").fill("Ada King")
    page.context.clear_cookies(name="session")
    page.locator("#save-name").click()
    page.locator("#login-form").wait_for()


def too_large(page: Page, sites: Sites) -> None:
    """Send a photo that our script would not have sent."""
    page.goto(f"{sites.open}/profile/avatar")
    with page.expect_navigation() as sent:
        page.locator("#avatar").evaluate(SEND_TOO_LARGE_ONE)
    assert sent.value
    assert sent.value.status == 413


def edits_name(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile")
    page.locator("#change-name").click()
    page.locator("#name").wait_for()


def refuse_name(page: Page, sites: Sites) -> None:
    edits_name(page, sites)
    page.locator("#name").fill("n" * 101)
    page.locator("#save-name").click()
    page.locator("#name-error").wait_for()


def save_name(page: Page, sites: Sites) -> None:
    edits_name(page, sites)
    page.locator("#name").fill(f"Lina el Masri {next(numbers)}")
    page.locator("#save-name").click()
    page.locator("#undo").wait_for()


def keep_what_was_typed(page: Page, sites: Sites) -> None:
    """Ask for a new address without a recent proof of who it is."""
    page.goto(f"{sites.open}/profile/email")
    page.locator("#new_email").fill("ada@new.example")
    page.locator("#save-email").click()
    page.locator("#confirm-form").wait_for()


def two_names(page: Page, sites: Sites) -> None:
    edits_name(page, sites)
    other = page.context.new_page()
    edits_name(other, sites)
    other.locator("#name").fill(f"Grace B. Hopper {next(numbers)}")
    other.locator("#save-name").click()
    other.locator("#undo").wait_for()
    other.close()
    page.locator("#name").fill("Rear Admiral Hopper")
    page.locator("#save-name").click()
    page.locator("#both-names").wait_for()


def offline(page: Page, sites: Sites) -> None:
    edits_name(page, sites)
    page.context.set_offline(True)
    page.locator("#name").fill("Ada King")
    page.locator("#save-name").click()
    page.locator("#status button").wait_for()


def busy(page: Page, sites: Sites) -> None:
    edits_name(page, sites)
    page.route("**/profile/name", lambda _route: None)
    page.locator("#name").fill("Ada King")
    page.locator("#save-name").click()
    page.locator(".htmx-request #save-name").wait_for()


def choose_photo(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile")
    page.locator("#avatar").set_input_files(photo("rebeccapurple"))


def send_photo(page: Page, sites: Sites) -> None:
    page.route("**/profile/avatar", lambda _route: None)
    choose_photo(page, sites)
    page.locator("#save-photo").click()
    page.get_by_role("progressbar").wait_for()


def refuse_photo(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile")
    page.locator("#avatar").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no photo"})
    page.locator("#save-photo").click()
    page.locator("#avatar-error").wait_for()


def save_photo(page: Page, sites: Sites) -> None:
    choose_photo(page, sites)
    page.locator("#save-photo").click()
    page.locator("#profile-photo .said").wait_for()


def remove_photo(page: Page, sites: Sites) -> None:
    confirm(page, sites)
    save_photo(page, sites)
    page.locator("#remove-photo").click()
    page.locator("#profile-photo:not(:has(#remove-photo)) .said").wait_for()


def break_photo(page: Page, sites: Sites) -> None:
    page.route("**/_storage/**", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{sites.open}/profile")


def load_photo(page: Page, sites: Sites) -> None:
    page.route("**/_storage/**", lambda _route: None)
    page.goto(f"{sites.open}/profile", wait_until="domcontentloaded")


def names_a_session(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile")
    page.locator("a[id^=label-]").first.click()
    page.locator("input[name=label]").wait_for()


def saves_a_sessions_name(page: Page, sites: Sites) -> None:
    names_a_session(page, sites)
    page.locator("input[name=label]").fill("Work laptop")
    page.locator(".session button.main").click()
    page.locator(".session .said").wait_for()


def refuses_a_sessions_name(page: Page, sites: Sites) -> None:
    names_a_session(page, sites)
    page.locator("input[name=label]").fill("n" * 101)
    page.locator(".session button.main").click()
    page.locator(".session .error").wait_for()


def ends_a_session(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile/sessions")
    page.locator("#session-list button[id^=end-][aria-label]").first.click()
    page.locator("#session-said").wait_for()


def ends_all_others(page: Page, sites: Sites) -> None:
    log_in_anew(page, sites)
    page.locator("#end-others").click()
    page.locator("#end-others-now").click()
    page.locator("#session-said").wait_for()


def unfolds_a_session(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile/sessions")
    page.locator("summary").first.click()


def asks_about_all(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile/sessions")
    page.locator("#end-others").click()
    page.get_by_role("dialog").wait_for()


def a_sessions_page(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/profile")
    row = page.locator("li.session").nth(1).get_attribute("id") or ""
    page.goto(f"{sites.open}/profile/sessions/{row.removeprefix('session-')}")


def see_other_login(page: Page, sites: Sites) -> None:
    """Somebody else logs in, with a phone."""
    log_in_anew(page, sites)
    _log_in_by_phone(page, sites)
    page.goto(f"{sites.open}/profile/history")


def _log_in_by_phone(page: Page, sites: Sites) -> None:
    browser = page.context.browser
    assert browser
    phone = browser.new_context(user_agent=SAFARI)
    log_in_anew(phone.new_page(), sites)
    phone.close()


def see_several_logins(page: Page, sites: Sites) -> None:
    """A phone has logged in twice, which one line of the history tells of."""
    see_other_login(page, sites)
    _log_in_by_phone(page, sites)
    page.reload()
    page.locator("a[id^=log-out-]").first.click()
    page.locator("#ended-sessions").wait_for()


def disown_event(page: Page, sites: Sites) -> None:
    see_other_login(page, sites)
    page.locator("[id^=disown-]").first.click()
    page.locator("#not-me").wait_for()


def log_out_event(page: Page, sites: Sites) -> None:
    see_other_login(page, sites)
    page.locator("[id^=log-out-]").first.click()
    page.locator("#history-said, #log-out-now").wait_for()
    if page.locator("#log-out-now").count():  # of several log-ins, which states before this one have left
        page.locator("#log-out-now").click()
        page.locator("#history-said, #flash p").first.wait_for()
