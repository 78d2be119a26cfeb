"""Re-authentication: an addition of our own backend (docs/contract.md, "Re-authentication")."""

from web.api.altogic import read_grant
from web.api.connection import BoundClient, expect_shape
from web.api.shapes import Proofs, Session


class ReauthenticationClient(BoundClient):
    """Calls by which the person proves again who they are. Errors as in Altogic's methods."""

    async def get_proofs(self, *, strong: bool = False) -> Proofs:
        """Tell by what the user can prove who they are, and whether they did lately on this session. Where the backend
        asks for no such proof, it is the password.

        `strong`: for an act that takes a second factor, where two-step verification is on.
        """
        if not self.capabilities.offers("account.confirm"):
            return Proofs(("password",))
        answer = await self._call("GET", "/account/confirm", params={"strong": "true"} if strong else None)
        with expect_shape():
            return Proofs.from_json(answer)

    async def confirm(self, **proof: str) -> Session:
        """Prove who the user is, with `currentPassword`, `totp`, `recoveryCode`, `credential` and `browser`, or the
        `code` of a mail. Return the session with its new token.

        Raises ApiError `invalid_credentials`, `wrong_code`, `code_used`, or 429 beyond the rate limit of the log-in.
        """
        return read_grant(await self._call("POST", "/account/confirm", json=proof))[1]

    async def mail_confirmation_code(self) -> None:
        """Mail the code to a user without a password. Raises ApiError 429 beyond the rate limit of mails."""
        await self._call("POST", "/account/confirm/code")
