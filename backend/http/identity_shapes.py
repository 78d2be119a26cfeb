"""The contract's shapes of log-ins with providers: the JSON of providers, identities and tokens."""

from collections.abc import Mapping
from typing import Any

from backend.kernel.clock import format_timestamp
from backend.kernel.devices import parse_user_agent
from backend.rules.context import Services
from backend.rules.proven_identities import TokenStatus, find_name
from backend.store.records import Identity


def token_status_to_json(status: TokenStatus) -> dict[str, Any]:
    """Return the JSON of the token that a log-in at a provider ends with, in the shape of a mailed link's."""
    row = status.row
    return {
        "action": f"oauth-{row.purpose}",
        "email": status.email,
        "state": status.state,
        "createdDtm": format_timestamp(row.created_at),
        "expiryDtm": format_timestamp(row.expires_at),
        "userAgent": parse_user_agent(""),
        "next": "",
        **dict.fromkeys(("passwordNeeded", "nameNeeded", "disownable", "currentPasswordNeeded", "disowned"), False),
        "inForce": True,
        **dict.fromkeys(("otherEmail", "notice", "ip")),
        "provider": {"id": status.provider.id, "name": status.provider.name},
    }


def provider_to_json(services: Services, provider: str) -> dict[str, str]:
    """Return the JSON of a provider: its id, and what people call it."""
    return {"id": provider, "name": find_name(services, provider)}


def identity_to_json(identity: Identity, provider: Mapping[str, str]) -> dict[str, Any]:
    """Return an identity's JSON. `name` and `email` are what the provider said last, or null."""
    used = identity.last_used_at
    return {
        "id": identity.id,
        "provider": provider,
        "name": identity.name,
        "email": identity.email,
        "createdDtm": format_timestamp(identity.created_at),
        "lastUsedDtm": format_timestamp(used) if used else None,
    }
