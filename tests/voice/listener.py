"""Somebody who hears a page and uses the keyboard: real keys, because a screen reader notes which were pressed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.kit.browser_steps import log_in_elsewhere, read_focus
from tests.kit.people import PASSWORD
from tests.kit.window import Window, expect
from tests.voice.orca import Orca

EMAIL = "ada@example.com"
STOPS = 30  # most presses of Tab


class Listener:
    def __init__(self, window: Window, orca: Orca, folder: Path) -> None:
        self.window = window
        self.orca = orca
        self.folder = folder

    def open(self, path: str) -> None:
        self.window.open(path)
        self._run(
            "search", "--sync", "--onlyvisible", "--class", "firefox", "windowfocus"
        )  # there is no window manager

    def press(self, *keys: str) -> None:
        self._run("key", "--delay", "150", *keys)

    def type(self, text: str) -> None:
        self._run("type", "--delay", "40", text)

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

    def focus(self, element_id: str) -> None:
        """Go there at once, where the way is not what is listened to."""
        self.focus_first(f"#{element_id}")

    def focus_first(self, selector: str) -> None:
        expect(lambda: self.window.count(selector) > 0, True)
        self.orca.hear()
        self.window.evaluate(f"() => document.querySelector({selector!r}).focus()")
        self.orca.hear()

    def confirm(self) -> None:
        """Create the account, and press the button behind the link that was mailed."""
        self.window.open("/register")
        for field, text in (("email", EMAIL), ("name", "Ada"), ("password", PASSWORD)):
            self.window.fill(f"#{field}", text)
        for selector in ("#create-account", "#outbox", f"//li[contains(., '{EMAIL}')]//a", "#mailed-link"):
            self.window.click(selector)
        self.focus("go-on")
        self.press("Return")

    def send_photo(self, content: bytes) -> None:
        path = self.folder / "me.png"
        path.write_bytes(content)
        self.window.choose_file("#avatar", path)
        self.focus("save-photo")
        self.press("Return")

    def log_in_elsewhere(self, times: int) -> None:
        log_in_elsewhere(self.window.site, EMAIL, times)
        self.window.open("/profile")

    def _run(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env={**self.orca.environ}, check=True, timeout=30)
