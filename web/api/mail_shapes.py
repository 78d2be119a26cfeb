"""The shapes of the contract about mails: their links and codes, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from web.api.identity_shapes import Provider
from web.api.shapes import Device, Session, User, read_instant, read_optional_instant


@dataclass(frozen=True)
class PendingEmail:
    """A new address that waits to be confirmed: when it was mailed last, and until when that link works.

    `code_expiry`: until when the mail's code can be typed in this session; None but in the one that asked.
    """

    email: str
    mailed: datetime
    expiry: datetime
    code_expiry: datetime | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            email=str(data["email"]),
            mailed=read_instant(data["mailedDtm"]),
            expiry=read_instant(data["expiryDtm"]),
            code_expiry=read_optional_instant(data.get("codeExpiryDtm")),
        )


def read_pending_email(data: Mapping[str, Any] | None) -> PendingEmail | None:
    """Read a pending change of address, or null."""
    return PendingEmail.from_json(data) if data else None


@dataclass(frozen=True)
class Link:
    """What a mailed link is for, when it was asked for, and from what.

    `next` is where its log-in is to lead, if the link knows. A confirmation `is_elsewhere` where nothing was
    typed for it: it asks for a new password, and if it `needs_name` for a name. A `notice` is the kind of a mail that
    tells what was done, and from which `address`; it `is_disowned` once it was answered by "This wasn't me". One that
    removes lost factors `needs_password` where that has begun the wait. `provider` is who the log-in is by, or whose
    account its use connects: then `email` may be empty, for an account that has none.
    """

    action: str
    email: str
    state: str  # valid, used or expired
    asked: datetime | None
    expiry: datetime | None
    asked_from: Device
    next: str = ""
    is_elsewhere: bool = False
    needs_name: bool = False
    is_disownable: bool = False
    notice: str = ""
    is_disowned: bool = False
    address: str = ""
    is_in_force: bool = False
    other_email: str = ""
    needs_password: bool = field(default=False, repr=False)
    provider: Provider | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            action=str(data["action"]),
            email=str(data["email"] or ""),
            state=str(data["state"]),
            asked=read_optional_instant(data.get("createdDtm")),
            expiry=read_optional_instant(data.get("expiryDtm")),
            asked_from=Device.from_json(data.get("userAgent")),
            next=str(data.get("next") or ""),
            is_elsewhere=bool(data.get("passwordNeeded")),
            needs_name=bool(data.get("nameNeeded")),
            is_disownable=bool(data.get("disownable")),
            notice=str(data.get("notice") or ""),
            is_disowned=bool(data.get("disowned")),
            address=str(data.get("ip") or ""),
            is_in_force=bool(data.get("inForce")),
            other_email=str(data.get("otherEmail") or ""),
            needs_password=bool(data.get("currentPasswordNeeded")),
            provider=Provider.from_json(data["provider"]) if data.get("provider") else None,
        )


@dataclass(frozen=True)
class UsedCode:
    """What the code of a mail gave: user and session, or an access token where more has to be typed. `action` is that
    of its link."""

    action: str
    grant: "tuple[User, Session] | None" = field(default=None, repr=False)
    access_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class MailStatus:
    """What became of a mail, as far as the browser that waits for it may know.

    `state`: empty (nothing is told), sending, sent, delayed, refused or unanswered; `server_is_away`: no mail leaves;
    `is_confirmed`: its address was confirmed in another browser.
    """

    state: str = ""
    at: datetime | None = None
    next_try_at: datetime | None = None
    server_is_away: bool = False
    is_confirmed: bool = False

    @property
    def is_final(self) -> bool:
        return self.is_confirmed or (self.state == "refused" and self.next_try_at is None)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        mail = data.get("mail") or {}
        at, next_try_at = (read_optional_instant(mail.get(key)) for key in ("dtm", "nextTryDtm"))
        is_away, is_confirmed = data.get("mailServer") == "away", data.get("state") == "confirmed"
        return cls(str(mail.get("state") or ""), at, next_try_at, is_away, is_confirmed)
