"""Microsoft."""

import re
from collections.abc import Mapping
from typing import Any

from backend.providers.openid_connect import Discovery, OpenIdConnect

SEVERAL = re.compile(r"(?<=/)(common|organizations|consumers)(?=/)")  # what stands for any tenant, of some kind
TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the tenant of all personal accounts


class Microsoft(OpenIdConnect):
    """Microsoft speaks OpenID Connect, with an issuer for each tenant. An address is what a tenant's administrator
    has typed: it is never believed.
    https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference
    """

    can_ask_which = True

    def is_issuer(self, issuer: Any, claims: Mapping[str, Any]) -> bool:
        tenant = str(claims.get("tid", ""))
        return self._lets_in(tenant) and issuer == self._name_issuer(tenant)

    def is_own_document(self, issuer: Any) -> bool:
        named = PERSONAL if self._whose == "consumers" else "{tenantid}"
        return issuer in (self.settings.url, self._name_issuer(named))

    def is_sender(self, named: str, discovery: Discovery) -> bool:  # noqa: ARG002
        before, _several, after = SEVERAL.sub("\0", self.settings.url).partition("\0")
        tenant = named.removeprefix(before).removesuffix(after)
        return named == self.settings.url or (self._lets_in(tenant) and named == f"{before}{tenant}{after}")

    def is_email_proven(self, person: Mapping[str, Any]) -> bool:  # noqa: ARG002
        return False

    @property
    def _whose(self) -> str:
        """Whose accounts come in: `common`, `organizations` or `consumers`, or "" for those of one tenant."""
        several = SEVERAL.search(self.settings.url)
        return several[0] if several else ""

    def _lets_in(self, tenant: str) -> bool:
        if not TENANT.fullmatch(tenant):
            return False
        match self._whose:
            case "consumers":
                return tenant == PERSONAL
            case "organizations":
                return tenant != PERSONAL
        return True

    def _name_issuer(self, tenant: str) -> str:
        return SEVERAL.sub(tenant, self.settings.url)
