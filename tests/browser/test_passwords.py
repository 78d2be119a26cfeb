"""What a password field does while somebody types in it, for those who have scripts, and that nobody needs it."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.kit.browser_steps import (
    expect_focus,
    heading,
    join_quickly,
    new_address,
    open_page,
    record_posts,
    tab_through,
)
from tests.kit.people import ADA, PASSWORD

CARET = "() => { const e = document.querySelector('#password'); return [e.selectionStart, e.selectionEnd]; }"
EASY = "Easy to guess: it’s common, repetitive or a sequence."
SAID = [
    ("a", "Too short: at least 12 characters."),
    ("eleven char", "Too short: at least 12 characters."),
    ("aaaaaaaaaaaa", EASY),
    ("passwordpassword", EASY),
    ("Password12345", EASY),
    ("hoho1234hoho", EASY),
    ("ada ada ada ada", "Easy to guess: it contains your name or email address."),
    ("i am lovelace", "Easy to guess: it contains your name or email address."),
    ("twelve teapots", "Long enough, but common passwords are not accepted."),
    (PASSWORD, "Long and strong, unless it’s a known password."),
    ("", ""),
]


def test_a_password_is_shown_and_hidden_by_keyboard(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login")
        page.locator("#password").focus()
        page.keyboard.type("half a secret")
        tab_through(page, "show-password")
        for key, kind, pressed in (
            ("Space", "text", "true"),
            ("Enter", "password", "false"),
            ("Space", "text", "true"),
        ):
            page.keyboard.press(key)
            expect_focus(page, "show-password")
            expect(page.locator("#password")).to_have_attribute("type", kind)
            expect(page.get_by_role("button", name="Show password")).to_have_attribute("aria-pressed", pressed)
        expect(page.locator("#password")).to_have_value("half a secret")
        tab_through(page, "forgot-password", "stay", "log-in", "send-link")


def test_a_form_keeps_its_shape_while_it_is_sent(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login")
        page.locator("#email").fill("ada@example.com")
        page.locator("#password").fill("half a secret")
        before = [page.locator(button).bounding_box() for button in ("#show-password", "#log-in")]
        page.route("**/login", lambda _route: None)  # never answers
        page.locator("#log-in").click()
        page.locator("#login.htmx-request").wait_for()
        assert [page.locator(button).bounding_box() for button in ("#show-password", "#log-in")] == before
        page.unroute_all(behavior="ignoreErrors")


def test_a_press_of_the_mouse_leaves_the_cursor_where_it_was(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login")
        page.locator("#password").fill("half a secret")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        page.locator("#show-password").click()
        expect_focus(page, "password")
        assert page.evaluate(CARET) == [1, 1]
        size = page.locator("#show-password").bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44


def test_a_password_is_never_sent_as_a_text(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/login")
        page.evaluate("""() => document.addEventListener("submit", () => {
            window.sentAs = document.querySelector("#password").type; })""")
        page.locator("#email").fill(ADA.email)
        page.locator("#password").fill("not the right one")
        page.locator("#show-password").click()
        page.keyboard.press("Enter")
        expect(page.locator("#problem")).to_contain_text("Email address or password is incorrect.")
        assert page.evaluate("window.sentAs") == "password"
        expect(page.locator("#password")).to_have_attribute("type", "password")
        page.locator("#password").fill("again")
        page.locator("#show-password").click()  # it is offered again where the form came back
        expect(page.locator("#password")).to_have_attribute("type", "text")


def test_a_new_password_is_judged_in_words_while_it_is_typed(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/register")
        page.locator("#email").fill(ADA.email)
        page.locator("#name").fill(ADA.name)
        for typed, words in SAID:
            page.locator("#password").fill(typed)
            expect(page.locator("#password-strength")).to_have_text(words)
        expect(page.locator("#password-strength")).to_have_attribute("aria-hidden", "true")


def test_how_strong_a_password_is_is_said_once_when_the_typing_rests(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/register")
        page.evaluate("""() => { window.heard = []; const voice = document.querySelector("#password-strength-said");
            new MutationObserver(() => window.heard.push(voice.textContent)).observe(voice, {childList: true}); }""")
        page.locator("#password").press_sequentially("three unrelated words", delay=20)
        expect(page.locator("#password-strength")).to_have_text("Long and strong, unless it’s a known password.")
        expect(
            page.get_by_role("status").filter(has_text="Long and strong, unless it’s a known password.")
        ).to_have_count(1)
        assert page.evaluate("window.heard") == ["Long and strong, unless it’s a known password."]


def test_two_buttons_that_show_passwords_are_told_apart(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/profile/password")
        for field, label in (("current_password", "Current password"), ("new_password", "New password")):
            expect(page.locator(f"#show-{field}")).to_have_accessible_description(label)


def test_how_strong_a_password_was_is_not_said_when_it_has_been_sent(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.clock.install()
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-password").click()
        for current, focused in (("not my password", "problem"), (PASSWORD, "change-password")):
            page.locator("#current_password").fill(current)
            page.locator("#new_password").fill("four quite other words")
            page.keyboard.press("Enter")
            expect_focus(page, focused)
            page.clock.run_for(1200)  # milliseconds: it would have been said by now
            assert page.locator("main").get_by_text("Long and strong").count() == 0


def test_enter_still_means_log_in(chromium: Browser, site: str, javascript: bool) -> None:
    with open_page(chromium, site, javascript=javascript) as page:
        sent = record_posts(page, "/login")
        for button in ("log-in", "Enter"):
            page.goto("/login")
            page.locator("#email").fill("nobody@example.com")
            page.locator("#password").fill("not the right one")
            page.keyboard.press("Enter") if button == "Enter" else page.locator("#log-in").click()
            expect(page.locator("#problem")).to_contain_text("Email address or password is incorrect.")
        assert len(sent) == 2
        assert not any("by=link" in (each.post_data or "") for each in sent)


def test_a_login_link_is_asked_for_without_typing_the_address_again(
    chromium: Browser, site: str, javascript: bool
) -> None:
    email = new_address()
    with open_page(chromium, site, javascript=javascript) as page:
        page.goto("/login")
        page.locator("#email").fill(email)
        page.get_by_role("button", name="Email me a login link instead").press("Enter")
        expect(heading(page)).to_have_text("Check your email")
        expect(page.locator("main")).to_contain_text(email)


def test_without_scripts_there_is_no_button_that_does_nothing(chromium: Browser, site: str) -> None:
    with open_page(chromium, site, javascript=False) as page:
        for path in ("/login", "/register"):
            page.goto(path)
            expect(page.locator("#show-password")).to_be_hidden()
            expect(page.locator("#password-strength")).to_be_hidden()
