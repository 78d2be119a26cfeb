"""Tickets: what a log-in gives where two-step verification is on, for its second step. A ticket is no session, opens
nothing else, ends in ten minutes, and works in the browser alone that got it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.kernel.clock import format_timestamp
from backend.kernel.keys import hash_secret, new_id, new_token
from backend.kernel.refusals import RefusalError, refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.factors import list_factors
from backend.store import Queries
from backend.store.records import Ticket, User

TICKET_LIFETIME = timedelta(minutes=10)
ATTEMPTS = 5  # with one ticket, right or wrong


@dataclass(frozen=True)
class SecondStep:
    """The second step that a log-in is to take, with the only copy of its ticket, and what can be shown with it."""

    ticket: str = field(repr=False)
    factors: list[str]
    expires_at: datetime

    def refuse(self) -> RefusalError:
        """Make the refusal that tells of it: there is no session yet."""
        expires = format_timestamp(self.expires_at)
        return refusal("second_factor_required", ticket=self.ticket, factors=self.factors, expiryDtm=expires)


def open_second_step(queries: Queries, services: Services, user: User, method: str, client: ClientInfo) -> SecondStep:
    """Make a ticket for whoever has logged in by `method`, within the caller's transaction."""
    now, token = services.clock(), new_token()
    ticket = Ticket(
        id=new_id(),
        user_id=user.id,
        token_hash=hash_secret(token),
        method=method,
        device_hash=_hash_device(user, client),
        created_at=now,
        expires_at=now + TICKET_LIFETIME,
    )
    queries.tickets.insert(ticket)
    return SecondStep(token, list_factors_for(queries, services, user, ticket.method), ticket.expires_at)


def list_factors_for(queries: Queries, services: Services, user: User, method: str) -> list[str]:
    """List what can be shown after a log-in by `method`: no passkey twice."""
    return [factor for factor in list_factors(queries, services, user) if factor != method]


def find_ticket(queries: Queries, token: str, client: ClientInfo) -> tuple[Ticket, User]:
    """Find a ticket, spent or not, and whose it is. Raises `invalid_ticket` for any that is not this browser's."""
    ticket = queries.tickets.find(hash_secret(token))
    user = queries.users.find_by_id(ticket.user_id) if ticket else None
    if ticket is None or user is None or ticket.device_hash not in (None, _hash_device(user, client)):
        raise refusal("invalid_ticket")
    return ticket, user


def find_live_ticket(queries: Queries, services: Services, token: str, client: ClientInfo) -> tuple[Ticket, User]:
    """Find a ticket with which something can still be shown, and whose it is. Raises `invalid_ticket`."""
    ticket, user = find_ticket(queries, token, client)
    if not is_live(ticket, services.clock()):
        raise refusal("invalid_ticket")
    return ticket, user


def is_live(ticket: Ticket, now: datetime) -> bool:
    """Tell whether something can still be shown with a ticket."""
    return ticket.spent_at is None and now < ticket.expires_at and ticket.attempts < ATTEMPTS


def _hash_device(user: User, client: ClientInfo) -> str | None:
    """Return an id of the browser for this account alone; None for a client without one."""
    return hash_secret(f"ticket:{user.id}:{client.device}") if client.device else None
