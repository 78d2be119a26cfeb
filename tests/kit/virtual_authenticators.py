"""Authenticators that Chromium pretends to have, by its devtools protocol."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, Route

INTERNAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SECURITY_KEY = {**INTERNAL, "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}
U2F = {**SECURITY_KEY, "protocol": "u2f", "isUserVerified": False}

OPTIONS = "**/passkeys/options"

PATIENCE = 10  # seconds
LOOKS_AGAIN = 20  # milliseconds


_added: WeakKeyDictionary[Page, list[Authenticator]] = WeakKeyDictionary()


class Authenticator:
    """One authenticator of one page, whose holder touches it as soon as it asks, unless they `rest`."""

    def __init__(self, page: Page, **options: Any) -> None:
        self.page = page
        self.is_offered = {**INTERNAL, **options}["transport"] == "internal"  # below the address, if it is the only one
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**INTERNAL, **options}})
        self.id = added["authenticatorId"]
        _added.setdefault(page, []).append(self)

    @property
    def credentials(self) -> list[dict[str, Any]]:
        """What it holds, private keys included."""
        found: list[dict[str, Any]] = self._send("getCredentials")["credentials"]
        return found

    def wait_for(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a condition is met by its one passkey: nothing tells when a signal has arrived."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.credentials[0]):
            assert time.monotonic() < deadline, self.credentials
            self.page.wait_for_timeout(LOOKS_AGAIN)

    def take(self, credential: dict[str, Any]) -> None:
        """Hold this credential, too: a copy, where another one has it."""
        self._send("addCredential", credential=credential)

    def replace(self, credential: dict[str, Any]) -> None:
        """Hold this one instead of the same with its counter of now, as the copy of a key would."""
        self._send("removeCredential", credentialId=credential["credentialId"])
        self.take(credential)

    def change(self, **properties: bool) -> None:
        """Say something else of all passkeys: backupEligibility, backupState."""
        for each in self.credentials:
            self._send("setCredentialProperties", credentialId=each["credentialId"], **properties)

    def answer(self, **wrongly: bool) -> None:
        """Answer with what does not hold: isBogusSignature, isBadUV, isBadUP."""
        self._send("setResponseOverrideBits", **wrongly)

    def rest(self) -> None:
        """Touch nothing."""
        self._send("setAutomaticPresenceSimulation", enabled=False)

    def touch(self) -> None:
        """Touch it from the next question on, which begins by asking the site for options: whether one that waits now
        would notice depends on how far the browser is with it."""
        self.page.route(OPTIONS, self._touch_before, times=1)

    def _touch_before(self, asked: Route) -> None:
        self._send("setAutomaticPresenceSimulation", enabled=True)
        asked.continue_()

    def fail(self) -> None:
        """Show the wrong finger."""
        self._send("setUserVerified", isUserVerified=False)

    def remove(self) -> None:
        self.devtools.detach()

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.devtools.send(f"WebAuthn.{method}", {"authenticatorId": self.id, **parameters})
        return answer


def remove_authenticators(page: Page) -> None:
    """Remove all from a page that is used again."""
    for each in _added.pop(page, []):
        each.remove()
