"""Where things stand on the page, for those who look at it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.kit.browser_steps import heading, join_quickly, log_in_elsewhere, new_address, open_page

TOO_WIDE = """[...document.querySelectorAll(".row > :is(h2, h3)")]
    .filter((label) => label.scrollWidth > label.clientWidth).map((label) => label.innerText)"""
BREAK_NO_WORD = """for (const label of document.querySelectorAll(".row > :is(h2, h3)"))
    Object.assign(label.style, {overflowWrap: "normal", hyphens: "manual"})"""


def test_a_question_about_all_sessions_stands_in_the_middle_of_the_window(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        log_in_twice(page, site)
        page.locator("#end-others").click()
        dialog = find_box(page.get_by_role("dialog"))
        assert is_near(dialog["x"] + dialog["width"] / 2, 1280 / 2)
        assert is_near(dialog["y"] + dialog["height"] / 2, 800 / 2)


def test_the_ways_in_of_the_home_page_are_as_wide_as_its_column(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.goto("/")
        column = find_box(page.locator(".ways"))
        ways = [find_box(way) for way in page.locator(".way").all()]
        assert [way["width"] for way in ways] == [column["width"]] * 3


def test_a_renamed_session_keeps_its_button_beside_its_name_on_a_phone(chromium: Browser, site: str) -> None:
    with open_page(chromium, site, phone=True) as page:
        log_in_twice(page, site)
        row = page.locator("li.session").nth(1)
        row.get_by_role("link", name="Name this device").click()
        row.get_by_role("textbox").fill("Work laptop")
        row.get_by_role("button", name="Save").click()
        expect(row.locator(".said")).to_have_text("Name saved.")
        name, button, said = (find_box(row.locator(each)) for each in (".session-name", "form button", ".said"))
        assert is_near(name["y"] + name["height"] / 2, button["y"] + button["height"] / 2)
        assert said["y"] >= button["y"] + button["height"]


def test_the_label_of_a_row_stays_where_it_was_while_the_row_is_edited(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        before = find_box(page.get_by_role("heading", name="Name", exact=True))
        value = find_box(page.locator("#profile-name .value"))
        page.locator("#change-name").click()
        after = find_box(page.locator("label[for=name]"))
        assert before["x"] == after["x"]
        assert is_near(before["y"] + before["height"] / 2, after["y"] + after["height"] / 2)
        assert find_box(page.locator("#name"))["x"] == value["x"]


def test_the_button_that_shows_a_password_lies_in_its_field(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-password").click()
        for name in ("current_password", "new_password"):
            field, button = find_box(page.locator(f"#{name}")), find_box(page.locator(f"#show-{name}"))
            assert is_near(field["x"] + field["width"], button["x"] + button["width"])
            assert is_near(field["y"], button["y"])


def test_the_link_below_a_password_is_as_high_as_a_finger_needs(chromium: Browser, site: str) -> None:
    with open_page(chromium, site, phone=True) as page:
        join_quickly(page, new_address(), "Ada")
        for path in ("/confirm", "/profile/password"):
            page.goto(path)
            assert find_box(page.locator("#forgot-password"))["height"] >= 44


def test_nothing_moves_up_when_the_message_of_the_page_goes(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        before = find_box(heading(page))
        page.locator("#change-name").click()
        expect(page.locator("#status > .flash")).to_have_count(0)
        assert find_box(heading(page)) == before


def test_a_long_word_stays_in_the_column_of_labels(chromium: Browser, site: str) -> None:
    with open_page(chromium, site, locale="de-DE") as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/profile/security")
        expect(page.locator("#recovery-codes-state h3")).to_have_text("Wiederherstellungscodes")
        assert page.evaluate(TOO_WIDE) == []
        page.evaluate(BREAK_NO_WORD)
        assert page.evaluate(TOO_WIDE) == [], "a browser without a German dictionary breaks it without a hyphen"


def test_a_box_stands_beside_the_words_it_is_for(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.goto("/profile/password")
        box, words = find_box(page.locator("#end_others")), find_box(page.locator("label[for=end_others]"))
        assert is_near(box["y"] + box["height"] / 2, words["y"] + words["height"] / 2)


def test_the_languages_and_the_time_zone_stand_on_one_line_of_a_phone(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        page.set_viewport_size({"width": 360, "height": 760})
        page.goto("/login")
        buttons = page.locator(".languages button").all()
        assert len({find_box(button)["y"] for button in buttons}) == 1, len(buttons)


def log_in_twice(page: Page, site: str) -> None:
    """Log in here and in another browser, and look at the profile."""
    email = new_address()
    join_quickly(page, email, "Ada")
    log_in_elsewhere(site, email)
    page.reload()


def find_box(element: Locator) -> Any:
    box = element.bounding_box()
    assert box
    return box


def is_near(one: float, other: float) -> bool:
    return abs(one - other) <= 4  # pixels
