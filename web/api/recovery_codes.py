"""Recovery codes: an addition of our own backend (docs/contract.md, "Recovery codes")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from web.api.connection import BoundClient, drop_empty, expect_shape
from web.api.shapes import read_instant, read_optional_instant


@dataclass(frozen=True)
class PendingCodes:
    """A set whose owner has not said to have kept it: its codes, and until when they are shown."""

    id: str
    codes: tuple[str, ...] = field(repr=False)
    made: datetime
    expiry: datetime

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        made, expiry = read_instant(data["createdDtm"]), read_instant(data["expiryDtm"])
        return cls(str(data["id"]), tuple(map(str, data["codes"])), made, expiry)


@dataclass(frozen=True)
class RecoveryCodes:
    """How many codes are left of the set in force, and since when that is; which set waits to be kept."""

    left: int
    made: datetime | None
    pending: PendingCodes | None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        pending = data.get("pending")
        return cls(
            int(data["left"]),
            read_optional_instant(data.get("madeDtm")),
            PendingCodes.from_json(pending) if pending else None,
        )


class RecoveryCodesClient(BoundClient):
    """Calls about recovery codes. Each raises ConfirmationRequired where the person has to prove first who they are."""

    async def get_recovery_codes(self) -> RecoveryCodes:
        """Return what the user has, with the codes of a pending set."""
        answer = await self._call("GET", "/account/factors/recovery-codes")
        with expect_shape():
            return RecoveryCodes.from_json(answer)

    async def make_recovery_codes(self) -> None:
        """Make a set that is pending; the one in force stays good until it is kept."""
        await self._call("POST", "/account/factors/recovery-codes")

    async def confirm_recovery_codes(self, set_id: str) -> int:
        """Put a pending set in force, which its owner has kept, and return how many codes it has.

        Raises ApiError `recovery_codes_gone` where it is not pending any more.
        """
        answer = await self._call("POST", "/account/factors/recovery-codes/confirm", json=drop_empty(id=set_id))
        with expect_shape():
            return int(answer["left"])
