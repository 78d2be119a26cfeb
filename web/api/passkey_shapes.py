"""The shapes of the contract about passkeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from web.api.shapes import Device, read_instant, read_optional_instant


@dataclass(frozen=True)
class Passkey:
    """A passkey of the user. `credential_id` is what browsers know it by, in base64url.

    `device` is the browser in which it was added. One that `logs_in` does so by itself, any other is a second step. It
    `is_suspected` where there may be a copy of it. `provider` is what stores it, or so it claims.
    """

    id: str
    credential_id: str
    name: str  # the person's own, or empty
    provider: str  # such as the name of a password manager, or empty
    is_security_key: bool
    logs_in: bool
    is_suspected: bool
    device: Device
    added: datetime
    last_used: datetime | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=str(data["id"]),
            credential_id=str(data["credentialId"]),
            name=str(data.get("name") or ""),
            provider=str(data.get("provider") or ""),
            is_security_key=bool(data.get("isSecurityKey")),
            logs_in=bool(data.get("logsIn")),
            is_suspected=bool(data.get("suspectedDtm")),
            device=Device.from_json(data.get("userAgent")),
            added=read_instant(data["createdDtm"]),
            last_used=read_optional_instant(data.get("lastUsedDtm")),
        )


@dataclass(frozen=True)
class OwnPasskeys:
    """All passkeys of the user, and what their devices know the account by: the handle, empty until there is one, and
    the name and address by now."""

    passkeys: list[Passkey]
    user_handle: str
    user_name: str
    display_name: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            passkeys=[Passkey.from_json(item) for item in data["passkeys"]],
            user_handle=str(data.get("userHandle") or ""),
            user_name=str(data.get("userName") or ""),
            display_name=str(data.get("displayName") or ""),
        )
