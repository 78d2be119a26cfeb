"""The client that pages use: Altogic's contract and our additions, bound to one request."""

from web.api.account import Account
from web.api.altogic import Altogic
from web.api.errors import AltogicError, Unreachable
from web.api.factors import FactorsClient
from web.api.lost_factors import LostFactorsClient
from web.api.passkeys import PasskeysClient
from web.api.recovery_codes import RecoveryCodesClient


class Client(Altogic, Account, FactorsClient, PasskeysClient, RecoveryCodesClient, LostFactorsClient):
    """On a request as `request.state["api"]`. All methods raise a child of AltogicError, nothing else."""

    async def is_ready(self) -> bool:
        """Tell whether the backend answers at all; a refusal is an answer."""
        try:
            await self.get_user()
        except Unreachable:
            return False
        except AltogicError:
            pass
        return True
