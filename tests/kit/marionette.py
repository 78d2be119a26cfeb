"""Firefox, and Marionette, by which it can be driven without a program between: Debian has no geckodriver.

A message is JSON after its length. Its commands are WebDriver's (remote/doc/marionette in Firefox's source).
"""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.kit.serving import START, die_with_parent, environment_of_program, stop
from tests.kit.window import PATIENCE, RemoteError, Window

NAMES = ("firefox-esr", "firefox")
PREFERENCES = {
    "marionette.port": 0,  # a free one, which it writes into its profile
    "browser.startup.page": 0,  # nothing; what greets a new profile would come between
    "browser.aboutwelcome.enabled": False,
}
PORT_FILE = "MarionetteActivePort"
ANSWER = 2 * PATIENCE  # seconds
SWITCH_JAVASCRIPT = 'Services.prefs.setBoolPref("javascript.enabled", arguments[0]);'
FORGET_EVERYTHING = "Services.cookies.removeAll(); Services.console.reset();"
# Errors and warnings of the site's pages, such as a violation of the content security policy.
READ_CONSOLE = """return Services.console.getMessageArray().filter((message) => message instanceof Ci.nsIScriptError
    && message.logLevel > Ci.nsIConsoleMessage.info && message.sourceName.startsWith(arguments[0])).map(String);"""
COPY_PICTURE = """const picture = Cc["@mozilla.org/image/tools;1"].getService(Ci.imgITools)
    .decodeImageFromArrayBuffer(Uint8Array.from(arguments[0]).buffer, "image/png");
const copy = Cc["@mozilla.org/widget/transferable;1"].createInstance(Ci.nsITransferable);
copy.init(null);
copy.addDataFlavor("application/x-moz-nativeimage");
copy.setTransferData("application/x-moz-nativeimage", picture);
Services.clipboard.setData(copy, null, Services.clipboard.kGlobalClipboard);"""
PRETEND_AUTHENTICATORS = """Services.prefs.setBoolPref("security.webauth.webauthn_enable_softtoken", true);
Services.prefs.setBoolPref("security.webauth.webauthn_enable_usbtoken", false);"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserConsenting": True,
    "isUserVerified": True,
}


class Marionette:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER)
        self._stream: IO[bytes] = self._socket.makefile("rb")
        self._numbers = itertools.count(1)
        self._read()  # it greets
        self.ask("NewSession", capabilities={})

    def ask(self, command: str, **parameters: Any) -> Any:
        return self._send(f"WebDriver:{command}", parameters)

    def ask_firefox(self, script: str, *args: Any) -> Any:
        """Run a script as Firefox itself does, not as a page."""
        self._send("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.ask("ExecuteScript", script=script, args=args)
        finally:
            self._send("Marionette:SetContext", {"value": "content"})

    def add_authenticator(self) -> None:
        """Add one that Firefox pretends to have, whose holder touches it as soon as it asks."""
        self.ask_firefox(PRETEND_AUTHENTICATORS)
        self._send("WebAuthn:AddVirtualAuthenticator", AUTHENTICATOR)

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _send(self, command: str, parameters: dict[str, Any]) -> Any:
        message = json.dumps([0, next(self._numbers), command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _kind, _number, error, result = self._read()
        if error:
            raise RemoteError(f"{command}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and result.keys() == {"value"} else result

    def _read(self) -> Any:
        length = b"".join(iter(lambda: self._stream.read(1), b":"))
        return json.loads(self._stream.read(int(length)))


@contextmanager
def start_firefox(environ: Mapping[str, str], folder: Path) -> Iterator[Marionette]:
    """Start Firefox with its profile in this folder; on a DISPLAY, because a headless one can copy no picture."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("".join(lines), "utf-8")
    options = ["--marionette", "--remote-allow-system-access", "--no-remote", "--profile", str(folder)]
    environment = environment_of_program({"HOME": str(folder), **environ})
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [find_firefox(), *options], env=environment, stdout=said, stderr=said, preexec_fn=die_with_parent
        )
        try:
            marionette = Marionette(_wait_for_port(process, folder))
            yield marionette
            marionette.close()
        finally:
            stop(process)


def find_firefox() -> str:
    return next(filter(None, map(shutil.which, NAMES)), "")


def _wait_for_port(process: subprocess.Popen[bytes], folder: Path) -> int:
    deadline = time.monotonic() + START
    while not (port := _read_port(folder)):
        assert process.poll() is None, f"Firefox ended at its start: {(folder / 'said').read_text('utf-8')}"
        assert time.monotonic() < deadline, "Firefox does not listen"
        time.sleep(0.02)
    return port


def _read_port(folder: Path) -> int:
    try:
        return int((folder / PORT_FILE).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return 0


@contextmanager
def open_firefox(firefox: Marionette, site: str, *, javascript: bool = True) -> Iterator[Window]:
    """Open a window that knows nothing of those before; fail at the end if its console had an error or a warning."""
    opened = firefox.ask("NewWindow", type="window")["handle"]
    firefox.ask("CloseWindow")
    firefox.ask("SwitchToWindow", handle=opened)
    firefox.ask_firefox(FORGET_EVERYTHING)
    firefox.ask_firefox(SWITCH_JAVASCRIPT, javascript)
    yield Window(firefox, site, javascript=javascript)
    complaints = firefox.ask_firefox(READ_CONSOLE, site)
    assert not complaints, complaints
