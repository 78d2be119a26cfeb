"""What people do in a browser, and what they look at."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urljoin

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Error, FilePayload, Page, Request, expect

from tests.kit.chromium import new_context
from tests.kit.mailbox import SMS_CODE, code_in
from tests.kit.people import CHROME, PASSWORD
from tests.kit.photo_files import make_png
from tests.kit.window import expect as expect_value

REFUSED_IS_LOGGED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|5\d\d)")
FOCUSED = """() => { const e = document.activeElement;
    return e === null || e === document.body ? "" : e.id || e.innerText.trim() || e.tagName; }"""
STOP = f"""() => {{ const e = document.activeElement, {{ outlineStyle, outlineWidth }} = getComputedStyle(e);
    const isVisible = e.checkVisibility({{ visibilityProperty: true }}) && e.getBoundingClientRect().width > 0;
    return [({FOCUSED})(), isVisible, outlineStyle, parseFloat(outlineWidth)]; }}"""
ERROR = re.compile("^Error: ")  # the title of a page whose form was refused
SELECTED = "() => { const e = document.activeElement; return e.value.slice(e.selectionStart, e.selectionEnd); }"
# Of the outbox, of a mail and of the page that a mailed link leads to.
MAIL = r'"(/outbox/[0-9a-f]+)"[^>]*>[^<]*</a>\s*<span><bdi>{}<'
LINK = r'href="([^"]*/_auth/verify[^"]*)"'
REF = r'id="go"[\s\S]*?name="ref" value="([^"]+)"'
_numbers = itertools.count(1)


class Keys(Protocol):
    def press(self, key: str) -> Any: ...


class Typed(Protocol):
    """A page of Playwright's, or a window of another engine."""

    @property
    def keyboard(self) -> Keys: ...

    def evaluate(self, expression: str) -> Any: ...


def new_address() -> str:
    return f"ada{next(_numbers)}@example.com"


@contextmanager
def open_page(chromium: Browser, site: str, **options: Any) -> Iterator[Page]:
    """Open a page in a browser profile of its own; fail at the end if its console had an error or a warning, such as a
    violation of the content security policy."""
    with new_context(chromium, site, **options) as context:
        page, trouble = context.new_page(), ConsoleErrors()
        page.on("console", trouble.note)
        page.on("pageerror", trouble.note_error)
        yield page
        assert not trouble.complaints, trouble.complaints


