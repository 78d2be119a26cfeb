"""Proofs: a second factor that somebody shows, at the second step of a log-in or to confirm a session.

Each attempt is counted before its outcome is told, over all log-ins, sessions, browsers and networks: new tickets and
many attempts at once get no more guesses. A browser that its owner has logged in from is counted by itself, so that no
stranger who knows the password can lock the owner out.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from backend.kernel.events import EventKind
from backend.kernel.refusals import RefusalError
from backend.mail.factor_letters import FACTOR_REFUSED
from backend.rules import limits
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.known_devices import find_known_device
from backend.rules.limits import Counter
from backend.rules.mailer import Mailer
from backend.store import Queries
from backend.store.records import User

TOLD_AFTER = 5  # wrong factors
COUNTED_FOR = timedelta(days=1)

Use = Callable[[Queries, datetime], RefusalError | None]
"""Uses a factor up, within a transaction, or returns why it is refused. Of two at once one succeeds."""


class Proof(Protocol):
    """A factor that is shown."""

    @property
    def factor(self) -> str:
        """Which one: "totp", "recovery-code" or "passkey"."""
        ...

    @property
    def text(self) -> str:
        """What was sent. The same again soon after is a double click."""
        ...

    async def check(self, services: Services, user: User, client: ClientInfo) -> Use:
        """Compare it, outside of any transaction: this may take a hash. Nothing is told before `Use` was called."""
        ...


def refuse_with(refused: RefusalError) -> Use:
    """Make the use of a proof that is refused, whatever the transaction finds."""
    return partial(_return_refusal, refused)


def _return_refusal(refused: RefusalError, _queries: Queries, _now: datetime) -> RefusalError:
    return refused


def use_proof(queries: Queries, services: Services, user: User, use: Use, client: ClientInfo) -> RefusalError | None:
    """Count an attempt and use the factor up, within the caller's transaction.

    A refusal is returned, not raised: that would roll back the count. Afterwards the caller sets `services.mail_waits`.
    Raises `rate_limit_exceeded`.
    """
    now, counters = services.clock(), find_proof_counters(queries, services, user, client)
    limits.count(queries, services, counters)
    refused = use(queries, now)
    if refused is None:
        limits.take_back(queries, counters)
    else:
        record_event(queries, user.id, EventKind.FACTOR_REFUSED, client, now)
        _tell_owner(queries, services, user, client, now)
    return refused


def _tell_owner(queries: Queries, services: Services, user: User, client: ClientInfo, now: datetime) -> None:
    """Mail the owner once there were TOLD_AFTER wrong factors in a day: whoever shows them has the first factor, or a
    session (OWASP ASVS 6.3.5)."""
    name = services.keyring.derive_pseudonym(f"factors-refused:{user.id}")
    counted = queries.limits.increment(name, now=now, expires_at=now + COUNTED_FOR)
    if counted.count == TOLD_AFTER and can_be_mailed(services, user):
        Mailer(queries, services, client).send_factor_letter(user, FACTOR_REFUSED)


def check_attempts(queries: Queries, services: Services, user: User, client: ClientInfo) -> None:
    """Raise `rate_limit_exceeded` if nothing more would be compared. Counts nothing."""
    limits.check(queries, services, find_proof_counters(queries, services, user, client))


def find_proof_counters(queries: Queries, services: Services, user: User, client: ClientInfo) -> Sequence[Counter]:
    """Find where the attempts of an account's factors are counted."""
    device = find_known_device(queries, user, client)
    name = f"factor:device:{device}" if device else f"factor:account:{user.id}"
    return [
        limits.make_counter(services, limits.FACTORS_OF_ACCOUNT, name),
        *limits.make_network_counters(services, limits.FACTORS_OF_NETWORK, "factor", client),
    ]
