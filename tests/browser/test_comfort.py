"""What scripts and styles add for those who have them, where its absence would trip somebody up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import (
    expect_focus,
    expect_message,
    join_quickly,
    log_in_elsewhere,
    new_address,
    open_page,
    photo,
    who,
)
from tests.kit.chromium import new_context
from tests.kit.window import expect as expect_value

TOO_LARGE = "The photo must be smaller than 16 MB. Choose a smaller one."
JUST_TOO_LARGE = 16 * 1024 * 1024 + 1


@contextmanager
def log_in_often(chromium: Browser, site: str, *, elsewhere: int) -> Iterator[Page]:
    """Open the profile of somebody who is logged in on `elsewhere` other browsers too."""
    with open_page(chromium, site) as page:
        email = new_address()
        join_quickly(page, email, "Ada")
        log_in_elsewhere(site, email, elsewhere)
        page.reload()
        yield page


def test_a_double_click_on_a_session_ends_that_one_alone(chromium: Browser, site: str) -> None:
    with log_in_often(chromium, site, elsewhere=3) as page:
        page.locator("#session-list li").nth(1).get_by_role("button").click(click_count=2, delay=20)
        expect(page.locator("#session-list li")).to_have_count(3)
        expect(page).to_have_url(re.compile("/profile$"))
        page.reload()  # which a second log-out would have come before
        expect(page.locator("#session-list li")).to_have_count(3)


def test_what_is_open_on_other_rows_stays_when_a_session_is_ended(chromium: Browser, site: str) -> None:
    with log_in_often(chromium, site, elsewhere=4) as page:
        rows = page.locator("#session-list li")
        rows.nth(0).get_by_role("link", name="Name this device").click()
        page.get_by_label("Name for").fill("Half a na")
        rows.nth(1).locator("summary").click()
        rows.nth(2).get_by_role("button").click()
        expect(rows).to_have_count(4)
        expect(page.get_by_label("Name for")).to_have_value("Half a na")
        expect(rows.nth(1).locator("details")).to_have_attribute("open", "")
        expect(rows.nth(2).get_by_role("button")).to_be_focused()

        rows.nth(3).get_by_role("link", name="Name this device").click()
        expect_value(lambda: page.evaluate(NOTHING_MOVES), True)  # until then the buttons do not react
        rows.nth(2).get_by_role("button").press("Enter")
        expect(rows).to_have_count(3)
        expect(page.get_by_label("Name for")).to_have_count(2)
        expect_focus(page, "sessions-heading")  # the next row has no button now


NOTHING_MOVES = "document.getAnimations().every(({ playState }) => playState === 'finished')"

COVERED = """() => { const e = document.activeElement, bar = document.querySelector("#status");
    const isUnder = e.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
    return !bar.contains(e) && e !== document.body && isUnder && e.outerHTML; }"""


def test_what_is_said_covers_nothing_that_is_reached_by_keyboard(chromium: Browser, site: str) -> None:
    with new_context(chromium, site, phone=True) as context:  # whose console may complain of being offline
        page = context.new_page()
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        context.set_offline(True)
        page.locator("#name").press("Enter")
        expect(page.locator("#status")).to_contain_text("You’re offline.")
        for _ in range(12):
            page.keyboard.press("Tab")
            assert not page.evaluate(COVERED)
        page.mouse.wheel(0, 10_000)
        expect_value(lambda: page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 1"), True)
        foot, said = page.locator("#language-de").bounding_box(), page.locator("#status").bounding_box()
        assert foot
        assert said
        assert foot["y"] + foot["height"] <= said["y"]


def test_what_is_said_moves_no_button(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.reload()
        before = page.locator("#change-photo").bounding_box()
        page.locator("#change-name").click()
        page.locator("#name").press("Enter")
        expect_message(page, "Name saved.")
        assert page.locator("#change-photo").bounding_box() == before


def test_a_title_says_that_there_are_errors_and_no_longer_when_there_are_none(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        page.locator("#name").fill(" ")
        page.locator("#name").press("Enter")
        expect(page).to_have_title(re.compile("^Error: Your profile"))
        page.locator("#name").press("Escape")
        expect(who(page)).to_have_text("Ada")
        expect(page).to_have_title(re.compile("^Your profile"))


def test_space_presses_what_looks_like_a_button(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.locator("#change-name").click()
        page.locator("#cancel-name").press(" ")
        expect_focus(page, "change-name")


def test_a_new_name_has_new_initials(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada Lovelace")
        expect(page.locator("#portrait")).to_have_text("AL")
        page.locator("#change-name").click()
        page.locator("#name").fill("Grace Hopper")
        page.locator("#name").press("Enter")
        expect(page.locator("#portrait")).to_have_text("GH")


def test_a_photo_that_is_too_large_is_not_sent_in_vain(chromium: Browser, site: str, tmp_path: Path) -> None:
    with (tmp_path / "me.png").open("wb") as too_large:
        too_large.truncate(JUST_TOO_LARGE)
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        page.locator("#avatar").set_input_files(tmp_path / "me.png")
        expect(page.locator("#avatar-error")).to_have_text(TOO_LARGE)
        expect(page).to_have_title(re.compile("^Error: "))
        expect(page.locator("#preview img")).to_have_count(0)
        expect_focus(page, "change-photo")
        assert "POST" not in sent
        page.locator("#avatar").set_input_files(photo())
        expect(page.locator("#avatar-error")).to_be_empty()
        expect(page).not_to_have_title(re.compile("Error"))
