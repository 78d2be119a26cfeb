"""Authenticators that Chromium pretends to have, by its devtools protocol."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

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


class Authenticator:
    """One authenticator of one page, whose holder touches it as soon as it asks, unless they `rest`."""

    def __init__(self, page: Page, **options: Any) -> None:
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**INTERNAL, **options}})
        self.id = added["authenticatorId"]

    @property
    def credentials(self) -> list[dict[str, Any]]:
        """What it holds, private keys included."""
        found: list[dict[str, Any]] = self._send("getCredentials")["credentials"]
        return found

    def take(self, credential: dict[str, Any]) -> None:
        """Hold this credential, too: a copy, where another one has it."""
        self._send("addCredential", credential=credential)

    def rest(self) -> None:
        """Touch nothing."""
        self._send("setAutomaticPresenceSimulation", enabled=False)

    def touch(self) -> None:
        """Touch it whenever it asks from now on. A question that waits already does not notice."""
        self._send("setAutomaticPresenceSimulation", enabled=True)

    def fail(self) -> None:
        """Show the wrong finger."""
        self._send("setUserVerified", isUserVerified=False)

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.devtools.send(f"WebAuthn.{method}", {"authenticatorId": self.id, **parameters})
        return answer
