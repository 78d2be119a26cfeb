"""The steps that lead to the states of pages, in a browser."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.gallery.sites import Sites
from tests.kit.browser_steps import heading, open_mail, open_newest_mail, photo
from tests.kit.people import PASSWORD

numbers = itertools.count(1)
SEND_TOO_LARGE_ONE = """field => { const chosen = new DataTransfer();
    chosen.items.add(new File([new Uint8Array(17_000_000)], "a.png", { type: "image/png" }));
    field.files = chosen.files;
    field.form.submit(); }"""


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


def weak_password(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/register")
    page.locator("#password").fill("aaaaaaaaaaaaaa")


def show_password(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/register")
    page.locator("#password").fill("three unrelated words")
    page.locator("#show-password").click()


def wait_for_mail(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.open}/register")
    for field, value in {"email": "newcomer@gmial.com", "name": "Newcomer", "password": PASSWORD}.items():
        page.locator(f"#{field}").fill(value)
    page.locator("#create-account").click()
    expect(heading(page)).to_have_text(sites.say("Check your email"))


def land(page: Page, sites: Sites) -> None:
    wait_for_mail(page, sites)
    open_mail(page, "newcomer@gmial.com")


def disown(page: Page, sites: Sites) -> None:
    land(page, sites)
    page.goto(f"{sites.open}/auth-redirect/disown")


def land_elsewhere(page: Page, sites: Sites) -> None:
    """In a browser in which nothing was typed."""
    wait_for_mail(page, sites)
    page.context.clear_cookies()
    page.goto(f"{sites.open}/outbox")
    open_newest_mail(page, "newcomer@gmial.com")


def refuse_elsewhere(page: Page, sites: Sites) -> None:
    land_elsewhere(page, sites)
    page.locator("#name").fill("Newcomer")
    page.locator("#new_password").fill("password1234")
    page.locator("#go-on").click()
    page.locator("#problem").wait_for()


def confirm_elsewhere(page: Page, sites: Sites) -> None:
    """Reach the tab that still waits after the address has been confirmed in another browser."""
    email = f"newcomer{next(numbers)}@example.com"
    submit("/register", "create-account", email=email, name="Newcomer", password=PASSWORD)(page, sites)
    expect(heading(page)).to_have_text(sites.say("Check your email"))
    browser = page.context.browser
    assert browser
    phone = browser.new_page()
    phone.goto(f"{sites.open}/outbox")
    open_newest_mail(phone, email)
    phone.locator("#name").fill("Newcomer")
    phone.locator("#new_password").fill(PASSWORD)
    phone.locator("#go-on").click()
    phone.wait_for_url("**/profile")
    phone.close()
    page.goto(f"{sites.open}/register/again")


def the_mail(page: Page, sites: Sites) -> None:
    wait_for_mail(page, sites)
    opens_from(page, sites.open, sites.name_mail("Confirm your email address"))


def opens_from(page: Page, outbox: str, subject: str) -> None:
    page.goto(f"{outbox}/outbox")
    page.get_by_role("link", name=subject).first.click()


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


def registers_again(page: Page, sites: Sites) -> None:
    """With the address of an account that there is."""
    make_account(page, sites, "grace")
    submit("/register", "create-account", email="grace@example.com", name="Grace", password=PASSWORD)(page, sites)


def asks_for_a_link(page: Page, sites: Sites) -> None:
    make_account(page, sites, "ada")
    submit("/login-with-magic-link", "send-link", email="ada@example.com")(page, sites)


def make_account(page: Page, sites: Sites, member: str) -> None:
    """Make the account of this member, who need not be logged in here."""
    browser = page.context.browser
    assert browser
    sites.log_in(browser, member)


def too_many(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.strict}/login")
    for _ in range(2):
        page.locator("#email").fill("ada@example.com")
        page.locator("#password").fill("not it at all")
        page.locator("#log-in").click()
        page.locator("#problem").wait_for()
        page.wait_for_load_state("networkidle")


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


def wait_without_mail(page: Page, sites: Sites) -> None:
    """Wait for a mail while the mail server accepts nothing."""
    page.goto(f"{sites.mailless}/register")
    for field, value in {"email": f"ada{next(numbers)}@example.com", "name": "Ada", "password": PASSWORD}.items():
        page.locator(f"#{field}").fill(value)
    page.locator("#create-account").click()
    page.locator("#mail-status .attention").wait_for()


def log_out(page: Page, sites: Sites) -> None:
    log_in_anew(page, sites)
    page.locator("#log-out").click()
    page.locator("#login-form").wait_for()


def log_in_anew(page: Page, sites: Sites) -> None:
    """Begin a session that may end: no other state needs it."""
    make_account(page, sites, "mary")
    page.goto(f"{sites.open}/login")
    page.locator("#email").fill("mary@example.com")
    page.locator("#password").fill(PASSWORD)
    page.locator("#log-in").click()
    page.locator("#profile-name").wait_for()


def lose_session(page: Page, sites: Sites) -> None:
    """Save a name after the session has ended elsewhere."""
    log_in_anew(page, sites)
    page.locator("#change-name").click()
    page.locator("#name").fill("Ada King")
    page.context.clear_cookies(name="session")
    page.locator("#save-name").click()
    page.locator("#login-form").wait_for()


def confirm(page: Page, sites: Sites) -> None:
    email = f"newcomer{next(numbers)}@example.com"
    submit("/register", "create-account", email=email, name="Newcomer", password=PASSWORD)(page, sites)
    open_mail(page, email)
    page.locator("#go-on").click()
    page.locator("#profile-name").wait_for()


def forbidden(page: Page, sites: Sites) -> None:
    """Send a form from a page of another site."""
    form = f"<form action='{sites.open}/login' method=post><input name=email><button>Win</button></form>"
    page.goto(f"data:text/html,{form}")
    page.get_by_role("button").click()
    heading(page).wait_for()


def too_large(page: Page, sites: Sites) -> None:
    """Send a photo that our script would not have sent."""
    page.goto(f"{sites.open}/profile/avatar")
    with page.expect_navigation() as sent:
        page.locator("#avatar").evaluate(SEND_TOO_LARGE_ONE)
    assert sent.value
    assert sent.value.status == 413


def follows(path: str, link_id: str) -> Callable[[Page, Sites], None]:
    """Open a form in place."""

    def reach(page: Page, sites: Sites) -> None:
        page.goto(f"{sites.open}{path}")
        page.locator(f"#{link_id}").click()
        page.locator(".inline-edit").wait_for()

    return reach


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
    page.wait_for_timeout(400)


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
    page.locator("#profile-avatar .said").wait_for()


def remove_photo(page: Page, sites: Sites) -> None:
    confirm(page, sites)
    save_photo(page, sites)
    page.locator("#remove-photo").click()
    page.locator("#profile-avatar:not(:has(#remove-photo)) .said").wait_for()


def break_photo(page: Page, sites: Sites) -> None:
    page.route("**/_storage/**", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{sites.open}/profile")


def load_photo(page: Page, sites: Sites) -> None:
    page.route("**/_storage/**", lambda _route: None)
    page.goto(f"{sites.open}/profile", wait_until="domcontentloaded")


def login_by_link(page: Page, sites: Sites) -> None:
    asks_for_a_link(page, sites)
    opens_from(page, sites.open, sites.name_mail("Your login link"))
    page.locator("a[href*='/_auth/verify']").first.click()


def choose_new_password(page: Page, sites: Sites) -> None:
    make_account(page, sites, "ada")
    submit("/forgot-password", "send-link", email="ada@example.com")(page, sites)
    opens_from(page, sites.open, sites.name_mail("Choose a new password"))
    page.locator("a[href*='/_auth/verify']").first.click()
    page.locator("#new_password").wait_for()


def refuse_new_password(page: Page, sites: Sites) -> None:
    choose_new_password(page, sites)
    page.locator("#new_password").fill("password1234")
    page.locator("main form button.main").click()
    page.locator("#problem").wait_for()


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
