"""What the page of a browser that waits for a mail may be told."""

from typing import Literal

from backend.accounts.sending import CONFIRM
from backend.fields import Address
from backend.services import Asked, Services
from backend.store import Queries

State = Literal["waiting", "confirmed"]


async def find_state(services: Services, email: Address, asked: Asked) -> State:
    """Whether the address was confirmed by somebody else, after the asking browser had registered it.

    It "waits" also where nothing was mailed, or the address had an account all along: that is nobody's business.
    """

    def work(queries: Queries) -> State:
        user = queries.users.by_email(email.key)
        link = queries.links.newest_of_waiting(user.id if user else "", asked.registration)
        is_over = user is not None and user.email_verified and link is not None and link.kind == CONFIRM
        return "confirmed" if is_over else "waiting"

    return await services.store.read(work)
