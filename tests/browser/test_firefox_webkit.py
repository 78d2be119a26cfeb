"""Firefox and WebKit: a journey each, by mouse and by keyboard, and what they alone do differently."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.browser_steps import (
    log_in_elsewhere,
    new_address,
    press_tab,
    read_focus,
    selected_text,
    sign_up_elsewhere,
    tab_through,
    tab_to,
)
from tests.kit.engines import WITH_JAVASCRIPT
from tests.kit.marionette import COPY_PICTURE, Marionette
from tests.kit.people import PASSWORD
from tests.kit.photo_files import make_png
from tests.kit.window import Window, expect

STATE = "() => document.readyState"
PAGE = "() => [document.readyState, document.querySelector('#who strong, h1')?.innerText]"
STATUS = "#status p"
HAS_RING = "() => document.activeElement.matches(':focus-visible')"
PHOTO_WIDTH = "() => document.querySelector('#portrait img')?.naturalWidth"
CHOSEN = "() => [...document.querySelector('#avatar').files].map((file) => file.type)"

with_javascript = pytest.mark.parametrize("window", WITH_JAVASCRIPT, indirect=True)


def test_from_creating_an_account_to_logging_out(window: Window, tmp_path: Path) -> None:
    forget_everything_at_first(window)
    join(window, new_address())
    expect(lambda: window.read(STATUS), "Your email address is confirmed. You’re logged in.")
    rename(window)
    change_the_photo(window, tmp_path)
    log_out(window)


def forget_everything_at_first(window: Window) -> None:
    window.open("/register")
    window.click("#create-account")
    expect(lambda: read_focus(window), "problem")
    expect(lambda: window.count("[aria-invalid]"), 3)


def join(window: Window, email: str) -> None:
    window.open("/register")
    window.fill("#email", email)
    window.fill("#name", "Ada")
    window.fill("#password", PASSWORD)
    window.click("#create-account")
    expect_page(window, "Check your email")
    window.click("#outbox")
    window.click(f"//li[contains(., '{email}')]//a")
    window.click("#mailed-link")
    window.click("#go-on")
    expect_page(window, "Ada")


def join_quickly(window: Window) -> str:
    """Do as `join`, where joining is not what is tested. Return the address."""
    window.go_on_with(sign_up_elsewhere(window.site, email := new_address(), "Ada"))
    expect_page(window, "Ada")
    return email


def rename(window: Window) -> None:
    window.click("#change-name")
    expect(lambda: read_focus(window), "name")
    window.keyboard.press("End")
    window.keyboard.type(" Lovelace")
    window.keyboard.press("Enter")
    expect_page(window, "Ada Lovelace")
    expect(lambda: window.read(STATUS), "Name saved. You can undo this." if window.has_javascript else "Name saved.")
    window.click("#undo")
    expect_page(window, "Ada")


def change_the_photo(window: Window, folder: Path) -> None:
    photo = folder / "me.png"
    photo.write_bytes(make_png())
    if not window.has_javascript:
        window.click("#change-photo")
    window.choose_file("#avatar", photo)
    window.click("#save-photo")
    expect(lambda: window.read(STATUS), "Photo saved.")
    expect(lambda: window.evaluate(PHOTO_WIDTH), 512)


def log_out(window: Window) -> None:
    window.click("#log-out")
    expect(lambda: window.path, "/login")
    expect(lambda: window.read(STATUS), "You’re logged out.")


def test_the_same_with_the_keyboard_alone(window: Window) -> None:
    email = new_address()
    create_an_account_by_keyboard(window, email)
    confirm_by_keyboard(window)
    if window.has_javascript:
        rename_in_place(window)
    else:
        rename_on_a_page(window)
    log_out_by_keyboard(window)


def create_an_account_by_keyboard(window: Window, email: str) -> None:
    window.open("/register")
    tab_to(window, "email")
    window.keyboard.type(email)
    tab_through(window, "name")
    window.keyboard.type("Ada")
    window.keyboard.press("Enter")  # too early: the password is missing
    expect(lambda: read_focus(window), "problem")
    expect_page(window, "Create account")
    tab_to(window, "password")
    window.keyboard.type(PASSWORD)
    tab_to(window, "create-account")
    window.keyboard.press("Space")
    expect_page(window, "Check your email")


def confirm_by_keyboard(window: Window) -> None:
    reach(window, "outbox")
    window.keyboard.press("Enter")
    expect_page(window, "Outbox")
    press_tab(window)  # the newest mail comes first
    window.keyboard.press("Enter")
    reach(window, "mailed-link")
    window.keyboard.press("Enter")
    reach(window, "go-on")
    window.keyboard.press("Space")
    expect_page(window, "Ada")


def rename_in_place(window: Window) -> None:
    tab_to(window, "change-name")
    window.keyboard.press("Space")
    expect(lambda: read_focus(window), "name")
    expect(lambda: selected_text(window), "Ada")
    window.keyboard.type(" ")
    window.keyboard.press("Enter")
    expect(lambda: window.read("#name-error"), "Error: Enter your name.")
    expect(lambda: read_focus(window), "name")
    window.keyboard.type("Grace")
    window.keyboard.press("Enter")
    expect_page(window, "Grace")
    expect(lambda: read_focus(window), "change-name")
    window.keyboard.press("Enter")
    expect(lambda: read_focus(window), "name")
    window.keyboard.type("Somebody else")
    window.keyboard.press("Escape")
    expect(lambda: read_focus(window), "change-name")
    expect(lambda: window.evaluate(HAS_RING), True)
    expect(lambda: window.read("#who strong"), "Grace")


def rename_on_a_page(window: Window) -> None:
    tab_to(window, "change-name")
    window.keyboard.press("Enter")
    expect(lambda: window.path.rstrip("?"), "/profile/name")
    expect(lambda: read_focus(window), "name")
    window.keyboard.press("End")
    window.keyboard.type(" Lovelace")
    window.keyboard.press("Enter")
    expect_page(window, "Ada Lovelace")


def log_out_by_keyboard(window: Window) -> None:
    window.open("/profile")
    tab_to(window, "log-out")
    window.keyboard.press("Enter")
    expect(lambda: window.path, "/login")


def test_back_after_a_log_out_leads_to_the_log_in(window: Window) -> None:
    """WebKit never finished loading where the redirect to the log-in had left out a header of the pages."""
    join_quickly(window)
    for path in ("/profile", "/profile/name", "/profile"):
        window.open(path)
    log_out(window)
    for path in ("/profile", "/profile/name"):
        window.go_back()
        expect(lambda: window.path, f"/login?next={path}")
        assert "Ada" not in window.text


@with_javascript
def test_a_link_of_the_summary_leads_to_where_one_types(window: Window) -> None:
    """WebKit types nothing into a field that the link itself leads to."""
    window.open("/register")
    window.click("#create-account")
    window.click("#to-password")
    expect(lambda: read_focus(window), "password")
    window.keyboard.type("letters")
    expect(lambda: window.read_value("#password"), "letters")
    window.click("#show-password")
    expect(lambda: window.evaluate("() => document.querySelector('#password').type"), "text")


@with_javascript
def test_the_focus_has_a_ring_where_the_mouse_was_used_before(window: Window) -> None:
    """Both draw none where a script moves the focus after a click."""
    join_quickly(window)
    window.click("#change-name")
    expect(lambda: read_focus(window), "name")
    window.keyboard.press("Escape")
    expect(lambda: read_focus(window), "change-name")
    expect(lambda: window.evaluate(HAS_RING), True)


@with_javascript
def test_a_dialog_has_the_focus_itself(window: Window) -> None:
    """Orca says nothing of a heading in it: it has found that before the focus comes (`make voice`)."""
    log_in_elsewhere(window.site, join_quickly(window), 2)
    window.open("/profile")
    window.click("#end-others")
    expect(lambda: read_focus(window), "others-dialog")
    window.keyboard.press("Escape")
    expect(lambda: read_focus(window), "end-others")


@pytest.mark.parametrize("window", ["firefox"], indirect=True)
def test_a_pasted_photo_is_in_the_field(window: Window, firefox: Marionette) -> None:
    """Firefox empties the list of what was pasted as soon as the event is over."""
    join_quickly(window)
    firefox.ask_firefox(COPY_PICTURE, [*make_png()])
    window.keyboard.press("Control+v")
    expect(lambda: window.count("#preview img"), 1)
    expect(lambda: window.evaluate(CHOSEN), ["image/png"])
    window.click("#save-photo")
    expect(lambda: window.read(STATUS), "Photo saved.")


def expect_page(window: Window, words: str) -> None:
    """Wait until it has loaded, or keys could go to the one before."""
    expect(lambda: window.evaluate(PAGE), ["complete", words])


def reach(window: Window, element_id: str) -> None:
    """Wait for the page that has it, then press Tab until it has the focus."""
    expect(lambda: (window.evaluate(STATE), window.count(f"#{element_id}")), ("complete", 1))
    tab_to(window, element_id)
