"""Phone numbers: the log-in by a code that is sent by SMS, as Altogic has it, and the number of an account, which is an
addition of our own backend."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from web.api.altogic import read_grant
from web.api.connection import BoundClient, expect_shape
from web.api.shapes import Session, User, read_instant, read_optional_instant


@dataclass(frozen=True)
class PendingPhone:
    """A new number that waits for its code, and when that was sent last.

    `expiry`: until when the code can be typed in this session; None but in the one that asked.
    """

    phone: str
    sent: datetime
    expiry: datetime | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(str(data["phone"]), read_instant(data["sentDtm"]), read_optional_instant(data.get("expiryDtm")))


@dataclass(frozen=True)
class OwnPhone:
    """The number of an account, "" where it has none, and the one that is to take its place."""

    phone: str
    pending: PendingPhone | None
    is_removable: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        pending = data.get("pending")
        return cls(
            phone=str(data.get("phone") or ""),
            pending=PendingPhone.from_json(pending) if pending else None,
            is_removable=bool(data["isRemovable"]),
        )


class PhonesClient(BoundClient):
    """Calls about phone numbers, written in any way that begins with +. Errors as in Altogic's methods.

    What has an SMS sent raises ApiError `unsupported_phone` for numbers that get none, 429, or 503
    `cannot_send_sms_code` where none is sent to anybody at the moment.
    """

    async def send_login_code(self, phone: str) -> None:
        """Send a code by SMS if an account has this number. Nobody learns whether one has."""
        await self._call("POST", "/auth/send-code", params={"phone": phone})

    async def sign_in_with_phone_code(self, phone: str, code: str) -> tuple[User, Session]:
        """Log in with the code that was sent to this number, for the same browser. Return the user and the new session.

        Raises ApiError `invalid_access_token` for a wrong code.
        """
        return read_grant(await self._call("POST", "/auth/signin-code", params={"code": code, "phone": phone}))

    async def get_own_phone(self) -> OwnPhone:
        """Return the number of the session's user."""
        return _read_own(await self._call("GET", "/account/phone"))

    async def request_phone(self, phone: str) -> OwnPhone:
        """Ask for a new number, which is pending until its code is typed; in force at once where none is confirmed.

        Nobody learns whether it is another account's. Raises ConfirmationRequired.
        """
        return _read_own(await self._call("POST", "/account/phone", json={"phone": phone}))

    async def confirm_phone(self, code: str) -> User:
        """Confirm the pending number with its code. Return the user.

        Raises ApiError `wrong_code`, `phone_not_unique` where it is another account's, or 429.
        """
        answer = await self._call("POST", "/account/phone/code", json={"code": code})
        with expect_shape():
            return User.from_json(answer)

    async def send_phone_code_again(self) -> OwnPhone:
        """Send another code to the pending number. Raises ApiError `nothing_pending`."""
        return _read_own(await self._call("POST", "/account/phone/again"))

    async def cancel_phone_change(self) -> bool:
        """Cancel the change of number. False where none is pending any more."""
        answer = await self._call("POST", "/account/phone/cancel")
        with expect_shape():
            return bool(answer["cancelled"])

    async def remove_phone(self) -> User:
        """Remove the number, also where there is none any more. Return the user.

        Raises ApiError `last_way_in` where nobody could log in without it, and ConfirmationRequired.
        """
        answer = await self._call("POST", "/account/phone/remove")
        with expect_shape():
            return User.from_json(answer)


def _read_own(answer: Any) -> OwnPhone:
    with expect_shape():
        return OwnPhone.from_json(answer)
