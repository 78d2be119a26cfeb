"""Second factors: an addition of our own backend (docs/contract.md, "Two-step verification")."""

from dataclasses import dataclass
from typing import Any

from web.api.altogic import read_grant
from web.api.connection import BoundClient, drop_empty, expect_shape
from web.api.errors import ApiError
from web.api.factor_shapes import Factors, NewAuthenticator, SecondStep
from web.api.shapes import Session, User

TICKET_IS_OVER = "invalid_ticket"


@dataclass(frozen=True)
class Proof:
    """What shows a second factor: one of these, as it was typed or as the browser gave it.

    `browser` is the secret that a passkey's challenge was bound to.
    """

    code: str = ""
    recovery_code: str = ""
    credential: str = ""
    browser: str = ""


class FactorsClient(BoundClient):
    """Second factors: an addition of our own backend (`account.factors`). Errors as in Altogic's methods.

    With `end_others` the user's other sessions end in the same act, where the backend offers `factors.others`.
    """

    async def get_factors(self) -> Factors:
        """Return what the user has: no factors where the backend knows of none."""
        if not self.capabilities.offers("account.factors"):
            return Factors()
        answer = await self._call("GET", "/account/factors")
        with expect_shape():
            return Factors.from_json(answer)

    async def begin_totp(self) -> NewAuthenticator:
        """Return the secret that an authenticator app is set up with. The app counts once a right code was given.

        Raises ConfirmationRequired.
        """
        answer = await self._call("POST", "/account/factors/totp/begin")
        with expect_shape():
            return NewAuthenticator.from_json(answer)

    async def finish_totp(self, code: str, *, end_others: bool) -> bool:
        """Give the first code of the app. Return whether it is in use now, or waits for recovery codes to be saved.

        Raises ApiError `wrong_code`, `code_used`, `nothing_pending`, ConfirmationRequired.
        """
        answer = await self._call("POST", "/account/factors/totp/finish", json={"code": code, "endOthers": end_others})
        with expect_shape():
            return bool(answer["active"])

    async def remove_totp(self, *, end_others: bool) -> None:
        """Remove the app. Raises ConfirmationRequired."""
        await self._call("POST", "/account/factors/totp/remove", json={"endOthers": end_others})

    async def switch_two_step_on(self) -> None:
        """Switch two-step verification on, with the factors that there are. Raises ConfirmationRequired, and ApiError
        `factor_missing`."""
        await self._call("POST", "/account/factors/two-step", json={"on": True})

    async def switch_two_step_off(self, *, end_others: bool) -> None:
        """Switch two-step verification off; the factors stay. Raises ConfirmationRequired."""
        await self._call("POST", "/account/factors/two-step", json={"on": False, "endOthers": end_others})

    # -- The second step of a log-in

    async def find_second_step(self, ticket: str) -> SecondStep | None:
        """Tell whose log-in waits for its second step, and what would do. None for one that has ended."""
        try:
            answer = await self._call("GET", "/account/factors/sign-in", params={"ticket": ticket})
        except ApiError as refused:
            if TICKET_IS_OVER not in refused.codes:
                raise
            return None
        with expect_shape():
            return SecondStep.from_json(answer)

    async def take_second_step(self, ticket: str, proof: Proof) -> tuple[User, Session]:
        """Show a second factor. Return the user and the new session; the same one for a second click.

        Raises ApiError `wrong_code`, `code_used`, `invalid_ticket`, or 429.
        """
        return read_grant(await self._call("POST", "/account/factors/sign-in", json={"ticket": ticket, **_dump(proof)}))


def _dump(proof: Proof) -> dict[str, Any]:
    """Return a proof by the contract's names."""
    return drop_empty(
        code=proof.code, recoveryCode=proof.recovery_code, credential=proof.credential, browser=proof.browser
    )
