"""Somebody who hears a page and uses the keyboard: real keys, because a screen reader notes which were pressed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.kit.browser_steps import log_in_elsewhere, read_focus
from tests.kit.marionette import Marionette
from tests.kit.passwordless import remove_password
from tests.kit.people import PASSWORD, Person
from tests.kit.window import Window, expect
from tests.voice.elsewhere import Elsewhere
from tests.voice.orca import Orca

STOPS = 40  # most presses of Tab
IS_LOADED = "() => document.readyState === 'complete'"


@dataclass(frozen=True)
class Place:
    """Where somebody listens: the site with its settings, a browser, what reads aloud, and a folder for files."""

    site: str
    environ: Mapping[str, str]
    firefox: Marionette
    orca: Orca
    folder: Path


class Listener:
    """With an account of their own, by its `email`; and another browser, `elsewhere`."""

    def __init__(self, place: Place, window: Window, email: str) -> None:
        self.firefox = place.firefox
        self.orca = place.orca
        self.folder = place.folder
        self._environ = place.environ
        self.window = window
        self.email = email
        self.elsewhere = Elsewhere(window.site)

    def open(self, path: str) -> None:
        self.window.open(path)
        self._run(
            "search", "--sync", "--onlyvisible", "--class", "firefox", "windowfocus"
        )  # there is no window manager

    def press(self, *keys: str) -> None:
        self._run("key", "--delay", "150", *keys)

    def type(self, text: str) -> None:
        self._run("type", "--delay", "40", text)

    def replace(self, text: str) -> None:
        """Type instead of what stands in the field."""
        self.press("ctrl+a")
        self.type(text)

    def tab_to(self, element_id: str) -> None:
        for _ in range(STOPS):
            before = read_focus(self.window)
            self.press("Tab")
            expect(lambda before=before: read_focus(self.window) != before, True)  # type: ignore[misc]
            if read_focus(self.window) == element_id:
                return
        raise AssertionError(f"{element_id} was not reached")

    def expect_focus(self, element_id: str) -> None:
        expect(lambda: read_focus(self.window), element_id)

    def expect_path(self, path: str) -> None:
        """Wait until a page is there with all that it loads; to leave it earlier is an error in the console."""
        expect(lambda: (self.window.path.partition("?")[0], self.window.evaluate(IS_LOADED)), (path, True))

    def focus(self, element_id: str) -> None:
        """Go there at once, where the way is not what is listened to."""
        self.focus_first(f"#{element_id}")

    def focus_first(self, selector: str) -> None:
        expect(lambda: self.window.count(selector) > 0, True)
        self.orca.hear()
        self.window.evaluate(f"() => document.querySelector({selector!r}).focus()")
        self.orca.hear()

    def fill(self, element_id: str, text: str) -> None:
        """Go to a field and type, where neither is what is listened to."""
        self.focus(element_id)
        self.replace(text)
        expect(lambda: self.window.read_value(f"#{element_id}"), text)
        self.orca.hear()

    def confirm(self) -> None:
        """Create the account, and press the button behind the link that was mailed."""
        self.window.open("/register")
        for field, text in (("email", self.email), ("name", "Ada"), ("password", PASSWORD)):
            self.window.fill(f"#{field}", text)
        for selector in ("#create-account", "#outbox", f"//li[contains(., '{self.email}')]//a", "#mailed-link"):
            self.window.click(selector)
        self.focus("go-on")
        self.press("Return")

    def join(self) -> None:
        """Create the account elsewhere, and log in with the password."""
        self.elsewhere.join(self.email)
        self.enter_password()
        self.expect_path("/profile")

    def enter_password(self) -> None:
        """Do the first half of a log-in."""
        self.open("/login")
        self.window.fill("#email", self.email)
        self.window.fill("#password", PASSWORD)
        self.window.click("#log-in")

    def remove_password(self) -> None:
        remove_password(self._environ, Person(self.email, "Ada"))

    def log_out(self) -> None:
        self.open("/profile")
        self.window.click("#log-out")
        self.expect_path("/login")

    def send_photo(self, content: bytes) -> None:
        path = self.folder / "me.png"
        path.write_bytes(content)
        self.window.choose_file("#avatar", path)
        self.focus("save-photo")
        self.press("Return")

    def log_in_elsewhere(self, times: int) -> None:
        log_in_elsewhere(self.window.site, self.email, times)
        self.window.open("/profile")

    def _run(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env={**self.orca.environ}, check=True, timeout=30)