class ConsoleErrors:
    """Errors and warnings of the console, without the line that Chromium writes for each refused form."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED_IS_LOGGED.match(message.text):
            self.complaints.append(message.text)

    def note_error(self, error: Error) -> None:
        self.complaints.append(str(error))


# Who they are


def register(page: Page, email: str, name: str) -> None:
    page.goto("/register")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Create a password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(heading(page)).to_have_text("Check your email")


def open_mail(page: Page, email: str) -> None:
    """Follow the link to the outbox on the page "Check your mail", then the link in the newest mail."""
    page.locator("#outbox").click()
    open_newest_mail(page, email)


def open_newest_mail(page: Page, email: str, subject: str = "") -> None:
    """Follow the mailed link from the outbox, which every browser can open."""
    page.locator("li", has_text=email).filter(has_text=subject).get_by_role("link").first.click()
    page.locator("a[href*='/_auth/verify']").first.click()
    page.locator("#go-on").wait_for()


def open_mail_about(page: Page, email: str, subject: str) -> None:
    """Follow the link in the newest mail of this subject, from the outbox."""
    page.goto("/outbox")
    page.locator("li", has_text=email).filter(has_text=subject).get_by_role("link").first.click()
    page.locator("a[href*='/_auth/verify']").first.click()


def read_code(page: Page, email: str) -> str:
    """The code of the newest mail, in a tab of its own."""
    tab = page.context.new_page()
    tab.goto("/outbox")
    tab.locator("li", has_text=email).get_by_role("link").first.click()
    code = code_in(tab.locator("main").inner_text())
    tab.close()
    return code


def read_sms(page: Page, phone: str) -> str:
    """The code of the newest SMS to this number, in a tab of its own."""
    tab = page.context.new_page()
    tab.goto(urljoin(page.url, "/outbox"))
    tab.locator("li", has_text=phone).get_by_role("link").first.click()
    found = SMS_CODE.search(tab.locator("main").inner_text())
    tab.close()
    assert found
    return found[0]


def join(page: Page, email: str, name: str) -> None:
    register(page, email, name)
    open_mail(page, email)
    page.get_by_role("button", name="Confirm this address").click()
    expect(who(page)).to_have_text(name)


def join_quickly(page: Page, email: str, name: str) -> None:
    """Do as `join`, with requests instead of pages, where joining is not what is tested."""
    sign_up_quickly(page, email, name)
    page.goto("/profile")
    expect(who(page)).to_have_text(name)


def sign_up_quickly(page: Page, email: str, name: str, site: str = "") -> None:
    """Let this browser be logged in by the link of a new account; its page stays where it is.

    `site` is needed where the browser's relative addresses lead nowhere.
    """
    http = page.context.request  # has the cookies of the browser
    headers = {"User-Agent": page.evaluate("navigator.userAgent")}
    form: dict[str, str | float | bool] = {"email": email, "name": name, "password": PASSWORD}
    http.post(f"{site}/register", form=form, headers=headers, max_redirects=0)
    mail = find(MAIL.format(re.escape(email)), http.get(f"{site}/outbox").text())
    landing = http.get(find(LINK, http.get(f"{site}{mail}").text()), headers=headers)
    http.post(f"{site}/auth-redirect", form={"ref": find(REF, landing.text())}, headers=headers, max_redirects=0)


def sign_up_elsewhere(site: str, email: str, name: str) -> str:
    """Do the same in another browser, and return its session."""
    with httpx.Client(base_url=site, headers={"User-Agent": CHROME}) as http:
        http.post("/register", data={"email": email, "name": name, "password": PASSWORD})
        mail = find(MAIL.format(re.escape(email)), http.get("/outbox").text)
        landing = http.get(find(LINK, http.get(mail).text), follow_redirects=True)
        http.post("/auth-redirect", data={"ref": find(REF, landing.text)})
        return http.cookies["session"]


def arrive_quickly(page: Page, site: str = "", name: str = "Ada Lovelace") -> str:
    """Let this browser be logged in by the password of a new account, which proves for a while who it is. Return the
    address."""
    email, http = new_address(), page.context.request
    sign_up_quickly(page, email, name, site)
    http.post(f"{site}/logout", max_redirects=0)
    http.post(f"{site}/login", form={"email": email, "password": PASSWORD}, max_redirects=0)
    page.context.clear_cookies(name="flash")
    return email


def find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"there is no {pattern} in {text}"
    return html.unescape(found[1])


def log_in(page: Page, email: str) -> None:
    page.goto("/login")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#log-in").click()
    expect(page).to_have_url(re.compile("/profile$"))


def log_out(page: Page) -> None:
    page.locator("#log-out").click()
    page.locator("#login-form").wait_for()


def log_in_elsewhere(site: str, email: str, times: int = 1, user_agent: str = CHROME) -> None:
    """Begin sessions in other browsers, of which no page is looked at."""
    with httpx.Client(base_url=site, headers={"User-Agent": user_agent}) as http:
        for _ in range(times):
            assert http.post("/login", data={"email": email, "password": PASSWORD}).status_code == 303
            http.cookies.clear()


def end_sessions_from_elsewhere(site: str, email: str) -> None:
    """Log in in another browser and end the sessions of all others there."""
    with httpx.Client(base_url=site, headers={"User-Agent": CHROME}, follow_redirects=True) as http:
        http.post("/login", data={"email": email, "password": PASSWORD})
        ended = http.post("/profile/sessions/others")
        assert "Logged out 1 other session." in ended.text, ended


# What they see


def heading(page: Page) -> Any:
    return page.locator("h1")


def who(page: Page) -> Any:
    """Whose account it is, as it stands beside the sections."""
    return page.locator("#who strong")


def expect_message(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator("#status")).to_have_text(words)


def expect_focus(page: Page, element_id: str) -> None:
    expect(page.locator(f"[id='{element_id}']")).to_be_focused()


def read_focus(page: Typed) -> str:
    """Return the id of the focused element, or its text if it has none; empty when nothing is focused."""
    return str(page.evaluate(FOCUSED))


def expect_selected(page: Page, text: str) -> None:
    expect_value(lambda: selected_text(page), text)


def selected_text(page: Typed) -> str:
    return str(page.evaluate(SELECTED))


def record_posts(page: Page, path: str) -> list[Request]:
    """Return a list that grows with each POST to this path from now on."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if is_post(request, path) else None)
    return sent


def is_post(request: Request, path: str) -> bool:
    return request.method == "POST" and request.url.endswith(path)


# The keyboard


def tab_to(page: Typed, element_id: str, most: int = 20) -> None:
    """Press Tab until the element is focused; every stop on the way must show its focus."""
    for _ in range(most):
        if press_tab(page) == element_id:
            return
    raise AssertionError(f"{element_id!r} was not reached with {most} times Tab, last was {read_focus(page)!r}")


def tab_through(page: Typed, *element_ids: str) -> None:
    """Press Tab once for each of these elements, which must follow one another."""
    for element_id in element_ids:
        assert press_tab(page) == element_id


def press_tab(page: Typed) -> str:
    """Return what is focused then, as `read_focus` does; it must be visible, with an outline around it."""
    page.keyboard.press("Tab")
    name, is_visible, style, width = page.evaluate(STOP)
    assert is_visible or not name, f"{name!r} has the focus and is not visible"
    assert style != "none" or not name, f"no outline around {name!r}"
    assert width >= 2 or not name, f"the outline around {name!r} is {width} px"
    return str(name)


# Files


def photo(colour: str = "teal") -> FilePayload:
    return {"name": "me.png", "mimeType": "image/png", "buffer": make_png(colour)}
