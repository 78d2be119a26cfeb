"""The client that pages use: Altogic's contract and our additions, bound to one request."""

from web.api.account import AccountClient
from web.api.altogic import Altogic
from web.api.emails import EmailsClient
from web.api.errors import AltogicError, Unreachable
from web.api.events import EventsClient
from web.api.factors import FactorsClient
from web.api.identities import IdentitiesClient
from web.api.leaving import LeavingClient
from web.api.links import LinksClient
from web.api.lost_factors import LostFactorsClient
from web.api.passkeys import PasskeysClient
from web.api.phones import PhonesClient
from web.api.reauthentication import ReauthenticationClient
from web.api.recovery_codes import RecoveryCodesClient
from web.api.sign_up import SignUpClient


class Client(
    Altogic,
    AccountClient,
    SignUpClient,
    LinksClient,
    EmailsClient,
    EventsClient,
    LeavingClient,
    ReauthenticationClient,
    FactorsClient,
    PasskeysClient,
    IdentitiesClient,
    PhonesClient,
    RecoveryCodesClient,
    LostFactorsClient,
):
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
