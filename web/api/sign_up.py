"""Signing up: additions of our own backend."""

from web.api.altogic import read_grant
from web.api.connection import BoundClient, expect_shape
from web.api.mail_shapes import MailStatus
from web.api.shapes import Session, User


class SignUpClient(BoundClient):
    """Calls about registrations. Errors as in Altogic's methods."""

    async def find_mail_status(self, email: str) -> MailStatus | None:
        """Tell what became of the mail of a registration in this browser, and whether mails leave at all. None where
        the backend cannot tell."""
        if not self.capabilities.offers("mail.status"):
            return None
        answer = await self._call("GET", "/account/pending", params={"email": email})
        with expect_shape():
            return MailStatus.from_json(answer)

    async def confirm_registration(self, access_token: str, new_password: str, name: str) -> tuple[User, Session]:
        """Confirm an address with a password and a name chosen now: what was typed for it before does not count."""
        body = {"newPassword": new_password} | ({"name": name} if name else {})
        path = "/account/registration/confirm"
        return read_grant(await self._call("POST", path, params={"key": access_token}, json=body))

    async def count_new_password(self) -> None:
        """Count that somebody chooses a password. Raises ApiError 429 beyond the rate limit."""
        if self.capabilities.offers("passwords.count"):
            await self._call("POST", "/auth/new-password")
