"""The second step of a log-in: a second factor is shown with the ticket of the first, and a session is opened."""

from dataclasses import dataclass
from datetime import datetime

from backend.kernel.refusals import RefusalError, refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.proofs import Proof, Use, check_attempts, use_proof
from backend.rules.sessions import DOUBLE_CLICK, NewSession, Proved, find_opened, has_left, open_session
from backend.rules.tickets import ATTEMPTS, find_live_ticket, find_ticket, is_live, list_factors_for
from backend.store import Queries
from backend.store.records import Ticket, User


@dataclass(frozen=True)
class StartedLogin:
    """A log-in that waits for its second step: whose, by what it can be taken, and until when."""

    user: User
    factors: list[str]
    expires_at: datetime


async def describe_second_step(services: Services, token: str, client: ClientInfo) -> StartedLogin:
    """Describe the log-in of a ticket. Raises `invalid_ticket` for one that is over."""
    return await services.store.read(_describe, services, token, client)


def _describe(queries: Queries, services: Services, token: str, client: ClientInfo) -> StartedLogin:
    ticket, user = find_live_ticket(queries, services, token, client)
    return StartedLogin(user, list_factors_for(queries, services, user, ticket.method), ticket.expires_at)


async def take_second_step(services: Services, token: str, proof: Proof, client: ClientInfo) -> NewSession:
    """Show a second factor with a ticket, and open the session. A double click gets the same session twice.

    Raises `invalid_ticket` for one that is over, the refusal of the factor, or `rate_limit_exceeded`.
    """
    user = await services.store.read(_find_owner, services, token, proof, client)
    use = await proof.check(services, user, client)
    opened = await services.store.write(_take, services, token, proof, use, client)
    services.mail_waits.set()  # of a used recovery code, a new log-in or many wrong factors the owner is told
    if isinstance(opened, RefusalError):
        raise opened
    return opened


def _find_owner(queries: Queries, services: Services, token: str, proof: Proof, client: ClientInfo) -> User:
    """Find whose factor is to be compared, before any work is done for a ticket that is over."""
    ticket, user = find_ticket(queries, token, client)
    if not _is_double_click(services, ticket, proof):
        if not is_live(ticket, services.clock()):
            raise refusal("invalid_ticket")
        check_attempts(queries, services, user, client)
    return user


def _take(
    queries: Queries, services: Services, token: str, proof: Proof, use: Use, client: ClientInfo
) -> NewSession | RefusalError:
    """Return a refusal instead of raising it: that would roll back the counts of attempts."""
    ticket, user = find_ticket(queries, token, client)
    if _is_double_click(services, ticket, proof):
        return _find_session(queries, services, token)
    now = services.clock()
    counted = queries.tickets.count_attempt(ticket.id, most=ATTEMPTS, now=now)
    factors = list_factors_for(queries, services, user, ticket.method)
    if counted is None or has_left(user, now) or proof.factor not in factors:
        raise refusal("invalid_ticket")
    if refused := use_proof(queries, services, user, use, client):
        return refused
    queries.tickets.spend(ticket.id, now, _hash_proof(services, ticket, proof))
    proved = Proved(proof.factor, _derive_token(services, token))
    opened = open_session(queries, services, user, ticket.method, client, proved=proved)
    assert isinstance(opened, NewSession)  # noqa: S101 (a factor was proved)
    return opened


def _is_double_click(services: Services, ticket: Ticket, proof: Proof) -> bool:
    """Tell whether the very same was shown with this ticket a moment ago, and was right."""
    is_recent = ticket.spent_at is not None and services.clock() < ticket.spent_at + DOUBLE_CLICK
    return is_recent and ticket.proof_hash == _hash_proof(services, ticket, proof)


def _find_session(queries: Queries, services: Services, token: str) -> NewSession:
    """Find the session that the first of two clicks has opened. Raises `invalid_ticket` if it has ended."""
    opened = find_opened(queries, _derive_token(services, token))
    if opened is None:
        raise refusal("invalid_ticket")
    return opened


def _derive_token(services: Services, token: str) -> str:
    """Derive the token of the session from the ticket, which is stored nowhere: two clicks get the same one."""
    return services.keyring.derive_session_token(f"ticket:{token}")


def _hash_proof(services: Services, ticket: Ticket, proof: Proof) -> str:
    return services.keyring.derive_pseudonym(f"proof:{ticket.id}:{proof.factor}:{proof.text}")
