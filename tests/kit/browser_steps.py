"""What people do in a browser, and what they look at."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Error, FilePayload, Page, Request, expect

from tests.kit.chromium import visiting
from tests.kit.people import PASSWORD

REFUSED_IS_LOGGED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|5\d\d)")
FOCUSED = """() => { const e = document.activeElement;
    return e === null || e === document.body ? "" : e.id || e.innerText.trim() || e.tagName; }"""
SELECTED = "() => { const e = document.activeElement; return e.value.slice(e.selectionStart, e.selectionEnd); }"
_numbers = itertools.count(1)


def new_address() -> str:
    return f"ada{next(_numbers)}@example.com"


@contextmanager
def at(chromium: Browser, site: str, **options: Any) -> Iterator[Page]:
    """A page of a browser of its own; nothing it does may break a rule of its content security policy."""
    with visiting(chromium, site, **options) as context:
        page, trouble = context.new_page(), Trouble()
        page.on("console", trouble.note)
        page.on("pageerror", trouble.note_error)
        yield page
        assert not trouble.complaints, trouble.complaints


class Trouble:
    """What the console says, but for the line that each refused form leaves there."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED_IS_LOGGED.match(message.text):
            self.complaints.append(message.text)

    def note_error(self, error: Error) -> None:
        self.complaints.append(str(error))


# Who they are


def registers(page: Page, email: str, name: str) -> None:
    page.goto("/register")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Create a password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(heading(page)).to_have_text("Check your mail")


def opens_the_mail(page: Page, email: str) -> None:
    """By the link to the outbox on the page that says to check the mail."""
    page.get_by_role("link", name="outbox").click()
    opens_the_newest_mail(page, email)


def opens_the_newest_mail(page: Page, email: str) -> None:
    """On the outbox, which is the same in every browser."""
    page.locator("li", has_text=email).get_by_role("link").first.click()
    page.locator("a[href*='/_auth/verify']").first.click()
    expect(heading(page)).to_have_text("Confirm your address")


def joins(page: Page, email: str, name: str) -> None:
    registers(page, email, name)
    opens_the_mail(page, email)
    page.get_by_role("button", name=f"Confirm {email}").click()
    expect(heading(page)).to_have_text(f"Hello, {name}")


def logs_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#log-in").click()
    expect(page).to_have_url(re.compile("/profile$"))


# What they see


def heading(page: Page) -> Any:
    return page.locator("h1")


def expect_said(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator("#status")).to_have_text(words)


def expect_focus(page: Page, element_id: str) -> None:
    expect(page.locator(f"[id='{element_id}']")).to_be_focused()


def focused(page: Page) -> str:
    """The id of what has the keyboard, else its words; empty for the page itself."""
    return str(page.evaluate(FOCUSED))


def selected_text(page: Page) -> str:
    return str(page.evaluate(SELECTED))


def posts(page: Page, path: str) -> list[Request]:
    """Fills itself with the requests that are sent there from now on."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if is_post(request, path) else None)
    return sent


def is_post(request: Request, path: str) -> bool:
    return request.method == "POST" and request.url.endswith(path)


# The keyboard


def tabs_to(page: Page, element_id: str, most: int = 20) -> None:
    """With Tab alone; every stop on the way is something with a name that can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == element_id:
            return expect_visible_focus(page)
        if focused(page):
            expect_visible_focus(page)
    raise AssertionError(f"{element_id!r} was not reached with {most} times Tab, last was {focused(page)!r}")


def tabs_through(page: Page, *element_ids: str) -> None:
    """Exactly these, one Tab each."""
    for element_id in element_ids:
        page.keyboard.press("Tab")
        assert focused(page) == element_id
        expect_visible_focus(page)


def expect_visible_focus(page: Page) -> None:
    element = page.locator("*:focus")
    expect(element).to_be_visible()
    outline = element.evaluate("e => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]")
    assert outline[0] != "none", f"no outline around {focused(page)!r}"
    assert outline[1] >= 2, f"the outline around {focused(page)!r} is {outline[1]} px"


# Files


def photo(colour: str = "teal") -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": out.getvalue()}
