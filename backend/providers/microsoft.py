"""Microsoft."""

import re
from collections.abc import Mapping
from typing import Any

from backend.providers.openid_connect import Discovery, OpenIdConnect

TENANTS = re.compile(r"(?<=/)(common|organizations|consumers)(?=/)")  # what stands for any tenant, of some kind
TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Microsoft(OpenIdConnect):
    """Microsoft speaks OpenID Connect, with an issuer for each tenant. An address is what a tenant's administrator
    has typed: it is never believed.
    https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference
    """

    can_ask_which = True

    def is_issuer(self, issuer: Any, claims: Mapping[str, Any]) -> bool:
        tenant = str(claims.get("tid", ""))
        return bool(TENANT.fullmatch(tenant)) and issuer == TENANTS.sub(tenant, self.settings.url)

    def is_own_document(self, issuer: Any) -> bool:
        return issuer in (self.settings.url, TENANTS.sub("{tenantid}", self.settings.url))

    def is_sender(self, named: str, discovery: Discovery) -> bool:  # noqa: ARG002
        before, _tenants, after = TENANTS.sub("\0", self.settings.url).partition("\0")
        tenant = named.removeprefix(before).removesuffix(after)
        return named == self.settings.url or (bool(TENANT.fullmatch(tenant)) and named == f"{before}{tenant}{after}")

    def is_email_proven(self, person: Mapping[str, Any]) -> bool:  # noqa: ARG002
        return False
