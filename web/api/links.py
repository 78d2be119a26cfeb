"""Mailed links, and the codes beside them: an addition of our own backend (docs/contract.md, "Codes")."""

from web.api.altogic import read_grant, read_reference
from web.api.connection import BoundClient, expect_shape
from web.api.errors import ApiError
from web.api.mail_shapes import Link, UsedCode


class LinksClient(BoundClient):
    """Calls about mailed links. Errors as in Altogic's methods."""

    async def find_link(self, key: str) -> Link | None:
        """Describe a mailed link by its access token or handle. None where it is unknown, or not described here."""
        if not self.capabilities.offers("links.describe"):
            return None
        try:
            answer = await self._call("GET", "/auth/access-token", params={"key": key})
        except ApiError:
            return None
        with expect_shape():
            return Link.from_json(answer)

    async def send_link_again(self, key: str) -> str:
        """Send the same kind of mail once more, to the address of a used or expired link. Return its reference."""
        return read_reference(await self._call("POST", "/auth/resend", params={"key": key}))

    async def disown_link(self, access_token: str) -> None:
        """Discard the registration that this link would confirm, or log everybody out of the account to which something
        was done that this link's mail tells of ("This wasn't me")."""
        await self._call("POST", "/auth/access-token/disown", params={"key": access_token})

    async def use_code(self, reference: str, code: str) -> UsedCode:
        """Use the code of a mail; `reference` is what asking for the mail gave this browser."""
        answer = await self._call("POST", "/account/codes", json={"reference": reference, "code": code})
        with expect_shape():
            action, access_token = str(answer["action"]), str(answer.get("accessToken") or "")
        return UsedCode(action, None if access_token else read_grant(answer), access_token)

    async def find_progress(self, reference: str) -> str:
        """Tell whether the mail of a reference is still waited for: waiting, opened (used in whichever browser) or
        expired. Empty where the backend cannot tell."""
        if not reference or not self.capabilities.offers("account.pending"):
            return ""
        answer = await self._call("GET", "/account/pending", params={"reference": reference})
        with expect_shape():
            return str(answer["state"])
