"""Lost factors: an addition of our own backend (docs/contract.md, "Lost factors")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from web.api.connection import BoundClient, drop_empty, expect_shape
from web.api.errors import ApiError
from web.api.factors import TICKET_IS_OVER
from web.api.shapes import read_instant, read_optional_instant

PATH = "/account/factors/lost"


@dataclass(frozen=True)
class LostFactors:
    """What whoever cannot take the second step can do: show what it `needs` ("code" or "password") and wait until
    `ends`, or, where the wait `is_over`, have the link mailed again. `email` is abbreviated."""

    needs: str
    has_password: bool = field(repr=False)
    email: str
    ends: datetime | None
    is_over: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            needs=str(data["needs"]),
            has_password=bool(data["hasPassword"]),
            email=str(data["email"]),
            ends=read_optional_instant(data.get("endDtm")),
            is_over=bool(data["isOver"]),
        )


class LostFactorsClient(BoundClient):
    """Calls of whoever has lost their factors. Errors as in Altogic's methods."""

    async def find_lost_factors(self, ticket: str) -> LostFactors | None:
        """Tell what can be done with the ticket of a log-in. None for one that is over."""
        try:
            answer = await self._call("GET", PATH, params={"ticket": ticket})
        except ApiError as refused:
            if TICKET_IS_OVER not in refused.codes:
                raise
            return None
        with expect_shape():
            return LostFactors.from_json(answer)

    async def mail_lost_factors_code(self, ticket: str) -> None:
        """Mail the code that shows whose mailbox it is."""
        await self._call("POST", f"{PATH}/code", json={"ticket": ticket})

    async def lose_factors(self, ticket: str, *, code: str = "", password: str = "") -> datetime:
        """Begin the wait, with the code after a log-in by password, with the password or nothing after one by mail.
        Return its end.

        Raises ApiError `invalid_ticket`, `wrong_code`, `invalid_credentials`, or 429.
        """
        body = {"ticket": ticket} | drop_empty(code=code, password=password)
        answer = await self._call("POST", PATH, json=body)
        with expect_shape():
            return read_instant(answer["endDtm"])

    async def mail_removal_link(self, ticket: str) -> None:
        """Mail the link again that removes the factors after the wait."""
        await self._call("POST", f"{PATH}/link", json={"ticket": ticket})

    async def keep_factors(self, access_token: str = "") -> None:
        """Stop the wait: by the link of a mail about it, or as whoever is logged in."""
        await self._call("POST", f"{PATH}/stop", params=drop_empty(key=access_token))

    async def remove_factors(self, access_token: str, password: str) -> str:
        """Remove the factors after the wait. Return an access token to choose a new password.

        Raises ApiError `invalid_access_token`, or `invalid_credentials` where the password is wrong or missing.
        """
        answer = await self._call(
            "POST", f"{PATH}/remove", params={"key": access_token}, json=drop_empty(password=password)
        )
        with expect_shape():
            return str(answer["resetToken"])
