"""A window of an engine other than Chromium: what people do in it, and what they look at."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what WebDriver calls the id of an element
KEYS = {
    "Backspace": "\ue003",
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "Space": "\ue00d",
    "End": "\ue010",
}
SEE_FRAME = "return new Promise(requestAnimationFrame)"
PATIENCE = 30.0  # seconds, on a busy machine; a step that takes longer is broken
LOOKS_AGAIN = 0.02
TIMEOUTS = {"implicit": 0, "pageLoad": 30_000, "script": 20_000}  # milliseconds


class RemoteError(Exception):
    """What the browser could not do: there is no such element, the page was left, it never finishes loading."""


class Remote(Protocol):
    """Whoever does WebDriver's commands in a browser (https://www.w3.org/TR/webdriver2/)."""

    def ask(self, command: str, **parameters: Any) -> Any:
        """Return its value. Raises RemoteError."""


class Window:
    def __init__(self, remote: Remote, site: str, *, javascript: bool = True) -> None:
        self.remote = remote
        self.site = site
        self.has_javascript = javascript
        self.keyboard = Keyboard(remote, self._see_frame)
        remote.ask("SetTimeouts", **TIMEOUTS)

    # What people do

    def open(self, path: str) -> None:
        self._see_page()
        self.remote.ask("Navigate", url=self.site + path)

    def go_back(self) -> None:
        self._see_page()
        self.remote.ask("Back")

    def click(self, selector: str) -> None:
        element = self._find(selector)
        self._see_frame()
        self.remote.ask("ElementClick", id=element)

    def fill(self, selector: str, text: str) -> None:
        """Type it where the mouse was clicked."""
        self.click(selector)
        self.keyboard.type(text)

    def go_on_with(self, session: str) -> None:
        """Go on with a session that was begun elsewhere."""
        self.open("/healthz")
        self.remote.ask("AddCookie", cookie={"name": "session", "value": session, "path": "/"})
        self.open("/profile")

    def choose_file(self, selector: str, path: Path) -> None:
        self.remote.ask("ElementSendKeys", id=self._find(selector), text=str(path))

    # What they look at

    @property
    def path(self) -> str:
        """What the address bar shows after the site's name."""
        url = urlsplit(str(self.remote.ask("GetCurrentURL")))
        return url._replace(scheme="", netloc="", fragment="").geturl()

    @property
    def text(self) -> str:
        return str(self.evaluate("() => document.documentElement.hidden ? '' : document.body.innerText"))

    def read(self, selector: str) -> str:
        """Return the text of an element as it is shown, on one line; "" where there is none."""
        return " ".join(str(self.evaluate(f"() => document.querySelector({selector!r})?.innerText ?? ''")).split())

    def read_value(self, selector: str) -> str:
        return str(self.evaluate(f"() => document.querySelector({selector!r}).value"))

    def count(self, selector: str) -> int:
        return int(self.evaluate(f"() => document.querySelectorAll({selector!r}).length"))

    def evaluate(self, function: str) -> Any:
        """Return what a function of JavaScript returns. WebDriver's own scripts run where a page's are switched off."""
        return self._run(f"return [({function})()]")[0]

    def _run(self, script: str) -> Any:
        returned = self.remote.ask("ExecuteScript", script=script, args=[])
        if returned is None:
            raise RemoteError("the page was left meanwhile")
        return returned

    def _see_page(self) -> None:
        """Wait until all of the page has come. Firefox complains of scripts for which whoever leaves did not wait."""
        wait_for(lambda: _compare(self.evaluate("() => document.readyState"), "complete"))

    def _see_frame(self) -> None:
        """Wait until all is drawn, as people do. WebKit then gives the focus to whatever has asked for it, and takes it
        from where somebody faster types already."""
        if self.has_javascript:
            wait_for(lambda: self._run(SEE_FRAME))

    def _find(self, selector: str) -> str:
        """Wait for an element: a CSS selector, or XPath where it begins with a slash."""
        using = "xpath" if selector.startswith("/") else "css selector"
        return str(wait_for(lambda: self.remote.ask("FindElement", using=using, value=selector))[ELEMENT])


class Keyboard:
    def __init__(self, remote: Remote, see_frame: Callable[[], None]) -> None:
        self._remote = remote
        self._see_frame = see_frame

    def press(self, keys: str) -> None:
        """Press one key, or one while others are held: "Tab", "Shift+Tab"."""
        *held, last = [KEYS.get(key, key) for key in keys.split("+")]
        self._act([*map(down, held), down(last), up(last), *map(up, reversed(held))])

    def type(self, text: str) -> None:
        self._act([act for letter in text for act in (down(letter), up(letter))])

    def _act(self, acts: list[dict[str, str]]) -> None:
        self._see_frame()
        self._remote.ask("PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": acts}])


def down(key: str) -> dict[str, str]:
    return {"type": "keyDown", "value": key}


def up(key: str) -> dict[str, str]:
    return {"type": "keyUp", "value": key}


def expect(read: Callable[[], object], expected: object) -> None:
    """Wait until it reads so."""
    wait_for(lambda: _compare(read(), expected))


def _compare(found: object, expected: object) -> None:
    assert found == expected


def wait_for(act: Callable[[], Any]) -> Any:
    """Return what it returns as soon as it can be done; until then there may be the page before, or none."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (AssertionError, RemoteError):
            if time.monotonic() > deadline:
                raise
        time.sleep(LOOKS_AGAIN)
