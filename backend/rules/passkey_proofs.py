"""A passkey as a proof: in the second step of a log-in, and to confirm a session."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from backend.kernel.credentials import Credential
from backend.kernel.refusals import RefusalError
from backend.rules.assertions import CheckedAssertion, accept_assertion, check_assertion, find_passkey, wrong_passkey
from backend.rules.challenges import Binding
from backend.rules.context import ClientInfo, Services
from backend.rules.factors import PASSKEY
from backend.rules.proofs import Use, refuse_with
from backend.store import Queries
from backend.store.records import User


@dataclass(frozen=True)
class PasskeyProof:
    """What a passkey of somebody known has answered. `text` is what was sent.

    `needs_verification`: its device has to have checked who holds it, where nothing else proves that.
    """

    credential: Credential | None
    text: str = field(repr=False)
    binding: Binding
    needs_verification: bool = False
    factor: str = PASSKEY

    async def check(self, services: Services, user: User, client: ClientInfo) -> Use:
        """Verify the answer, which must be of a passkey of this user."""
        known = await services.store.read(find_passkey, self.credential)
        try:
            if known is not None and known[1].id != user.id:
                raise wrong_passkey()
            checked = await check_assertion(services, self.credential, known, self.binding, is_named=True)
        except RefusalError as refused:
            return refuse_with(refused)
        return partial(self._use, services, checked, client)

    def _use(
        self, services: Services, checked: CheckedAssertion, client: ClientInfo, queries: Queries, now: datetime
    ) -> RefusalError | None:
        try:
            proved = accept_assertion(queries, services, checked, client, now)
        except RefusalError as refused:  # it has written nothing
            return refused
        is_enough = proved.is_verified or not self.needs_verification
        return None if is_enough and not proved.is_suspected else wrong_passkey()
