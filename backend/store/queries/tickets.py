"""Statements about the tickets of log-ins that wait for their second factor."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from backend.store.compiled import Compiled
from backend.store.records import Ticket
from backend.store.rows import RecordMapper, Statements
from backend.store.tables import tickets

TICKET = RecordMapper(tickets, Ticket)
_IS_IT = tickets.c.id == bindparam("ticket_id")
_OF_USER = tickets.c.user_id == bindparam("user_id")

BY_TOKEN = Compiled(select(*TICKET.columns).where(tickets.c.token_hash == bindparam("token_hash")))
INSERT = Compiled(insert(tickets))
COUNT_ATTEMPT = Compiled(
    update(tickets)
    .where(_IS_IT & tickets.c.spent_at.is_(None) & (tickets.c.expires_at > bindparam("now")))
    .where(tickets.c.attempts < bindparam("most", type_=Integer))
    .values(attempts=tickets.c.attempts + 1)
    .returning(*TICKET.columns)
)
SPEND = Compiled(update(tickets).where(_IS_IT).values(spent_at=bindparam("now"), proof_hash=bindparam("proof")))
END_ALL = Compiled(delete(tickets).where(_OF_USER))


class Tickets(Statements):
    def find(self, token_hash: str) -> Ticket | None:
        return TICKET.from_row_or_none(BY_TOKEN.fetch_first(self.connection, token_hash=token_hash))

    def insert(self, ticket: Ticket) -> None:
        INSERT.execute(self.connection, **asdict(ticket))

    def count_attempt(self, ticket_id: str, *, most: int, now: datetime) -> Ticket | None:
        """Count an attempt and return the ticket, or None where it is over: spent, expired, or tried `most` times."""
        counted = COUNT_ATTEMPT.fetch_first(self.connection, ticket_id=ticket_id, most=most, now=now)
        return TICKET.from_row_or_none(counted)

    def spend(self, ticket_id: str, now: datetime, proof_hash: str) -> None:
        SPEND.execute(self.connection, ticket_id=ticket_id, now=now, proof=proof_hash)

    def end_all(self, user_id: str) -> None:
        """End all log-ins of a user that wait for their second factor."""
        END_ALL.execute(self.connection, user_id=user_id)
