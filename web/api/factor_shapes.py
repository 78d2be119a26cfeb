"""The shapes of the contract about second factors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from web.api.shapes import read_instant, read_optional_instant

TOTP, RECOVERY_CODE, PASSKEY = "totp", "recovery-code", "passkey"  # the names of factors in the contract
FEW_CODES = 3  # recovery codes left, with which pages ask for new ones


@dataclass(frozen=True)
class Authenticator:
    """An authenticator app that has given a right code, and when. It `is_pending` until recovery codes are saved."""

    added: datetime
    is_pending: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(read_instant(data["addedDtm"]), bool(data["pending"]))


@dataclass(frozen=True)
class CodesLeft:
    """How many recovery codes are left of the set that counts, and whether a new set waits to be saved."""

    left: int
    made: datetime | None
    is_pending: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(int(data.get("left") or 0), read_optional_instant(data.get("madeDtm")), bool(data.get("isPending")))


@dataclass(frozen=True)
class Factors:
    """What an account has beside its password: since when two-step verification is on, and each factor."""

    two_step: datetime | None = None
    totp: Authenticator | None = None
    recovery_codes: CodesLeft | None = None
    passkeys: int = 0

    @property
    def has_app(self) -> bool:
        """Whether an authenticator app is in use."""
        return self.totp is not None and not self.totp.is_pending

    @property
    def needs_codes(self) -> bool:
        """Whether nothing is missing any more but saved recovery codes."""
        return self.totp is not None and self.totp.is_pending

    @property
    def can_switch_on(self) -> bool:
        """Whether two-step verification is off, and there is all that it takes."""
        return not self.two_step and (self.has_app or self.passkeys > 0) and self.codes_left > 0

    @property
    def can_switch_on_with_codes(self) -> bool:
        """Whether two-step verification is off, and saved recovery codes are all that it takes to switch it on."""
        return not self.two_step and (self.has_app or self.passkeys > 0) and self.codes_left == 0

    @property
    def codes_left(self) -> int:
        return self.recovery_codes.left if self.recovery_codes else 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        totp, codes = data.get("totp"), data.get("recoveryCodes")
        return cls(
            two_step=read_optional_instant(data["twoStepDtm"]),
            totp=Authenticator.from_json(totp) if totp else None,
            recovery_codes=CodesLeft.from_json(codes) if codes else None,
            passkeys=int(data.get("passkeys") or 0),
        )


@dataclass(frozen=True)
class NewAuthenticator:
    """What an app is set up with: the secret in base32, and the same as an `otpauth:` address."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        secret, uri = str(data["secret"]), str(data["uri"])
        if not uri.startswith("otpauth://"):
            raise ValueError("no address of an authenticator app")
        return cls(secret, uri)


@dataclass(frozen=True)
class SecondStep:
    """A log-in that waits for a second factor: which ones would do, and whose address it is for, abbreviated."""

    factors: tuple[str, ...]
    email: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(tuple(map(str, data["factors"])), str(data.get("email") or ""))
