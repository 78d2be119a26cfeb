"""Google."""

from collections.abc import Mapping
from typing import Any

from backend.providers.id_tokens import is_true
from backend.providers.openid_connect import OpenIdConnect

OWN_DOMAINS = ("@gmail.com", "@googlemail.com")


class Google(OpenIdConnect):
    """Google speaks OpenID Connect. It is to be believed about addresses of its own, and of organizations that it
    keeps the mailboxes of (`hd`); of others it may have heard years ago.
    https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
    """

    can_ask_which = True

    def is_issuer(self, issuer: Any, claims: Mapping[str, Any]) -> bool:  # noqa: ARG002
        """Take the issuer without its scheme too, as it is in some tokens."""
        return issuer in (self.settings.url, self.settings.url.removeprefix("https://"))

    def find_issuer(self, claims: Mapping[str, Any]) -> str:  # noqa: ARG002
        return self.settings.url

    def is_email_proven(self, person: Mapping[str, Any]) -> bool:
        is_own = str(person.get("email", "")).lower().endswith(OWN_DOMAINS) or bool(person.get("hd"))
        return is_own and is_true(person.get("email_verified"))
