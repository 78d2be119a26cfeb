"""WebKit, which Safari is made of: GTK's, driven over HTTP by the driver that comes with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.kit.mailbox import free_port
from tests.kit.serving import launch_command
from tests.kit.window import PATIENCE, RemoteError, Window

DRIVER = "WebKitWebDriver"
ANSWER = 2 * PATIENCE  # seconds
PATHS = {
    "SetTimeouts": ("POST", "timeouts"),
    "Navigate": ("POST", "url"),
    "GetCurrentURL": ("GET", "url"),
    "Back": ("POST", "back"),
    "AddCookie": ("POST", "cookie"),
    "FindElement": ("POST", "element"),
    "ElementClick": ("POST", "element/{id}/click"),
    "ElementSendKeys": ("POST", "element/{id}/value"),
    "PerformActions": ("POST", "actions"),
    "ExecuteScript": ("POST", "execute/sync"),
}


class WebKit:
    """A browser of its own, which keeps nothing."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._session = self._send("POST", "/session", {"capabilities": {}})["sessionId"]

    def ask(self, command: str, **parameters: Any) -> Any:
        method, path = PATHS[command]
        return self._send(method, f"/session/{self._session}/{path.format(**parameters)}", parameters)

    def close(self) -> None:
        self._send("DELETE", f"/session/{self._session}", {})

    def _send(self, method: str, path: str, parameters: dict[str, Any]) -> Any:
        body = parameters if method == "POST" else None
        answer = self._http.request(method, path, json=body)
        value = answer.json()["value"]
        if answer.is_error:
            raise RemoteError(f"{method} {path}: {value['error']}: {value['message']}")
        return value


@contextmanager
def start_webkit(display: str, folder: Path) -> Iterator[httpx.Client]:
    """Start the driver; each session with it starts a browser."""
    port = str(free_port())
    environ = {
        "PORT": port,
        "DISPLAY": display,
        "HOME": str(folder),
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # it refuses to start for root; no page of others is opened
    }
    command = [find_webkit(), "--host=127.0.0.1", f"--port={port}"]
    launching = launch_command(command, environ, folder, path="/status", dies_with_parent=True)
    with launching as launched, httpx.Client(base_url=launched.wait().url, timeout=ANSWER) as http:
        yield http


def find_webkit() -> str:
    return shutil.which(DRIVER) or ""


@contextmanager
def open_webkit(http: httpx.Client, site: str) -> Iterator[Window]:
    webkit = WebKit(http)
    try:
        yield Window(webkit, site)
    finally:
        webkit.close()
